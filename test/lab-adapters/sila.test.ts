import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { commandOf, SilaClient } from '../../lab-adapters/sila/client.js';
import { silaDevice } from '../../lab-adapters/sila/device.js';
import { sila } from '../../lab-adapters/sila/index.js';
import { Talk } from '../../lab-adapters/sila/talk.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { cutLine } from '../support/cut-line.js';
import { ended, foldersIn, keysOf, ledgerLines, trialsOf } from '../support/devices.js';

const python = await pythonCounterpart('sila2[cryptography]==0.14.0');
const program = fileURLToPath(new URL('../counterparts/sila_reactor.py', import.meta.url));
const definition = fileURLToPath(new URL('../counterparts/ReactorController.sila.xml', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-sila-'));
const running: Counterpart[] = [];
const start = async (port: number, ...more: string[]) => {
  if (!('bin' in python)) throw new Error(python.lacking);
  const args = [program, base, String(port), ...more];
  const made = await startCounterpart(join(python.bin, 'python'), args, {
    ready: /^ready/,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  running.push(made);
  return made;
};
const port = await freePort();
if ('bin' in python) await start(port);
afterAll(async () => {
  await Promise.all(running.map((each) => each.kill()));
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
const starts = async (folder: string) =>
  keysOf(
    folder,
    (await ledgerLines(join(base, 'device.jsonl'))).map(({ key }) => key),
  );

const feature = 'org.athanor/test/ReactorController/v1';
/** Keys of all folders are one server's, so each has its own. */
const settingsOf = (folder: string, more: object = {}) => {
  const byKey = (command: string) => ({ command, with: { Key: `${folder}:{key}` } });
  return {
    server: `127.0.0.1:${port}`,
    insecure: true,
    feature,
    timeout: '5s',
    poll: '20ms',
    run: {
      command: 'React',
      with: { Temperature: '{temperature as °C}', Seconds: '{seconds}', Key: `${folder}:{key}` },
    },
    values: { yield: 'Yield' },
    failure: { classes: { chemistry: ['Precipitated'] }, cancelled: ['Aborted'] },
    cancel: byKey('Cancel'),
    ...more,
  };
};
const adapterOf = (folder: string, more: object = {}): Adapter =>
  createRegistry().create('sila', settingsOf(folder, more), { clock: systemClock, folder, log: () => {} });
const request = (temperature: number, seconds = 0.1): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', seconds: 's' },
  fidelity: 'reactor',
  objectives: ['yield'],
});
const portion = (grams: number): JobRequest => ({
  ...request(0),
  design: { grams, seconds: 0.1 },
  units: { grams: 'g' },
});
const key = 'c/r1/p1/g1/run';
const submit = (adapter: Adapter, given = request(70), name = key) => adapter.submit(name, given, { fence: 1 });
const ran = async (adapter: Adapter, given = request(70), name = key) => {
  const job = await submit(adapter, given, name);
  return { job, ...(await ended(adapter, job)), result: await adapter.result(job) };
};
const weigh = (folder: string) => ({
  run: { command: 'Weigh', with: { Grams: '{grams}', Seconds: '{seconds}', Key: `${folder}:{key}` } },
  values: { yield: { path: 'Mass', unit: { path: 'units.Mass' }, as: 'mg' } },
});

describe.skipIf(!('bin' in python))('a SiLA 2 server (sila2 0.14.0)', () => {
  const open = (folder: string) => adapterOf(folder);
  describeAdapterLaws('sila, an observable command', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open, request: request(70) },
    another: request(90),
    fails: { open, request: request(13) },
    refused: { open, request: { ...request(70), design: { seconds: 1 } } },
    runsLong: { open, request: request(70, 60) },
  });
  describeAdapterLaws('sila, an unobservable command', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open: (folder) => adapterOf(folder, weigh(folder)), request: portion(70) },
    another: portion(90),
    fails: { open: (folder) => adapterOf(folder, weigh(folder)), request: portion(13) },
  });

  describe('a run', () => {
    test('gives responses of every type, with units, and properties', async () => {
      const values = {
        yield: { path: 'Yield', unit: { path: 'units.Yield' }, as: '1' },
        steps: 'Steps',
        mass: 'Sample.Masses[-1]',
        now: { path: 'properties.ReactorTemperature', unit: { path: 'units.ReactorTemperature' }, as: 'K' },
      };
      const folder = await newFolder();
      const adapter = adapterOf(folder, { values, properties: ['ReactorTemperature', 'Serial'] });
      const objectives = ['yield', 'steps', 'mass', 'now'];
      const { result } = await ran(adapter, { ...request(343.15), units: { temperature: 'K' }, objectives });
      expect(result.values).toEqual({ yield: 0.7, steps: 3, mass: 0, now: 343.15 });
    });

    test('that gives 0 gives 0, which protobuf does not send', async () => {
      const { result } = await ran(adapterOf(await newFolder()), request(0));
      expect(result.values).toEqual({ yield: 0 });
    });

    test('is set up by unobservable commands first', async () => {
      const folder = await newFolder();
      const set = [{ command: 'SetPressure', with: { Pressure: 2 } }];
      expect((await ran(adapterOf(folder, { set }))).result.values).toEqual({ yield: 140 });
      const back = [{ command: `${feature}/Command/SetPressure`, with: { Pressure: 1 } }];
      expect((await ran(adapterOf(folder, { set: back }), request(70), `${key}2`)).result.values).toEqual({
        yield: 70,
      });
    });

    test('with NaN is refused with words, and kept', async () => {
      const { result } = await ran(adapterOf(await newFolder()), request(20));
      expect(result.values).toEqual({ yield: Number.NaN });
      expect(result.details!.refused).toEqual(['yield: Yield: NaN is no finite number']);
      expect(Object.keys(result.artefacts!)).toEqual(['reply.bin']);
    });

    test('of an unobservable command gives what it answered, also NaN', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, weigh(folder));
      expect((await ran(adapter, portion(70))).result.values).toEqual({ yield: 70_000 });
      const { result } = await ran(adapter, portion(20), `${key}2`);
      expect(result.details!.refused).toEqual([expect.stringContaining('NaN')]);
    });

    test.each([
      [13, { class: 'chemistry', code: 'Precipitated', message: 'React_Result: Precipitated: it fell out' }],
      [14, { class: 'unknown', code: 'undefinedExecutionError' }],
    ])('that failed (%d) says why, in the result alone', async (temperature, cause) => {
      const { state, result } = await ran(adapterOf(await newFolder()), request(temperature));
      expect(state).toBe('failed');
      expect(result.cause).toMatchObject(cause);
    });

    test('beyond a constraint of the server is refused in its words', async () => {
      const folder = await newFolder();
      const { state, message } = await ran(adapterOf(folder), request(900));
      expect(state).toBe('failed');
      expect(message).toContain('React: Temperature: ');
      expect(await starts(folder)).toEqual([]);
    });

    test.each([
      ['a wrong unit', { Temperature: '{temperature as K}' }, "is in 'K'; the definition wants '°C'"],
      ['a wrong type', { Temperature: 'hot' }, 'Temperature: "hot" is given; a number is wanted'],
      ['a missing parameter', { Temperature: undefined }, "Temperature: 'Temperature' is missing"],
      ['an unknown parameter', { Pressure: 3 }, "there is no 'Pressure'; there are Temperature, Seconds, Key"],
    ])('with %s is refused before it begins', async (_, more, words) => {
      const folder = await newFolder();
      const { run } = settingsOf(folder);
      const parameters = Object.fromEntries(
        Object.entries({ ...run.with, ...more }).filter(([, each]) => each !== undefined),
      );
      const { state, message } = await ran(adapterOf(folder, { run: { command: 'React', with: parameters } }));
      expect(state).toBe('failed');
      expect(message).toContain(words);
      expect(await starts(folder)).toEqual([]);
    });

    test('whose confirmation was lost is unknown, though the server goes on with it', async () => {
      const folder = await newFolder();
      const line = await cutLine(port);
      const adapter = adapterOf(folder, { server: `127.0.0.1:${line.port}` });
      line.cutAfter(`${folder}:${key}`);
      await expect(submit(adapter)).rejects.toMatchObject({ code: 'ADAPTER' });
      const job = await adapter.submit(key, request(70), { fence: 2 });
      expect((await adapter.status(job)).state).toBe('unknown');
      expect(await starts(folder)).toEqual([key]);
      await line.close();
    });

    test('whose confirmation was lost is found on a server that remembers keys', async () => {
      const folder = await newFolder();
      const line = await cutLine(port);
      const find = {
        command: 'FindExecution',
        with: { Key: `${folder}:{key}` },
        job: 'Execution',
        none: { Execution: [''] },
      };
      const adapter = adapterOf(folder, { server: `127.0.0.1:${line.port}`, find });
      expect(await adapter.find!(key, { fence: 1 })).toBeNull();
      line.cutAfter(`${folder}:${key}`);
      await expect(submit(adapter)).rejects.toMatchObject({ code: 'ADAPTER' });
      const job = await adapter.find!(key, { fence: 2 });
      expect((await ended(adapter, job!)).state).toBe('succeeded');
      expect(await starts(folder)).toEqual([key]);
      await line.close();
    });

    test('is waited for by the time-outs alone where a worker died that began it', () => {
      const settings = sila.settings.parse(settingsOf('nowhere', { timeout: '3s' }));
      expect(silaDevice(settings, {}).beginLimitMs).toBeLessThan(30_000);
    });

    test('goes on while the line is cut, and is followed by another worker with its UUID', async () => {
      const folder = await newFolder();
      const job = await submit(adapterOf(folder), request(70, 0.5));
      const nowhere = adapterOf(folder, { server: '127.0.0.1:1', timeout: '300ms' });
      await expect(nowhere.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
      expect((await ended(adapterOf(folder), job)).state).toBe('succeeded');
    });

    test('of a server that was killed and is back is unknown, not failed', async () => {
      const folder = await newFolder();
      const own = await freePort();
      const server = await start(own);
      const adapter = adapterOf(folder, { server: `127.0.0.1:${own}`, timeout: '2s' });
      const job = await submit(adapter, request(70, 60));
      await server.kill();
      await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
      await start(own);
      const { state, message } = await ended(adapter, job);
      expect(state).toBe('unknown');
      expect(message).toContain('restarted, or the lifetime of the execution is over');
    });

    test('whose lifetime is over before it is looked at is unknown', async () => {
      const folder = await newFolder();
      const own = await freePort();
      await start(own, '0.3');
      const adapter = adapterOf(folder, { server: `127.0.0.1:${own}` });
      const job = await submit(adapter, request(70, 0.05));
      const { handle } = JSON.parse(await readFile(join(folder, `${job}.json`), 'utf8')) as { handle: string };
      const settings = sila.settings.parse(settingsOf(folder, { server: `127.0.0.1:${own}` }));
      const client = await SilaClient.open(settings);
      const talk = new Talk(client, settings);
      const [messages, id] = await talk.named('React');
      const said = () =>
        talk.info(messages, commandOf(messages, id), handle).then(
          () => '',
          ({ word }) => word as string,
        );
      await expect.poll(said).toBe('INVALID_COMMAND_EXECUTION_UUID');
      client.close();
      expect((await adapter.status(job)).state).toBe('unknown');
    });
  });

  test('150 looks keep none of the 100 threads of the server', async () => {
    const adapter = adapterOf(await newFolder());
    const job = await submit(adapter, request(70, 60));
    for (let i = 0; i < 150; i++) expect((await adapter.status(job)).state).toBe('running');
    expect(await adapter.health!()).toMatchObject({ ok: true });
    await adapter.cancel!(job, { fence: 1 });
  });

  test.each([
    [{ server: '127.0.0.1:1', timeout: '300ms' }, 'no connection within 300ms'],
    [{ uuid: '33333333-3333-4333-8333-333333333333' }, 'another server answers'],
    [{ feature: 'org.athanor/test/Nothing/v1' }, 'UnimplementedFeature'],
    [{ run: { command: 'Boil', with: {} } }, "has no command 'Boil'; there are React, Weigh"],
  ])('nothing begins where the server is not the one meant: %j', async (more, words) => {
    const adapter = adapterOf(await newFolder(), more);
    await expect(submit(adapter)).rejects.toThrow(words);
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect(await adapter.health!()).toMatchObject({ ok: false, message: expect.stringContaining(words) });
  });

  test('metadata of a feature go with each call, from variables of the worker', async () => {
    const folder = await newFolder();
    const secret = { command: 'Secret', with: { Key: '{key}' } };
    const own = { run: secret, values: { yield: 'Length' } };
    await expect(submit(adapterOf(folder, own))).rejects.toThrow('INVALID_METADATA');
    const metadata = { [`${feature}/Metadata/Token`]: { from: 'ATHANOR_TEST_SILA' } };
    await expect(submit(adapterOf(folder, { ...own, metadata }))).rejects.toThrow(
      'ATHANOR_TEST_SILA, which is not set',
    );
    process.env.ATHANOR_TEST_SILA = 'token-of-the-lab';
    expect((await ran(adapterOf(folder, { ...own, metadata }))).result.values).toEqual({ yield: 16 });
    delete process.env.ATHANOR_TEST_SILA;
  });

  test('a certificate that the server signed itself is trusted by that alone', async () => {
    const folder = await newFolder();
    const [keyFile, cert, own] = [join(folder, 'key.pem'), join(folder, 'cert.pem'), await freePort()];
    const code = `import sys, uuid, pathlib; from sila2.server.encryption import generate_self_signed_certificate as g
key, cert = g(uuid.UUID("22222222-2222-4222-8222-222222222222"), "127.0.0.1"); pathlib.Path(sys.argv[1]).write_bytes(key); pathlib.Path(sys.argv[2]).write_bytes(cert)`;
    if ('bin' in python) await promisify(execFile)(join(python.bin, 'python'), ['-c', code, keyFile, cert]);
    await start(own, '600', keyFile, cert);
    const health = async (more: object, host = '127.0.0.1') =>
      adapterOf(folder, { insecure: false, server: `${host}:${own}`, timeout: '2s', ...more }).health!();
    expect(await health({ ca: cert })).toMatchObject({ ok: true });
    expect(await health({ ca: cert, certificateName: 'SiLA2' }, 'localhost')).toMatchObject({ ok: true });
    expect(await health({ ca: cert }, 'localhost')).toMatchObject({ ok: false });
    expect(await health({})).toMatchObject({ ok: false });
    expect(await health({ insecure: true })).toMatchObject({ ok: false });
  });

  test('a campaign in K on a reactor in °C', async () => {
    const folder = await newFolder();
    const settings = settingsOf(folder, { definition });
    const run = { command: 'React', with: { ...settings.run.with, Seconds: 0.05, Key: `${folder}:{key}` } };
    const trials = await trialsOf(
      folder,
      `name: sila
seed: 4
parallel: 2
space: {parameters: [{name: temperature, type: continuous, bounds: [300, 380], unit: K}]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: reactor, adapter: sila, settings: ${JSON.stringify({ ...settings, run })}, cost: 1}]
budget: {trials: 7}
`,
    );
    expect(trials).toHaveLength(7);
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo((proposal.design.temperature as number) - 273.15, 9);
    expect((await starts(folder)).sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
  });
});

describe('a server that answers anything', () => {
  let result: Buffer | Partial<ServiceError> = Buffer.alloc(0);
  let info = Buffer.from([8, 2]);
  const good = Buffer.from([10, 6, 10, 4, ...Buffer.from('uuid')]);
  let confirmation = good;
  const rpc = (name: string, responseStream: boolean) => ({
    path: `/sila2.org.athanor.test.reactorcontroller.v1.ReactorController/${name}`,
    requestStream: false as const,
    responseStream,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  });
  const server = new Server();
  server.addService(
    { React: rpc('React', false), React_Info: rpc('React_Info', true), React_Result: rpc('React_Result', false) },
    {
      React: (_: unknown, answer: (error: null, bytes: Buffer) => void) => answer(null, confirmation),
      React_Info: (call: { write: (bytes: Buffer) => void; end: () => void }) => {
        call.write(info);
        call.end();
      },
      React_Result: (_: unknown, answer: (error: Partial<ServiceError> | null, bytes?: Buffer) => void) =>
        Buffer.isBuffer(result) ? answer(null, result) : answer(result),
    } as never,
  );
  const bound = new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  afterAll(() => server.forceShutdown());
  const adapter = async (more: object = {}) =>
    adapterOf(await newFolder(), { server: `127.0.0.1:${await bound}`, definition, timeout: '2s', ...more });

  test.each([
    ['nothing', Buffer.alloc(0), 'Yield: nothing stands there'],
    ['half a message', Buffer.from([10, 9, 9, 0, 0]), 'is no React_Responses'],
    ['noise', Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 7919) % 251)), 'no'],
    ['a text', Buffer.from('<!doctype html><title>Login</title>'), ''],
    ['a text for the number', Buffer.from([10, 5, 10, 3, 0x37, 0x35, 0x2e]), 'Yield.value is of another type'],
    ['a number for the wrapper', Buffer.from([8, 75]), 'Yield is of another type'],
    ['infinity', Buffer.from([10, 9, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]), 'Infinity is no finite number'],
    ['too much', Buffer.alloc(200_000, 10), 'max'],
  ])('gives %s for a result, which is refused with words', async (_, bytes, words) => {
    result = bytes;
    const { state, result: got } = await ran(await adapter({ replyLimit: 100_000 }));
    expect(state).toBe('succeeded');
    expect(got.values).toEqual({ yield: Number.NaN });
    expect(String(got.details!.refused)).toContain(words);
  });

  test.each([
    ['half of it', good.subarray(0, 4)],
    ['a web page', Buffer.from('<!doctype html>')],
  ])('gives %s for a confirmation, or for how it stands, which tells nothing', async (_, bytes) => {
    confirmation = bytes;
    const made = await adapter();
    await expect(submit(made)).rejects.toMatchObject({ code: 'ADAPTER' });
    const job = await made.submit(key, request(70), { fence: 2 });
    expect((await made.status(job)).state).toBe('unknown');
    confirmation = good;
    const other = await adapter();
    const running = await submit(other);
    const before = info;
    info = bytes;
    await expect(other.status(running)).rejects.toMatchObject({ code: 'ADAPTER' });
    info = before;
  });

  test.each([
    ['a word that is no error', { code: status.ABORTED, details: 'not base64!' }],
    ['noise as an error', { code: status.ABORTED, details: Buffer.alloc(40, 255).toString('base64') }],
    ['an empty error', { code: status.ABORTED, details: '' }],
    ['an internal error', { code: status.INTERNAL, details: 'boom' }],
  ])('gives %s, which tells nothing: it is asked again', async (_, error) => {
    result = error;
    const made = await adapter();
    const job = await submit(made);
    await expect(made.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    result = Buffer.from([10, 9, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect((await ended(made, job)).state).toBe('succeeded');
    expect((await made.result(job)).values).toEqual({ yield: 1 });
  });

  test('says a state that there is not: nobody can tell', async () => {
    info = Buffer.from([8, 9]);
    const made = await adapter();
    const job = await submit(made);
    expect(await made.status(job)).toMatchObject({ state: 'unknown', message: "the server says '9' of the execution" });
    info = Buffer.from([8, 2]);
  });
});

describe('settings', () => {
  const faults = async (more: object) => {
    const parameters = ['temperature', 'seconds'].map((name) => ({
      name,
      type: 'continuous',
      bounds: [0, 1],
      unit: name === 'seconds' ? 's' : 'K',
    })) as Parameter[];
    const parsed = sila.settings.parse(settingsOf('f', { definition, ...more }));
    return (await sila.check!(parsed, { parameters, objectives: ['yield'] })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  };

  test('are held to the definition, all faults at once', async () => {
    expect(
      await faults({
        run: { command: 'React', with: { Temperature: '{temperature}', Second: 1, Key: '{nobody}' } },
        set: [{ command: 'React', with: {} }],
        cancel: { command: 'Stop', with: {} },
        properties: ['Pressure'],
        values: { yield: 'Yields' },
        ca: '/none.pem',
      }),
    ).toEqual([
      'run.with.Key: {nobody}: nothing of that name has a value',
      'ca: /none.pem holds no certificates that can be read',
      "ca: 'insecure' has no certificates",
      "set[0].command: 'React' is observable",
      "set[0].with: 'Temperature' of React is missing",
      "set[0].with: 'Seconds' of React is missing",
      "set[0].with: 'Key' of React is missing",
      "run.with: 'Seconds' of React is missing",
      "run.with.Second: the feature has no parameter of React 'Second'",
      "run.with: Temperature: {temperature} is in 'K'; the definition wants '°C'",
      "cancel.command: the feature has no command 'Stop'",
      "properties[0]: the feature has no property 'Pressure'",
      "values.yield: the feature has no response 'Yields'",
    ]);
  });

  test('with a definition that is none are told so', async () => {
    const folder = await newFolder();
    const file = join(folder, 'x.xml');
    for (const [text, words] of [
      ['<html></html>', 'the definition has no Feature'],
      ['<Feature', 'cannot be understood'],
      ['not xml', ''],
    ] as const) {
      await writeFile(file, text);
      expect(await faults({ definition: file })).toEqual([expect.stringContaining(words)]);
    }
  });

  test('are strict', () => {
    const wrong = settingsOf('f', { server: 'http://x', feature: 'Reactor', lock: true });
    expect(sila.settings.safeParse(wrong).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'server',
      'feature',
      '',
    ]);
  });
});

test('where it cannot be had it is said why', ({ skip }) => {
  if ('lacking' in python) skip(python.lacking);
});
