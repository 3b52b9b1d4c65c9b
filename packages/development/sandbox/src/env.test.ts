import { describe, expect, it } from 'vitest';
import { readSandboxEnvironment } from './env.ts';

describe('the environment', () => {
  it('has defaults, also for blank variables', () => {
    const expected = { host: '127.0.0.1', port: 0, publicUrl: undefined };
    expect(readSandboxEnvironment({})).toEqual(expected);
    expect(readSandboxEnvironment({ SANDBOX_PORT: ' ', SANDBOX_HOST: '' })).toEqual(expected);
  });

  it('names what is wrong', () => {
    expect(() => readSandboxEnvironment({ SANDBOX_PORT: 'http' })).toThrow('SANDBOX_PORT');
  });
});
