import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const manifests = join(root, 'deploy/kubernetes');

/** By kind: the schema of the version of Kubernetes that the library was made from. */
const models = {
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
};

type Manifest = ConstructorParameters<typeof Deployment>[0] & {
  readonly kind: keyof typeof models;
};

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly { readonly literals: readonly string[] }[];
}

async function read(path: string): Promise<string> {
  return await readFile(join(root, path), 'utf8');
}

async function filesUnder(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => isWanted(name)).map((name) => join(folder, name));
}

const isKustomization = (name: string) => name.endsWith('kustomization.yaml');

async function readManifests(): Promise<Manifest[]> {
  const files = await filesUnder(
    manifests,
    (name) => name.endsWith('.yaml') && !isKustomization(name),
  );
  const texts = await Promise.all(files.map(async (file) => await readFile(file, 'utf8')));
  return texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as Manifest),
  );
}

async function readKustomizations(): Promise<{ folder: string; content: Kustomization }[]> {
  const files = await filesUnder(manifests, isKustomization);
  return await Promise.all(
    files.map(async (file) => ({
      folder: dirname(file),
      content: parse(await readFile(file, 'utf8')) as Kustomization,
    })),
  );
}

/** The deployment of one service with the container that it runs. */
async function deploymentOf(name: string) {
  const found = (await readManifests()).find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata?.name === name,
  );
  const pod = found?.spec?.template.spec;
  const container = pod?.containers?.[0];
  if (pod === undefined || container === undefined) throw new Error(`There is no ${name}.`);
  const settings = new Map(container.env?.map(({ name, value }) => [name, value]));
  return { pod, container, settings };
}

async function variablesOf(...files: string[]): Promise<Set<string>> {
  const texts = await Promise.all(files.map(read));
  return new Set([...texts.join('\n').matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name ?? ''));
}

test('every manifest for Kubernetes is valid', async () => {
  const all = await readManifests();
  expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(Object.keys(models)));
  for (const manifest of all) {
    const Model = models[manifest.kind] as typeof Deployment;
    expect(
      () => {
        new Model(manifest).validate();
      },
      `${manifest.kind} ${manifest.metadata?.name ?? ''}`,
    ).not.toThrow();
  }
});

test('a manifest with a mistake is not valid', () => {
  const service = new Service({ spec: { ports: [{ port: 'eighty' as unknown as number }] } });
  expect(() => {
    service.validate();
  }).toThrow(/port/);
});

test('every file that a kustomization names exists', async () => {
  const kustomizations = await readKustomizations();
  expect(kustomizations.length).toBe(3);
  const named = kustomizations.flatMap(({ folder, content }) =>
    [...(content.resources ?? []), ...(content.components ?? [])].map((name) => join(folder, name)),
  );
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});

test('the manifests set variables that the services read', async () => {
  const told = await variablesOf('.env.example');
  const kustomizations = await readKustomizations();
  const literals = kustomizations.flatMap(({ content }) =>
    (content.configMapGenerator ?? []).flatMap((generator) => generator.literals),
  );
  const deployments = await Promise.all(['pawl-gateway', 'pawl-worker'].map(deploymentOf));
  const names = [
    ...literals.map((literal) => literal.split('=')[0] ?? ''),
    ...deployments.flatMap(({ settings }) => [...settings.keys()]),
    ...(await variablesOf('deploy/kubernetes/example/secrets.env')),
  ];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !told.has(name))).toEqual([]);
});

test('a stopped pod gets longer than its process takes to stop', async () => {
  const gateway = await deploymentOf('pawl-gateway');
  const worker = await deploymentOf('pawl-worker');
  // The process ends itself so many seconds after what it waits for: see the services' main.ts.
  expect(gateway.pod.terminationGracePeriodSeconds).toBeGreaterThan(
    Number(gateway.settings.get('GATEWAY_DRAIN_SECONDS')) + 30,
  );
  expect(worker.pod.terminationGracePeriodSeconds).toBeGreaterThan(
    Number(worker.settings.get('WORKER_GRACE_SECONDS')) + 10,
  );
});

test('the manifests run what is built, and ask the port on which it answers', async () => {
  for (const name of ['gateway', 'worker']) {
    const { container } = await deploymentOf(`pawl-${name}`);
    const [program, file = ''] = container.command ?? [];
    expect(program).toBe('node');
    expect(existsSync(join(root, file.replace('/dist/', '/src/').replace(/js$/, 'ts')))).toBe(true);
    const metrics = container.ports?.find((port) => port.name === 'metrics')?.containerPort;
    const base = await read('deploy/kubernetes/base/kustomization.yaml');
    expect(base).toContain(`METRICS_PORT=${metrics}`);
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
  }
});

test('the number of workers follows a metric that gateways show', async () => {
  const autoscaler = (await readManifests()).find(
    ({ kind }) => kind === 'HorizontalPodAutoscaler',
  ) as unknown as { spec: { metrics: [{ external: { metric: { name: string } } }] } };
  const [{ external }] = autoscaler.spec.metrics;
  expect(await read('packages/telemetry/src/metrics/catalogue.ts')).toContain(external.metric.name);
});
