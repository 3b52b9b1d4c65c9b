import { readEnvironment } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { archiveSettings, archiveVariables, requireArchiveKeys } from './archive-variables.ts';

const schema = z.object(archiveVariables).superRefine(requireArchiveKeys, { when: () => true });
const read = (source: Record<string, string>) => archiveSettings(readEnvironment(schema, source));
const keys = { ARCHIVE_S3_ACCESS_KEY_ID: 'id', ARCHIVE_S3_SECRET_ACCESS_KEY: 'secret' };

test('nothing is archived where no place is named', () => {
  expect(read({})).toBeUndefined();
});

test('a place is a directory of this machine', () => {
  expect(read({ ARCHIVE_URL: 'file:///var/lib/pawl%20kept' })).toEqual({
    kind: 'file',
    directory: '/var/lib/pawl kept',
    fileBytes: 268_435_456,
  });
});

test('a place is a bucket, at Amazon where no address is given', () => {
  const region = 'eu-central-1';
  expect(read({ ARCHIVE_URL: 's3://kept', ARCHIVE_S3_REGION: region, ...keys })).toMatchObject({
    kind: 'bucket',
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    bucket: 'kept',
    prefix: '',
  });
  const endpoint = { ARCHIVE_S3_ENDPOINT: 'https://minio.example.com/' };
  expect(read({ ARCHIVE_URL: 's3://kept/a/b/', ...endpoint, ...keys })).toMatchObject({
    endpoint: 'https://minio.example.com',
    prefix: 'a/b/',
  });
});

test.each([
  'kept',
  'https://example.com/kept',
  'file://host/kept',
  's3://',
  's3://id:secret@kept',
  's3://kept?x=1',
  's3://kept/a b',
])('%j is refused as a place, without being told', (url) => {
  const refused = () => read({ ARCHIVE_URL: url, ...keys });
  expect(refused).toThrow('ARCHIVE_URL is not usable: must be file:///directory or s3://bucket');
});

test('half of a pair of keys is refused; without any, the standard places are looked at', () => {
  const half = { ARCHIVE_S3_ACCESS_KEY_ID: 'id' };
  expect(() => read({ ARCHIVE_URL: 's3://kept', ...half })).toThrow('ARCHIVE_S3_SECRET_ACCESS_KEY');
  expect(read({ ARCHIVE_URL: 's3://kept' })).toMatchObject({ kind: 'bucket', keys: undefined });
  expect(read({ ARCHIVE_URL: 's3://kept', ...keys })).toMatchObject({
    keys: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
});
