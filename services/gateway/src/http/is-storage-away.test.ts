import { expect, test } from 'vitest';
import { isStorageAway } from './is-storage-away.ts';

test.each([
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Command timed out',
  'Command aborted due to connection close',
  "Cluster isn't ready and enableOfflineQueue options is false",
  'None of startup nodes is available',
  'READONLY You can’t write against a read only replica.',
  'LOADING Redis is loading the dataset in memory',
  'CLUSTERDOWN The cluster is down',
  'OOM command not allowed when used memory > ‘maxmemory’.',
])('"%s" means that Redis is away', (message) => {
  expect(isStorageAway(new Error(message))).toBe(true);
});

test('errors of sockets and of ioredis’s retries mean it too', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const retries = Object.assign(new Error('Reached the max retries'), {
    name: 'MaxRetriesPerRequestError',
  });
  expect([refused, retries].map(isStorageAway)).toEqual([true, true]);
});

test('a defect does not', () => {
  const defects = [new TypeError('x is undefined'), new Error('ERR wrong arguments'), 'text', null];
  expect(defects.map(isStorageAway)).toEqual([false, false, false, false]);
});
