import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Adapter } from '../../lab-adapters/contract.js';
import { opcua } from '../../lab-adapters/opcua/index.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { type Counterpart, freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';

const python = await pythonCounterpart('asyncua==2.1.0');
const hasOpenssl = await promisify(execFile)('openssl', ['version']).then(
  () => true,
  () => false,
);
const lacking =
  'lacking' in python ? python.lacking : hasOpenssl ? null : 'there is no openssl to make certificates with';
const base = await mkdtemp(join(tmpdir(), 'athanor-opcua-secure-'));
const port = await freePort();
let server: Counterpart | undefined;
const open: Adapter[] = [];

/** A certificate and its key, PEM; asyncua tells PEM from DER by the name of a file. */
async function certificate(name: string): Promise<readonly [cert: string, key: string]> {
  const [cert, key] = [join(base, `${name}.pem`), join(base, `${name}-key.pem`)];
  const of = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=URI:urn:freeopcua:python:server,IP:127.0.0.1'];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
  await promisify(execFile)('openssl', [...make, ...of]);
  return [cert, key];
}
const [own, user, stranger] =
  lacking === null ? await Promise.all(['server', 'user', 'stranger'].map(certificate)) : [];

beforeAll(async () => {
  if (!('bin' in python) || lacking !== null) return;
  process.env.ATHANOR_TEST_OPCUA = 'password-of-lab';
  process.env.ATHANOR_TEST_OPCUA_BAD = 'password-of-none';
  const program = fileURLToPath(new URL('../counterparts/opcua_reactor.py', import.meta.url));
  server = await startCounterpart(join(python.bin, 'python'), [program, base, String(port), ...own!, user![0]], {
    ready: /^ready/,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await server?.kill();
  await rm(base, { recursive: true });
});

const node = (name: string) => `r;s=Reactor.${name}`;
const settings = (more: object = {}) => ({
  url: `opc.tcp://127.0.0.1:${port}/lab/`,
  namespaces: { r: 'urn:athanor:reactor' },
  certificates: join(base, 'pki'),
  timeout: '20s',
  poll: '50ms',
  security: { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' },
  trust: own?.[0],
  set: [
    { node: node('Setpoint'), value: '{temperature as °C}' },
    { node: node('Key'), value: '{key}' },
  ],
  start: { write: { node: node('Trigger'), value: true } },
  status: { node: node('State'), states: { running: ['busy'], succeeded: ['done'] } },
  key: node('CurrentKey'),
  read: { yield: node('Yield') },
  values: { yield: 'yield' },
  ...more,
});
const byName = { user: 'lab', password: { from: 'ATHANOR_TEST_OPCUA' } };
const byCertificate = { userCertificate: user?.[0], userKey: user?.[1] };
let made = 0;
const adapterOf = async (more: object): Promise<Adapter> => {
  const folder = join(base, String(++made));
  await mkdir(folder);
  const adapter = createRegistry().create('opcua', settings(more), { clock: systemClock, folder, log: () => {} });
  open.push(adapter);
  return adapter;
};
const starts = async () =>
  (await readFile(join(base, 'device.jsonl'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
const submit = (adapter: Adapter, key: string) =>
  adapter.submit(
    key,
    {
      design: { temperature: 70 },
      rowId: null,
      substances: {},
      units: { temperature: '°C' },
      fidelity: 'reactor',
      objectives: ['yield'],
    },
    { fence: 1 },
  );

describe.skipIf(lacking !== null)('an OPC UA server that takes signed and encrypted connections only', () => {
  const sign = { security: { mode: 'Sign', policy: 'Basic256Sha256' } };
  test.each([
    ['encrypted, by name and password', byName],
    ['signed, by name and password', { ...byName, ...sign }],
    ["encrypted, by a user's certificate", byCertificate],
    ["signed, by a user's certificate", { ...byCertificate, ...sign }],
  ])('a trial over a connection that is %s', async (what, more) => {
    const adapter = await adapterOf(more);
    const before = await starts();
    const job = await submit(adapter, `c/${what}`);
    await vi.waitFor(async () => expect((await adapter.status(job)).state).toBe('succeeded'), {
      timeout: 600_000,
      interval: 50,
    });
    expect((await adapter.result(job)).values).toEqual({ yield: 70 });
    expect(await starts()).toBe(before + 1);
  });

  test.each([
    ['a wrong password', { ...byName, password: { from: 'ATHANOR_TEST_OPCUA_BAD' } }, /BadUserAccessDenied/],
    ['nobody in particular', {}, /BadUserAccessDenied|BadIdentityTokenRejected/],
    [
      "a stranger's certificate",
      { userCertificate: stranger?.[0], userKey: stranger?.[1] },
      /BadUserAccessDenied|BadIdentityTokenRejected/,
    ],
    [
      "a user's certificate without its key",
      { userCertificate: user?.[0], userKey: stranger?.[1] },
      /BadUserSignatureInvalid|BadIdentityTokenInvalid|BadUserAccessDenied|BadIdentityTokenRejected|BadSecurityChecksFailed/,
    ],
    ['no security', { ...byName, security: undefined, trust: undefined }, /End point must exist|BadSecurity/],
    ["the trust in another server's certificate", { ...byName, trust: stranger?.[0], timeout: '4s' }, /./],
  ])('with %s nothing is begun, and the trial waits', async (_, more, words) => {
    const adapter = await adapterOf(more);
    const before = await starts();
    expect(await adapter.health!()).toMatchObject({ ok: false, message: expect.stringMatching(words) });
    await expect(submit(adapter, 'c/refused')).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await adapter.find!('c/refused', { fence: 2 }).catch(() => null)).toBeNull();
    expect(await starts()).toBe(before);
  });

  test('what does not go together is told with the file', async () => {
    const faults = async (more: object) =>
      (await opcua.check!(opcua.settings.parse(settings(more)))).map(({ path, message }) => `${path}: ${message}`);
    expect(await faults(byCertificate)).toEqual([]);
    expect(await faults({ ...byName, ...byCertificate, userKey: undefined, trust: '/nonesuch' })).toEqual([
      'userCertificate: a certificate and its key go together',
      'userCertificate: a user by certificate and one by name',
      'trust: /nonesuch cannot be read',
    ]);
  });
});

test('where the server cannot be had it is said why', ({ skip }) => {
  if (lacking !== null) skip(lacking);
});
