import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ReportLoss } from './tracing.ts';

/** Tells of the spans that could not be sent: the SDK itself would say so to nobody. */
export function reportingExporter(exporter: SpanExporter, report: ReportLoss): SpanExporter {
  return {
    export(spans, callback) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          report(result.error ?? new Error('the collector has not taken them'), spans.length);
        }
        callback(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
