import { expect, test } from 'vitest';
import { JobRequest, User } from './job-request.ts';
import { ScheduleRequest } from './schedule-request.ts';

const unpaired = ['w\ud800', 'w\ud801', '\udc00w', 'a\udc00\ud800b'];

test.each(unpaired)('%j is nobody’s identifier', (user) => {
  expect(User.safeParse(user).error?.issues[0]?.message).toContain('well-formed Unicode');
  expect(JobRequest.safeParse({ prompt: 'a', user }).success).toBe(false);
  expect(ScheduleRequest.safeParse({ cron: '0 8 * * *', job: { prompt: 'a', user } }).success).toBe(
    false,
  );
});

test.each(['user_123', 'Jörg', 'a b', '😀', 'w\ufffd'])('%j is an identifier', (user) => {
  expect(User.parse(user)).toBe(user);
});
