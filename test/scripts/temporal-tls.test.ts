import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { createTestDatabase, type TestDatabase, testNamespace, testTemporal } from '../support/services.js';
import { hasOpenssl, makeCertificates, type TlsFront, tlsFront } from '../support/tls-front.js';

const canMake = await hasOpenssl();
const apiKey = 'gEheim-4711-key';

let folder: string;
let database: TestDatabase;
let mutual: TlsFront;
let keyed: TlsFront;
let namespace: string;
beforeAll(async () => {
  if (!canMake) return;
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-tls-'));
  await makeCertificates(folder);
  database = await createTestDatabase();
  const { address } = await testTemporal();
  namespace = await testNamespace(address, 'tls');
  mutual = await tlsFront(folder, address);
  keyed = await tlsFront(folder, address, apiKey);
});
afterAll(async () => {
  await mutual?.close();
  await keyed?.close();
  await database?.drop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);
/** The environment of a command that is to use a server, and no other setting of this machine. */
const environment = (front: TlsFront, given: Readonly<Record<string, string>>) => ({
  ATHANOR_HOME: file('home'),
  DATABASE_URL: database.url,
  TEMPORAL_ADDRESS: front.address,
  TEMPORAL_NAMESPACE: namespace,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem'),
  ...given,
});
const withCertificate = (name: string) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: file(`${name}.pem`),
  TEMPORAL_TLS_CLIENT_KEY_PATH: file(`${name}.key`),
});

let written = 0;
/** A campaign file of its own, as commands that read it run at once; those of one id are the same campaign. */
async function campaign(id: string): Promise<string> {
  const at = file(`${id}${++written}.yaml`);
  await writeFile(
    at,
    `name: ${id}-${path
      .basename(folder)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')}
seed: 1
space: { parameters: [{ name: x1, type: continuous, bounds: [-5, 10] }, { name: x2, type: continuous, bounds: [0, 15] }] }
objectives: [{ name: value, direction: minimise }]
fidelities: [{ name: exact, adapter: problem, settings: { problem: branin }, cost: 1 }]
budget: { trials: 3 }
`,
  );
  return at;
}

describe.skipIf(!canMake)('a Temporal server behind mutual TLS (skipped: needs openssl)', () => {
  it('is used by commands and workers that have a certificate', async () => {
    const env = environment(mutual, withCertificate('client'));
    const { code, stdout, stderr } = await runCli(['run', await campaign('mutual')], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('3 measured');
    expect(stderr).toContain(`${mutual.address} (TEMPORAL_ADDRESS)`);
    expect(mutual.passed()).toBeGreaterThan(10);
  });

  it.concurrent.each([
    ['without a certificate', () => environment(mutual, {}), /lets nobody in|certificate/],
    ['with a certificate of a stranger', () => environment(mutual, withCertificate('stranger')), /certificate/],
    [
      'that is signed by an authority unknown here',
      () =>
        environment(mutual, { ...withCertificate('client'), TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('stranger.pem') }),
      /TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    ['asked without TLS', () => ({ ...environment(mutual, {}), TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' }), /TEMPORAL_TLS/],
  ])('refuses, in words, who comes %s', async (_, env, words) => {
    const before = mutual.passed();
    const { code, stdout, stderr } = await runCli(['run', await campaign('refused')], { env: env() });
    expect({ code, stdout }, stderr).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(`${mutual.address} (TEMPORAL_ADDRESS)`);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(mutual.passed()).toBe(before);
  });

  it.concurrent.each([
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: '/nowhere.key' }, /nowhere\.pem/],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem' }, /certificate and its key are wanted together/],
  ])('settings that do not go together are a fault of the environment: %j', async (given, words) => {
    const { code, stderr } = await runCli(['run', await campaign('files')], { env: environment(mutual, given) });
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });
});

describe.skipIf(!canMake)('a Temporal server that asks for an API key (skipped: needs openssl)', () => {
  it('is used by commands and workers that have it, and nobody says it', async () => {
    const env = environment(keyed, { TEMPORAL_API_KEY: apiKey });
    const { code, stdout, stderr } = await runCli(['run', await campaign('keyed')], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('3 measured');
    expect(stdout + stderr).not.toContain(apiKey);
  });

  it.concurrent.each([
    ['none', {}],
    ['another', { TEMPORAL_API_KEY: 'gEheim-0815-key' }],
  ])('refuses, in words, who has %s', async (_, given) => {
    const { code, stderr } = await runCli(['run', await campaign('refused')], { env: environment(keyed, given) });
    expect(code).toBe(4);
    expect(stderr).toMatch(/TEMPORAL_API_KEY/);
    expect(stderr).not.toMatch(/gEheim|^\s+at /m);
  });
});
