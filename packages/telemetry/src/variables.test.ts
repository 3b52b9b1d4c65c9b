import { readEnvironment } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { tracingSettings, tracingVariables } from './variables.ts';

const settingsOf = (source: Record<string, string>) =>
  tracingSettings('pawl-worker', readEnvironment(z.object(tracingVariables), source), source);

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test('nothing is traced unless a collector is named, and not where it is switched off', () => {
  expect(settingsOf({})).toBeUndefined();
  expect(settingsOf({ OTEL_SERVICE_NAME: 'agents' })).toBeUndefined();
  expect(settingsOf({ ...collector, OTEL_SDK_DISABLED: 'True' })).toBeUndefined();
  expect(settingsOf({ ...collector, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
  expect(settingsOf({ ...collector, OTEL_BSP_SCHEDULE_DELAY: '50', OTHER: '1' })).toEqual({
    service: 'pawl-worker',
    protocol: 'http/protobuf',
    variables: { ...collector, OTEL_BSP_SCHEDULE_DELAY: '50' },
  });
});

test('the protocol of traces goes before that of everything', () => {
  const protocols = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  };
  expect(settingsOf({ ...collector, ...protocols })?.protocol).toBe('http/json');
});

test('what cannot be used is said at the start', () => {
  expect(() => settingsOf({ ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
    'OTEL_EXPORTER_OTLP_PROTOCOL is not usable',
  );
  expect(() => settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toThrow(
    'a URL that starts with http:// or https://',
  );
});
