import { expect, test } from 'vitest';
import { open, parseEncryptionKey, seal } from './webhook-secrets.ts';

const key = Buffer.alloc(32, 1);

test('what is sealed opens again, and never looks the same twice', () => {
  const sealed = seal('secret', key, 'owner');
  expect(open(sealed, key, 'owner')).toBe('secret');
  expect(seal('secret', key, 'owner')).not.toBe(sealed);
});

test('it opens neither with another key, nor for another owner, nor changed', () => {
  const sealed = seal('secret', key, 'owner');
  const changed = Buffer.from(sealed, 'base64');
  changed[changed.length - 1] = (changed.at(-1) ?? 0) + 1;
  expect(() => open(sealed, Buffer.alloc(32, 2), 'owner')).toThrow('unable to authenticate');
  expect(() => open(sealed, key, 'thief')).toThrow('unable to authenticate');
  expect(() => open(changed.toString('base64'), key, 'owner')).toThrow('unable to authenticate');
});

test('a key is 32 bytes in base64 or hexadecimal', () => {
  expect(parseEncryptionKey(key.toString('hex'))).toEqual(key);
  expect(parseEncryptionKey(key.toString('base64'))).toEqual(key);
  expect(parseEncryptionKey(key.toString('base64url'))).toEqual(key);
  for (const text of ['', 'short', 'a'.repeat(64).replace('a', 'x'), 'A'.repeat(60)]) {
    expect(parseEncryptionKey(text)).toBeUndefined();
  }
});
