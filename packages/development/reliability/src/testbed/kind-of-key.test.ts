import { expect, test } from 'vitest';
import { kindOfKey, ownerOfKey, type KeyKind } from './kind-of-key.ts';

const queues = ['turns', 'tool-calls'];

test.each<[string, KeyKind]>([
  ['{pawl:0}:job:job_0_abc', 'job'],
  ['{pawl:0}:job:job_0_abc:steps', 'job'],
  ['{pawl:0}:conversation:conv_0_abc:started', 'conversation'],
  ['{pawl:0}:jobs:default:status:completed', 'standing'],
  ['{pawl:0}:events:default', 'expiring'],
  ['{pawl:0}:conversations:default', 'standing'],
  ['{pawl:0}:job-counts', 'standing'],
  ['{pawl:0}:agent:default:triage', 'standing'],
  ['{pawl:0}:agents:default', 'standing'],
  ['{pawl:0}:file-agents', 'standing'],
  ['{pawl:0}:jobs:default:agent:triage', 'standing'],
  ['{pawl:0}:trigger:trg_0_abc:events', 'standing'],
  ['{pawl:0}:triggers:default', 'standing'],
  ['{pawl:0}:trigger-event:trg_0_abc:f00', 'expiring'],
  ['{pawl:0}:account-link:f00', 'expiring'],
  ['{pawl:0}:scalekit-event:f00', 'expiring'],
  ['{pawl:0}:watched:job_0_abc', 'expiring'],
  ['{pawl:0}:approvals:default', 'unfinished'],
  ['{pawl:0}:turns:meta', 'standing'],
  ['{pawl:0}:sweep-lease', 'expiring'],
  ['{pawl:0}:turns:stalled-check', 'expiring'],
  ['{pawl:0}:turns:job_0_abc.turn.3', 'task'],
  ['{pawl:0}:tool-calls:job_0_abc.call.1.0.3:lock', 'task'],
  ['{pawl:0}:turns:wait', 'task'],
  ['{pawl:0}:turns:stalled', 'task'],
  ['{pawl:0}:shares:capacity', 'standing'],
  ['{pawl:0}:shares:turns', 'task'],
  ['{pawl:0}:shares:turns:parked:default', 'task'],
  ['{pawl:0}:runnable', 'unfinished'],
  ['{pawl:0}:held', 'unfinished'],
  ['{pawl:0}:record-format', 'standing'],
  ['{pawl:0}:quarantine', 'unfinished'],
  ['{pawl:0}:surprise', 'unknown'],
  ['surprise', 'unknown'],
])('%s is a key of the kind %s', (key, kind) => {
  expect(kindOfKey(key, queues)).toBe(kind);
});

test('the keys of a job or conversation name it', () => {
  expect(ownerOfKey('{pawl:0}:job:job_0_abc:events')).toBe('job_0_abc');
  expect(ownerOfKey('{pawl:0}:conversation:conv_0_abc')).toBe('conv_0_abc');
  expect(ownerOfKey('{pawl:0}:jobs:default')).toBeUndefined();
});
