import { gunzipSync } from 'node:zlib';
import { compressionBrotli, compressionGzip } from '@connectrpc/connect-node';

/** Bytes up to which a message is read at once, compressed and not. */
const compressedBytes = 32_768;
const decompressedBytes = 262_144;

/**
 * The library's gzip, which hands every message to another thread: for a message of some kilobytes that takes longer
 * than the work. What is larger, or is no gzip, is still the library's.
 */
const gzip: typeof compressionGzip = {
  ...compressionGzip,
  async decompress(bytes, readMaxBytes) {
    return (
      decompressAtOnce(bytes, Math.min(readMaxBytes, decompressedBytes)) ??
      compressionGzip.decompress(bytes, readMaxBytes)
    );
  },
};

function decompressAtOnce(bytes: Uint8Array, mostBytes: number) {
  if (bytes.length === 0 || bytes.length > compressedBytes) return undefined;
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: mostBytes }));
  } catch {
    return undefined;
  }
}

/** What Scalekit may compress its answers with, as by default. */
export const acceptedCompressions: (typeof compressionGzip)[] = [gzip, compressionBrotli];
