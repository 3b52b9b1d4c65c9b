import { expect, test } from 'vitest';
import { createLogger, maskSecrets } from './logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  text: string;
  line: Record<string, unknown>;
} {
  const lines: string[] = [];
  write(
    createLogger({
      name: 'worker',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    }),
  );
  const text = lines.join('');
  return { text, line: JSON.parse(text) as Record<string, unknown> };
}

test('writes one JSON line with name, level and ISO time', () => {
  const { line } = logged((logger) => logger.info({ job: 'job_1' }, 'turn committed'));
  expect(line).toMatchObject({
    name: 'worker',
    level: 'info',
    job: 'job_1',
    msg: 'turn committed',
  });
  expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
});

test('redacts secrets by name, at three levels', () => {
  const { text } = logged((logger) =>
    logger.info(
      {
        token: 'secret-1',
        headers: { authorization: 'secret-2', 'set-cookie': 'secret-3' },
        request: { headers: { cookie: 'secret-4' }, body: { access_token: 'secret-5' } },
      },
      'request',
    ),
  );
  expect(text).not.toMatch(/secret-\d/);
});

test('shows of an error only its own words, never what its client attached', () => {
  const cause = Object.assign(new Error('401 Incorrect API key provided: sk-v1-0123456789'), {
    status: 401,
    headers: { 'x-request': 'secret-1' },
    error: { detail: 'secret-2' },
  });
  const error = Object.assign(new Error('Request failed', { cause }), {
    code: 'ERR_BAD_REQUEST',
    config: { headers: { Authorization: 'Bearer secret-3' }, data: 'client_secret=secret-4' },
    response: { data: 'secret-5' },
  });
  const { text, line } = logged((logger) => logger.error({ err: error }, 'turn failed'));
  expect(text).not.toMatch(/secret-\d|sk-v1/);
  expect(line['err']).toMatchObject({
    type: 'Error',
    message: 'Request failed',
    code: 'ERR_BAD_REQUEST',
    cause: { status: 401 },
  });
});

test.each([
  ['\u007F', 'DEL'],
  ['\u009B31m', 'a C1 control that begins an escape sequence'],
  ['\u0085', 'a line break of some readers'],
  ['\u2028', 'a line separator'],
  ['\u202Etxt.exe', 'an override of the direction'],
  ['\u2066', 'an isolate'],
  ['\u001B[2J\r\n', 'C0 controls'],
])('%j, %s, is escaped wherever it stands, and keeps its value', (hazard) => {
  const { text, line } = logged((logger) =>
    logger.warn({ user: `a${hazard}`, [`key${hazard}`]: 1, err: new Error(`b${hazard}`) }, hazard),
  );
  expect(text.trimEnd()).toMatch(/^[^\p{Cc}\u2028-\u202E\u2066-\u2069]*$/u);
  expect(line).toMatchObject({
    user: `a${hazard}`,
    [`key${hazard}`]: 1,
    msg: hazard,
    err: { message: expect.stringContaining('b') },
  });
});

test.each([
  [
    'connect to redis://pawl:hunter2@host:6379 failed',
    'connect to redis://[redacted]@host:6379 failed',
  ],
  ['sent Authorization: Bearer abcdefgh12345', 'sent Authorization: Bearer [redacted]'],
  ['key sk-v1-abcdefghij is wrong', 'key [redacted] is wrong'],
  ['secret whsec_MfKQ9r8GKYqrTwjU', 'secret [redacted]'],
  ['https://host/cb?state=1&code=abc123&x=2', 'https://host/cb?state=1&code=[redacted]&x=2'],
])('masks %s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test('leaves ordinary text alone', () => {
  const text = 'gmail_fetch_mails failed after 3 tokens at https://host/path, basic auth is off';
  expect(maskSecrets(text)).toBe(text);
});
