import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { opcua } from '../../lab-adapters/opcua/index.js';
import { plainValue, sentAs } from '../../lab-adapters/opcua/plain.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { cutLine } from '../support/cut-line.js';
import { ended, foldersIn, keysOf, ledgerLines, trialsOf } from '../support/devices.js';

const python = await pythonCounterpart('asyncua==2.1.0');
const program = fileURLToPath(new URL('../counterparts/opcua_reactor.py', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-opcua-'));
const certificates = join(base, 'pki');
const running: Counterpart[] = [];
const start = async (port: number, ...more: string[]) => {
  if (!('bin' in python)) throw new Error(python.lacking);
  const made = await startCounterpart(join(python.bin, 'python'), [program, base, String(port), ...more], {
    ready: /^ready/,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  running.push(made);
  return made;
};
const port = await freePort();
if ('bin' in python) await start(port);
const open: Adapter[] = [];
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await Promise.all(running.map((each) => each.kill()));
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
const starts = async (folder: string) =>
  keysOf(
    folder,
    (await ledgerLines(join(base, 'device.jsonl'))).map(({ key }) => key),
  );

const shared = {
  url: `opc.tcp://127.0.0.1:${port}/lab/`,
  namespaces: { r: 'urn:athanor:reactor' },
  certificates,
  timeout: '5s',
  poll: '20ms',
};
const node = (name: string) => `r;s=Reactor.${name}`;
const abort = { call: { object: node('').slice(0, -1), method: node('Abort') } };
/** A reactor that is begun by a variable, and told by others. */
const triggered = (folder: string, more: object = {}) => ({
  ...shared,
  set: [
    { node: node('Setpoint'), value: '{temperature as °C}' },
    { node: node('Seconds'), value: '{seconds}' },
    { node: node('Key'), value: `${folder}:{key}` },
  ],
  start: { write: { node: node('Trigger'), value: true } },
  status: {
    node: node('State'),
    states: { running: ['busy'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] },
    progress: node('Progress'),
  },
  read: { yield: node('Yield'), steps: node('Steps'), unit: node('Unit') },
  values: { yield: 'yield' },
  failure: { code: 'state', classes: { chemistry: ['broken'] } },
  cancel: abort,
  ...more,
});
/** One that is begun by a method, which answers at the end. */
const called = (folder: string, more: object = {}) => ({
  ...shared,
  start: {
    call: {
      object: node('').slice(0, -1),
      method: node('React'),
      arguments: { Temperature: '{temperature as °C}', Seconds: '{seconds}', Key: `${folder}:{key}` },
    },
    limit: '20s',
  },
  values: { yield: 'outputs.Yield' },
  ...more,
});
const adapterOf = (folder: string, settings: object): Adapter => {
  const adapter = createRegistry().create('opcua', settings, { clock: systemClock, folder, log: () => {} });
  open.push(adapter);
  return adapter;
};
const request = (temperature: number, seconds = 0.1): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', seconds: 's' },
  fidelity: 'reactor',
  objectives: ['yield'],
});
const key = 'c/r1/p1/g1/run';
const submit = (adapter: Adapter, given = request(70), name = key) => adapter.submit(name, given, { fence: 1 });
const ran = async (adapter: Adapter, given = request(70), name = key) => {
  const job = await submit(adapter, given, name);
  return { job, ...(await ended(adapter, job)), result: await adapter.result(job) };
};

/** A campaign of one trial at a temperature. */
const oneTrial = (settings: object, temperature: number) => `name: reactor
space:
  parameters: [{name: temperature, type: discrete, values: [${temperature}, ${temperature + 0.0001}], unit: °C}, {name: seconds, type: discrete, values: [0.1, 0.1001], unit: s}]
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: reactor, adapter: opcua, settings: ${JSON.stringify(settings)}, cost: 1}]
budget: {trials: 1}
`;

describe.skipIf(!('bin' in python))('an OPC UA server (asyncua 2.1.0)', () => {
  const trigger = (folder: string) => adapterOf(folder, triggered(folder));
  describeAdapterLaws('opcua, begun by a variable', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open: trigger, request: request(70) },
    another: request(90),
    fails: { open: trigger, request: request(13) },
    refused: { open: trigger, request: { ...request(70), design: { seconds: 1 } } },
  });
  const method = (folder: string) => adapterOf(folder, called(folder));
  describeAdapterLaws('opcua, begun by a method', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open: method, request: request(70) },
    another: request(90),
    fails: { open: method, request: request(900) },
  });

  describe('a run', () => {
    test('gives values of every type and units of measurement', async () => {
      const folder = await newFolder();
      const values = { yield: { path: 'yield', unit: { path: 'unit' }, as: '1' }, steps: 'steps' };
      const adapter = adapterOf(folder, triggered(folder, { values }));
      const { result } = await ran(adapter, {
        ...request(343.15),
        units: { temperature: 'K', seconds: 's' },
        objectives: ['yield', 'steps'],
      });
      expect(result.values.yield).toBeCloseTo(0.7, 6);
      expect(result.values.steps).toBe(2 ** 40);
    });

    test('is cancelled by a method, and told by the variable', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, triggered(folder));
      const job = await submit(adapter, request(70, 60));
      expect((await adapter.status(job)).state).toBe('running');
      await adapter.cancel!(job, { fence: 1 });
      expect((await ended(adapter, job)).state).toBe('cancelled');
    });

    test('is not taken for ended by the end of the one before', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, triggered(folder));
      for (const i of [1, 2, 3]) {
        const { result } = await ran(adapter, request(40 + i, 0.2), `${key}${i}`);
        expect(result.values.yield).toBe(40 + i);
      }
      expect(await starts(folder)).toHaveLength(3);
    });

    test.each([
      [20, 'yield: yield: NaN is no finite number'],
      [21, 'yield: yield: "hot" stands there; a number is wanted'],
      [22, 'yield: yield: nothing stands there'],
      [23, 'yield: yield: a list stands there'],
      [25, `yield: yield: "<html>${'x'.repeat(25)} … (100006 characters in all)" stands there`],
      [26, 'yield: yield: Infinity is no finite number'],
      [28, 'yield: yield: true stands there'],
    ])('with a value that is none (%d) is refused with words, and kept', async (temperature, words) => {
      const folder = await newFolder();
      const { result } = await ran(adapterOf(folder, triggered(folder)), request(temperature));
      expect(Number.isFinite(result.values.yield)).toBe(false);
      expect(result.details!.refused).toEqual([expect.stringContaining(words)]);
      if (temperature === 22) expect(result.details!.statusCodes).toEqual(['r;s=Reactor.Yield: BadSensorFailure']);
      expect(Object.keys(result.artefacts!)).toEqual(['reply.json']);
    });

    test('with a number beyond what is measured keeps it for who judges it', async () => {
      const folder = await newFolder();
      const [trial] = await trialsOf(folder, oneTrial(triggered(folder), 24));
      expect(trial!.observation).toMatchObject({ outcome: 'quarantined', details: { answered: { yield: 1e300 } } });
      expect(trial!.observation!.cause!.message).toContain('yield = 1e+300; a number of at most 1e+100');
    });

    test('in another unit than the one wanted is refused with words', async () => {
      const folder = await newFolder();
      const values = { yield: { path: 'yield', unit: { path: 'unit' }, as: '°C' } };
      const { result } = await ran(adapterOf(folder, triggered(folder, { values })));
      expect(result.values.yield).toBe(Number.NaN);
      expect(result.details!.refused).toEqual(["yield: '%' cannot be told in '°C'"]);
      const read = { yield: node('Yield'), unit: node('Steps') };
      const other = await ran(adapterOf(folder, triggered(folder, { values, read })), request(70), `${key}2`);
      expect(other.result.details!.refused).toEqual(['yield: unit: 1099511627776 stands there; a unit is wanted']);
    });

    test('with a long list is read whole, up to the limit of an answer', async () => {
      const folder = await newFolder();
      const values = { yield: 'yield[-1]' };
      expect((await ran(adapterOf(folder, triggered(folder, { values })), request(27))).result.values).toEqual({
        yield: 2,
      });
      const { result } = await ran(
        adapterOf(folder, triggered(folder, { values, replyLimit: 100_000 })),
        request(27),
        `${key}2`,
      );
      expect(result.values).toEqual({ yield: Number.NaN });
      expect(result.details!.refused).toEqual([expect.stringMatching(/more than 100000 bytes/)]);
    });

    test('whose set point the server acknowledges and does not take is refused, before it begins', async () => {
      const folder = await newFolder();
      const { state, message } = await ran(adapterOf(folder, triggered(folder)), request(400));
      expect([state, message]).toEqual(['failed', 'r;s=Reactor.Setpoint says 300 after 400 was written']);
      expect(await starts(folder)).toEqual([]);
    });

    test.each([
      ['a value of another type', { set: [{ node: node('Setpoint'), value: 'hot' }] }, 'a number (Float) is wanted'],
      [
        'a number beyond the type',
        { set: [{ node: node('Rate'), value: 70_000 }] },
        'a whole number from 0 to 65535 (UInt16)',
      ],
    ])('with %s is refused before it is written', async (_, more, words) => {
      const folder = await newFolder();
      const { state, message } = await ran(adapterOf(folder, triggered(folder, more)));
      expect(state).toBe('failed');
      expect(message).toContain(words);
    });

    test.each([
      ['a missing argument', { Temperature: 70 }, "'Seconds' is missing"],
      ['a wrong type', { Temperature: 'hot', Seconds: 1, Key: 'k' }, 'a number (Double) is wanted'],
      [
        'an unknown argument',
        { Temperature: 7, Seconds: 1, Key: 'k', Rate: 1 },
        "there is no 'Rate'; there are Temperature, Seconds, Key",
      ],
    ])('of a method with %s is refused before it is called, which the server would not do', async (_, given, words) => {
      const folder = await newFolder();
      const { start: begin } = called(folder);
      const settings = called(folder, { start: { ...begin, call: { ...begin.call, arguments: given } } });
      const { state, message } = await ran(adapterOf(folder, settings));
      expect(state).toBe('failed');
      expect(message).toContain(words);
    });

    test('of a method gives its outputs, also NaN', async () => {
      const folder = await newFolder();
      const values = { yield: 'outputs.Yield', steps: 'outputs.Steps' };
      const adapter = adapterOf(folder, called(folder, { values }));
      expect((await ran(adapter, { ...request(70), objectives: ['yield', 'steps'] })).result.values).toEqual({
        yield: 70,
        steps: 3,
      });
      const { result } = await ran(adapter, request(20), `${key}2`);
      expect(result.details!.refused).toEqual([expect.stringContaining('"NaN" stands there')]);
    });

    test('of a method that ends with BadUnexpectedError is unknown: it may have run', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, called(folder));
      await expect(submit(adapter, request(14))).rejects.toThrow('BadUnexpectedError');
      const job = await adapter.submit(key, request(14), { fence: 2 });
      expect((await adapter.status(job)).state).toBe('unknown');
      expect(await starts(folder)).toEqual([key]);
    });

    test('that the server is not ready for began nothing', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, called(folder));
      await expect(submit(adapter, request(13))).rejects.toThrow('BadInvalidState');
      expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    });

    test('in a state that the settings do not know is unknown, with the word', async () => {
      const folder = await newFolder();
      const { state, message } = await ran(adapterOf(folder, triggered(folder)), request(14));
      expect(state).toBe('unknown');
      expect(message).toContain('"calibrating"');
    });

    test('that the device does not show is unknown, or looked for by its key', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, triggered(folder, { timeout: '500ms' }));
      await expect(submit(adapter, request(15))).rejects.toThrow('does not show within 500ms that it took the start');
      const job = await adapter.submit(key, request(15), { fence: 2 });
      expect((await adapter.status(job)).state).toBe('unknown');
      const other = await newFolder();
      const asked = adapterOf(other, triggered(other, { timeout: '500ms', key: node('CurrentKey'), set: byKey }));
      await expect(submit(asked, request(15))).rejects.toMatchObject({ code: 'ADAPTER' });
      await expect.poll(() => asked.find!(key, { fence: 2 }).catch(() => 'not yet')).toBeNull();
    });
  });

  const byKey = [
    { node: node('Setpoint'), value: '{temperature as °C}' },
    { node: node('Seconds'), value: '{seconds}' },
    { node: node('Key'), value: '{key}' },
  ];

  test('a start whose answer was lost is found by the key that the device shows', async () => {
    const folder = await newFolder();
    const line = await cutLine(port);
    const settings = triggered(folder, {
      key: node('CurrentKey'),
      set: byKey,
      timeout: '3s',
      url: `opc.tcp://127.0.0.1:${line.port}/lab/`,
    });
    const adapter = adapterOf(folder, settings);
    const unique = `${key}/${folder}`;
    // Of its value, number 13 of the attributes: its type was asked for before.
    line.cutAfter('Reactor.Trigger\r\0\0\0');
    await expect(adapter.submit(unique, request(70, 1), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    const found = async () => adapter.find!(unique, { fence: 2 }).catch(() => null);
    await expect.poll(found).not.toBeNull();
    const job = await found();
    expect((await ended(adapter, job!)).state).toBe('succeeded');
    await line.close();
  });

  test('a method whose answer was lost is unknown', async () => {
    const folder = await newFolder();
    const own = await freePort();
    const server = await start(own);
    const adapter = adapterOf(folder, called(folder, { url: `opc.tcp://127.0.0.1:${own}/lab/` }));
    const calling = submit(adapter, request(70, 30));
    const failing = expect(calling).rejects.toMatchObject({ code: 'ADAPTER' });
    await expect.poll(() => starts(folder)).toEqual([key]);
    await server.kill();
    await failing;
    const job = await adapter.submit(key, request(70, 30), { fence: 2 });
    expect((await adapter.status(job)).state).toBe('unknown');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a run of a server that was killed and is back is unknown, not failed', async () => {
    const folder = await newFolder();
    const own = await freePort();
    const server = await start(own);
    const adapter = adapterOf(folder, triggered(folder, { url: `opc.tcp://127.0.0.1:${own}/lab/`, timeout: '3s' }));
    const job = await submit(adapter, request(70, 60));
    expect((await adapter.status(job)).state).toBe('running');
    await server.kill();
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    await start(own);
    const { state, message } = await ended(adapter, job);
    expect(state).toBe('unknown');
    expect(message).toContain('the server was started again');
  });

  test.each([
    [{ url: 'opc.tcp://127.0.0.1:1/', timeout: '1s' }, 'opc.tcp://127.0.0.1:1/'],
    [{ namespaces: { r: 'urn:other' } }, "the server has no namespace 'urn:other'"],
    [{ start: { write: { node: 'r;s=Reactor.Nothing', value: true } } }, 'r;s=Reactor.Nothing'],
    [{ start: { write: { node: 'r;s=Reactor.CurrentKey', value: 'k' } } }, 'BadUserAccessDenied'],
  ])('nothing begins where the server is not the one meant: %j', async (more, words) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, triggered(folder, more));
    await expect(submit(adapter)).rejects.toThrow(words);
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect(await starts(folder)).toEqual([]);
  });

  test('a campaign in K on a reactor in °C', async () => {
    const folder = await newFolder();
    const settings = triggered(folder, {
      set: [
        ...triggered(folder).set.slice(0, 1),
        { node: node('Seconds'), value: 0.05 },
        { node: node('Key'), value: `${folder}:{key}` },
      ],
    });
    const trials = await trialsOf(
      folder,
      `name: opcua
seed: 4
space: {parameters: [{name: temperature, type: continuous, bounds: [300, 380], unit: K}]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: reactor, adapter: opcua, settings: ${JSON.stringify(settings)}, cost: 1}]
budget: {trials: 5}
`,
    );
    expect(trials).toHaveLength(5);
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo((proposal.design.temperature as number) - 273.15, 2);
    expect((await starts(folder)).sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
  });
});

describe('values', () => {
  test('are sent in their own type, never turned into another', () => {
    expect(sentAs('Int64', -2)).toEqual({ value: [4294967295, 4294967294] });
    expect(sentAs('UInt64', 2 ** 40)).toEqual({ value: [256, 0] });
    for (const [type, value] of [
      ['Double', '1'],
      ['Double', Number.NaN],
      ['Int32', 1.5],
      ['Boolean', 1],
      ['String', 1],
      ['Byte', -1],
      ['Guid', 'x'],
    ] as const)
      expect(sentAs(type, value)).toHaveProperty('refusal');
  });

  test('are read as plain JSON', () => {
    expect(plainValue('Int64', [4294967295, 4294967294])).toBe(-2);
    expect(plainValue('UInt64', [4294967295, 4294967295])).toBe('18446744073709551615');
    expect(plainValue('Double', new Float64Array([1, 2]))).toEqual([1, 2]);
    expect(plainValue('ExtensionObject', { displayName: { text: '°C' } })).toBe('°C');
    expect(plainValue('ExtensionObject', {})).toBeNull();
    expect(plainValue('Double', null)).toBeNull();
  });
});

describe('settings', () => {
  test('are checked as a whole, with paths', async () => {
    const parameters = [{ name: 'temperature', type: 'continuous', bounds: [0, 1], unit: 's' }] as Parameter[];
    const parsed = opcua.settings.parse(
      triggered('f', {
        status: undefined,
        key: 'q;s=Key',
        read: { yield: 'z;s=Y' },
        security: { mode: 'Sign', policy: 'Basic256Sha256' },
        password: { from: 'NAME' },
        values: { other: 'x' },
        cancel: { write: [{ node: 'ns=2;i=5', value: '{temperature}' }] },
      }),
    );
    const found = await opcua.check!(parsed, { parameters, objectives: ['yield'] });
    expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'values: none of yield is taken from the answer',
      "set[0].value: {temperature as °C}: 's' cannot be told in '°C'",
      'set[1].value: {seconds}: nothing of that name has a value',
      'cancel.write[0].value: {temperature}: nothing of that name has a value',
      "key: 'q' is none of 'namespaces'",
      "read.yield: 'z' is none of 'namespaces'",
      'status: a variable that is written tells no end',
      'key: a method that answers at its end is not looked for',
      "password: a password without 'user'",
      'trust: a secured connection to whomever answers',
    ]);
  });

  test('are strict', () => {
    const wrong = triggered('f', { url: 'http://x', security: { mode: 'Sign', policy: 'None' }, retry: 3 });
    expect(opcua.settings.safeParse(wrong).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'url',
      'security',
      '',
    ]);
  });
});

test('where it cannot be had it is said why', ({ skip }) => {
  if ('lacking' in python) skip(python.lacking);
});
