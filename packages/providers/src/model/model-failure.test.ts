import { describe, expect, it } from 'vitest';
import { createTextCleaner } from '../clean-text.ts';
import { failureOfAnswer, messageIn } from './model-failure.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const midnight = Date.parse('2026-01-02T00:00:00Z');
const clean = createTextCleaner(() => ['hunter2-key']);

function failureOf(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  return failureOfAnswer(
    { status, body, headers: new Headers(headers) },
    { clean, now, model: 'openai/gpt-4o' },
  );
}

const quota = (more: object = {}) => ({ error: { code: 'free_quota_exceeded', ...more } });

describe('an error status of the model endpoint', () => {
  it.each([
    [301, 'fatal', 'model_redirected'],
    [308, 'fatal', 'model_redirected'],
    [400, 'other_model', 'model_bad_request'],
    [401, 'fatal', 'model_unauthorized'],
    [402, 'quota', 'model_quota_exceeded'],
    [403, 'other_model', 'model_forbidden'],
    [404, 'other_model', 'model_not_found'],
    [408, 'transient', 'model_timeout'],
    [409, 'transient', 'model_unavailable'],
    [413, 'context_length', 'model_context_length'],
    [422, 'other_model', 'model_bad_request'],
    [429, 'transient', 'model_rate_limited'],
    [500, 'transient', 'model_unavailable'],
    [502, 'transient', 'model_unavailable'],
    [503, 'transient', 'model_unavailable'],
    [504, 'transient', 'model_timeout'],
    [529, 'transient', 'model_unavailable'],
  ])('%i: %s, %s', (status, kind, code) => {
    expect(failureOf(status)).toMatchObject({
      kind,
      failure: { code, retryable: kind === 'transient' || kind === 'quota' },
    });
  });

  it('carries the wait that was asked for', () => {
    expect(failureOf(429, {}, { 'retry-after': '7' })).toMatchObject({ retryAfter: 7_000 });
    expect(failureOf(503, {}, { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' })).toMatchObject({
      retryAfter: 5_000,
    });
    expect(failureOf(500)).not.toHaveProperty('retryAfter');
  });

  it('hands on what the provider said, bounded and without the key', () => {
    expect(failureOf(400, { error: { message: 'no tool hunter2-key' } }).failure.message).toBe(
      'The model endpoint refused the request (HTTP 400): no tool [redacted]',
    );
    expect(failureOf(400, { error: { message: 'x'.repeat(9_000) } }).failure.message).toHaveLength(
      1_000,
    );
  });
});

describe('what an error says of itself goes before its status', () => {
  it.each([
    [400, { error: { code: 'content_filter' } }, 'model_content_filtered'],
    [
      400,
      { error: { code: '400', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'model_content_filtered',
    ],
    [
      403,
      { error: { message: 'Your input was flagged for "violence"' } },
      'model_content_filtered',
    ],
    [400, { error: { code: 'data_inspection_failed' } }, 'model_content_filtered'],
    [400, { error: { message: 'foo/bar is not a valid model ID' } }, 'model_not_found'],
    [400, { error: { message: 'The model `gpt-9` does not exist' } }, 'model_not_found'],
    [404, { error: { code: 'DeploymentNotFound' } }, 'model_not_found'],
    [404, { error: { message: 'No endpoints found that support tool use.' } }, 'model_not_found'],
    [401, { error: { type: 'key_model_access_denied' } }, 'model_forbidden'],
  ])('%i %j: %s', (status, body, code) => {
    expect(failureOf(status, body)).toMatchObject({
      kind: 'other_model',
      failure: { code, retryable: false },
    });
  });

  it('but not where the same words stand in an answer that will heal', () => {
    const body = { error: { message: 'The moderation service is overloaded' } };
    expect(failureOf(503, body)).toMatchObject({ kind: 'transient' });
  });
});

describe('a redirect', () => {
  it('is named as one, with its target but for the query', () => {
    const { failure } = failureOf(307, '', { location: 'https://user:pw@b.example/v1/x?key=abc' });
    expect(failure.message).toContain('redirect');
    expect(failure.message).toContain('https://b.example/v1/x');
    expect(failure.message).not.toMatch(/abc|pw/);
  });
});

describe('a quota', () => {
  it('knows when it is there again: by reset_at, wherever it stands, or by Retry-After', () => {
    expect(failureOf(429, quota({ reset_at: '2026-01-02T00:00:00Z' }))).toMatchObject({
      kind: 'quota',
      resetAt: midnight,
    });
    expect(failureOf(429, { ...quota(), reset_at: midnight / 1_000 })).toMatchObject({
      resetAt: midnight,
    });
    expect(failureOf(429, quota({ reset_at: midnight }))).toMatchObject({ resetAt: midnight });
    expect(failureOf(429, quota(), { 'retry-after': '86400' })).toMatchObject({
      kind: 'quota',
      resetAt: midnight,
    });
    expect(failureOf(402, {}, { 'retry-after': '60' })).toMatchObject({ resetAt: now + 60_000 });
  });

  it('leaves the time out where none is said', () => {
    expect(failureOf(402)).not.toHaveProperty('resetAt');
    expect(failureOf(429, quota({ reset_at: 'tomorrow' }))).not.toHaveProperty('resetAt');
  });

  it('is what OpenAI calls insufficient_quota, too', () => {
    expect(failureOf(429, { error: { type: 'insufficient_quota' } })).toMatchObject({
      kind: 'quota',
    });
  });
});

describe('the message in a body', () => {
  it.each([
    [{ error: { message: 'a' } }, 'a'],
    [{ error: 'b' }, 'b'],
    [{ object: 'error', message: 'c' }, 'c'],
    [{ detail: 'd' }, 'd'],
    ['<html>e</html>', '<html>e</html>'],
    [{ error: { issues: [1] } }, '{"issues":[1]}'],
    [{}, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j: %s', (body, message) => {
    expect(messageIn(body)).toBe(message);
  });
});

describe('a refusal of images or files', () => {
  it.each([
    [404, 'No endpoints found that support image input'],
    [400, 'Invalid content type. image_url is only supported by certain models.'],
    [400, 'This model does not support image inputs'],
    [400, 'The model does not support vision'],
    [400, 'messages[0].content must be a string'],
    [422, 'unknown variant `image_url`, expected `text`'],
    [
      400,
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    ],
    [400, 'mistral-small is not a multimodal model: images are not supported'],
  ])('%i %s', (status, message) => {
    expect(failureOf(status, { error: { message } })).toMatchObject({
      kind: 'content',
      failure: { code: 'model_content_unsupported' },
    });
  });

  it.each([
    [404, 'No endpoints found for acme/nothing'],
    [400, 'The model `x` does not exist'],
    [400, 'Invalid schema for function read_file: file is required'],
    [400, "tool 'find_images' has no description"],
  ])('is not %i %s', (status, message) => {
    expect(failureOf(status, { error: { message } }).kind).toBe('other_model');
  });
});
