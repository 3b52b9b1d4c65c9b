import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { consoleFolder } from '../src/console/console-files.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** `fetch` decompresses by itself. */
function get(url: string, path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
        }),
      );
    })
      .once('error', reject)
      .end();
  });
}

/** The addresses of what the first page loads. */
function loadedBy(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
}

test('the console is one page at all of its addresses, and loads files of the gateway alone', async () => {
  const paths = ['/', '/jobs', '/jobs/job_0_x', '/inbox?x=1', '/schedules/sch_0_a'];
  const pages = await Promise.all(paths.map((path) => get(gateway.url, path)));
  expect(pages.map(({ status }) => status)).toEqual(paths.map(() => 200));
  const page = pages[0]?.body.toString() ?? '';
  expect(loadedBy(page).length).toBeGreaterThan(2);
  expect(page).not.toMatch(/https?:\/\//);
  expect(pages[0]?.headers['cache-control']).toBe('no-store');
});

test('its policy allows no script and no style that the gateway has not said', async () => {
  const one = await get(gateway.url, '/');
  const other = await get(gateway.url, '/');
  const policy = String(one.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  expect(one.body.toString()).toContain(`nonce="${nonce}"`);
  expect(other.headers['content-security-policy']).not.toContain(nonce);
});

test('files are kept by browsers for good, and come compressed as they were built', async () => {
  const { body: page } = await get(gateway.url, '/');
  for (const path of loadedBy(page.toString())) {
    const [plain, brotli, gzip] = await Promise.all([
      get(gateway.url, `/${path}`),
      get(gateway.url, `/${path}`, { 'Accept-Encoding': 'gzip, deflate, br' }),
      get(gateway.url, `/${path}`, { 'Accept-Encoding': 'gzip' }),
    ]);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect([brotli.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual([
      'br',
      'gzip',
    ]);
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  }
});

test('the first page weighs less than 250 kB', async () => {
  const { body: page } = await get(gateway.url, '/');
  const files = await readdir(join(consoleFolder(), 'assets'));
  // The list of jobs, which the page loads next, and what it shares with others.
  const further = files.filter((name) => /^(jobs-page|dialog)-.*\.(js|css)$/.test(name));
  expect(further.length).toBeGreaterThan(0);
  const paths = [...loadedBy(page.toString()), ...further.map((name) => `assets/${name}`)];
  const sizes = await Promise.all(
    paths.map(async (path) => {
      const { body } = await get(gateway.url, `/${path}`, { 'Accept-Encoding': 'br' });
      return body.length;
    }),
  );
  expect(sizes.reduce((sum, size) => sum + size, page.length)).toBeLessThan(250_000);
});

test.each(['/assets/nothing.js', '/assets/..%2findex.html', '/assets/../package.json', '/nothing'])(
  '%s is not there',
  async (path) => {
    const { status, headers } = await get(gateway.url, path);
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
  },
);

test('what is no page of the console answers as before', async () => {
  const paths = ['/healthz', '/docs', '/openapi.json', '/v1/jobs'];
  const answers = await Promise.all(paths.map((path) => get(gateway.url, path)));
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
});

test('below a path the page says where it is', async () => {
  const below = await startTestGateway(redis, {
    partition: 'below',
    publicUrl: 'https://agents.example/pawl',
  });
  expect((await get(below.url, '/jobs')).body.toString()).toContain('<base href="/pawl/" />');
});

test('a gateway whose console was not built says so, and works', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-no-console-'));
  const bare = await startTestGateway(redis, { partition: 'bare', folder });
  await rm(folder, { recursive: true });
  const { status, body } = await get(bare.url, '/');
  expect(status).toBe(503);
  expect(body.toString()).toContain('The console was not built');
  expect((await get(bare.url, '/v1/jobs')).status).toBe(200);
});

test('the page holds nothing that a script wrote into it', async () => {
  const page = await readFile(join(consoleFolder(), 'index.html'), 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(page).not.toMatch(/<style|style=|\son\w+=/);
});
