import { Agent, request } from 'node:http';
/** On node:http, which costs less than `fetch` and so hides less of what is measured. */
export function createHttpClient(origin) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  return {
    call(method, path, body, headers = {}) {
      const text = body === undefined ? '' : JSON.stringify(body);
      return new Promise((resolve, reject) => {
        const outgoing = request(
          new URL(path, origin),
          {
            agent,
            method,
            headers: {
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
              'content-length': String(Buffer.byteLength(text)),
              ...headers,
            },
          },
          (answer) => {
            const chunks = [];
            answer.on('data', (chunk) => chunks.push(chunk));
            answer.on('error', reject);
            answer.on('end', () => {
              const received = Buffer.concat(chunks).toString();
              if ((answer.statusCode ?? 0) >= 300) {
                reject(
                  new Error(`${method} ${path} was answered ${answer.statusCode}: ${received}`),
                );
              } else resolve(received === '' ? undefined : JSON.parse(received));
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(text);
      });
    },
    close: () => agent.destroy(),
  };
}
//# sourceMappingURL=http-client.js.map
