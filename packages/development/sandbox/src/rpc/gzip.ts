import { gzipSync } from 'node:zlib';
import { compressionGzip } from '@connectrpc/connect-node';

/** Bytes up to which a message is compressed at once: handing it to another thread takes longer than the work. */
const atOnce = 65_536;

export const gzip: typeof compressionGzip = {
  ...compressionGzip,
  async compress(bytes) {
    return bytes.length > atOnce
      ? compressionGzip.compress(bytes)
      : new Uint8Array(gzipSync(bytes));
  },
};
