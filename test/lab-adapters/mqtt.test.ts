import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqttClient from 'mqtt';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { filledTopic } from '../../lab-adapters/mqtt/filled.js';
import { mqtt } from '../../lab-adapters/mqtt/index.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, startCounterpart } from '../support/counterparts.js';
import { foldersIn, ledgerLines, lookedUp, trialsOf } from '../support/devices.js';
import { mosquitto, startBroker } from '../support/mosquitto.js';
import { withoutAcknowledgement } from '../support/mqtt-line.js';
import { bytesOf } from '../support/raw-output.js';
import { hasOpenssl, makeCertificates } from '../support/tls-front.js';

const isThere = 'root' in mosquitto;
const program = fileURLToPath(new URL('../counterparts/mqtt-device.mjs', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-mqtt-'));
const port = await freePort();
const url = `mqtt://127.0.0.1:${port}`;
const word = 'password-of-lab';
process.env.ATHANOR_TEST_MQTT = word;
let broker: Counterpart | null = isThere ? await startBroker(base, port) : null;
const startDevice = () => startCounterpart(process.execPath, [program, base, url, 'lab', word], { ready: /ready/ });
let device = isThere ? await startDevice() : null;
const person = isThere
  ? await mqttClient.connectAsync(url, { protocolVersion: 5, username: 'lab', password: word })
  : null;
person?.on('error', () => {});
afterAll(async () => {
  delete process.env.ATHANOR_TEST_MQTT;
  await person?.endAsync(true);
  await device?.kill();
  await broker?.kill();
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
const order = (folder: string, on: string, fault: string, more = {}) =>
  person!.publishAsync(`lab/${basename(folder)}/orders`, JSON.stringify({ on, fault, times: 1, ...more }), { qos: 1 });
const starts = async (folder: string) =>
  (await ledgerLines(join(base, 'device.jsonl'))).flatMap(({ word, lab, key }) =>
    word === 'start' && lab === basename(folder) ? [key] : [],
  );

const states = { running: ['busy'], paused: ['held'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] };
type Style = 'asked' | 'retained' | 'replies';
/** Settings of one way to follow a job; keys of all folders are one device's, so each has topics of its own. */
const settingsOf = (folder: string, style: Style, more: object = {}) => {
  const lab = basename(folder);
  const asking = (op: string) => ({ topic: `${lab}/cmd`, payload: { op, id: '{job}' } });
  return {
    url,
    device: 'lab',
    user: 'lab',
    password: { from: 'ATHANOR_TEST_MQTT' },
    timeout: '2s',
    settle: '200ms',
    poll: '20ms',
    presence: { topic: 'presence', online: ['online'] },
    submit: {
      topic: `${lab}/cmd`,
      payload: { op: 'run', name: '{name}', x: '{x}', ms: '{ms}', follow: style === 'replies' },
      expiry: '1s',
      where: { accepted: [true] },
      refused: { accepted: [false] },
      busy: { busy: [true] },
      job: 'id',
    },
    find:
      style === 'retained'
        ? { retained: `${lab}/jobs/{name}`, match: 'key', job: 'id' }
        : { ask: { topic: `${lab}/cmd`, payload: { op: 'find', key: '{key}' } }, none: { none: [true] }, job: 'id' },
    status: {
      ...(style === 'asked' && { ask: asking('status'), lost: { gone: [true] } }),
      ...(style === 'retained' && { retained: `${lab}/jobs/{name}`, match: 'key' }),
      ...(style === 'replies' && { replies: true, match: 'key' }),
      state: 'status',
      states,
      progress: 'progress',
    },
    values: { y: { path: 'out.y', sd: 'out.sd' } },
    failure: { message: 'error.text', code: 'error.kind', classes: { chemistry: ['precipitated'] } },
    cancel: asking('cancel'),
    pause: asking('pause'),
    resume: asking('resume'),
    ...more,
  };
};
const adapterOf = (folder: string, style: Style = 'asked', more: object = {}): Adapter =>
  createRegistry().create('mqtt', settingsOf(folder, style, more), { clock: systemClock, folder, log: () => {} });
const request = (x: number, ms = 40): JobRequest => ({
  design: { x, ms },
  rowId: null,
  substances: {},
  fidelity: 'robot',
  objectives: ['y'],
});
const key = 'c/r1/p1/g1/run';
const ended = async (adapter: Adapter, job: string) => {
  for (;;) {
    const status = await adapter.status(job).catch((error: Error) => ({ state: error.message }));
    if (['succeeded', 'failed', 'cancelled', 'unknown'].includes(status.state)) return status;
    await systemClock.sleep(20);
  }
};
describe.skipIf(!isThere)('a device on mosquitto', () => {
  for (const style of ['asked', 'retained', 'replies'] as const) {
    const open = (folder: string) => adapterOf(folder, style);
    describeAdapterLaws(`mqtt, ${style}`, {
      newFolder,
      clock: systemClock,
      starts,
      limitMs: 300_000,
      succeeds: { open, request: request(2) },
      another: request(3),
      fails: { open, request: request(13) },
      refused: { open, request: { ...request(2), design: { ms: 1 } } },
      runsLong: { open, request: request(2, 60_000) },
      losesReply: {
        open: async (folder) => {
          if ((await starts(folder)).length === 0) await order(folder, 'run', 'silent');
          return open(folder);
        },
        request: request(2, 2_500),
      },
    });
  }

  describe('a command', () => {
    test.each([
      ['silent', {}],
      ['html', {}],
      ['truncate', {}],
      ['huge', {}],
      ['late', { ms: 600 }],
      ['deaf', {}],
      ['begins late', { ms: 700 }],
    ])('answered with %s is looked up and begun once', async (fault, more) => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'asked', { timeout: '400ms', replyLimit: 100_000 });
      await order(folder, 'run', fault, more);
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
      const job = (await lookedUp(adapter, key)) ?? (await adapter.submit(key, request(2), { fence: 2 }));
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect(await starts(folder)).toEqual([key]);
    });

    test('whose reply was lost by a device that cannot be asked is unknown', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'asked', { find: undefined, timeout: '300ms' });
      await order(folder, 'run', 'silent');
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
      const job = await adapter.submit(key, request(2), { fence: 2 });
      expect((await adapter.status(job)).state).toBe('unknown');
      expect(await starts(folder)).toEqual([key]);
    });

    test('to a busy device began nothing; what it answered is not taken for the answer to the next', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'replies', { find: undefined });
      await order(folder, 'run', 'busy');
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('the device is busy');
      expect(await adapter.find!(key, { fence: 1 })).toBeNull();
      const job = await adapter.submit(key, request(2), { fence: 2 });
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect(await starts(folder)).toEqual([key]);
    });

    test('that the device refuses is a trial that failed, in its words', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder);
      const job = await adapter.submit(key, request(2_000), { fence: 1 });
      expect(await adapter.status(job)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('x = 2000 is too hot'),
      });
      expect(await starts(folder)).toEqual([]);
    });

    test('that is not answered is taken as begun when the device shows the job', async () => {
      const folder = await newFolder();
      const { submit } = settingsOf(folder, 'retained');
      const adapter = adapterOf(folder, 'retained', { submit: { ...submit, confirm: 'find' } });
      await order(folder, 'run', 'silent');
      const job = await adapter.submit(key, request(2), { fence: 1 });
      expect((await ended(adapter, job)).state).toBe('succeeded');
    });

    test.each([
      [{ url: 'mqtt://127.0.0.1:1' }, 'ECONNREFUSED'],
      [{ user: 'stranger' }, 'Not authorized'],
      [{ device: 'nowhere', presence: undefined }, 'nobody has subscribed to nowhere/'],
      [{ presence: { topic: 'nobody', online: ['online'] } }, 'nothing is retained on lab/nobody'],
    ])('that cannot reach the device (%j) began nothing', async (more, words) => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'asked', { ...more, find: undefined });
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow(words);
      expect(await adapter.find!(key, { fence: 1 })).toBeNull();
      expect(await adapter.health!()).toMatchObject({ ok: (more as { device?: string }).device !== undefined });
    });
  });

  describe('a job', () => {
    test.each(['asked', 'retained', 'replies'] as const)(
      'of a device that is killed goes on when it is back (%s)',
      async (style) => {
        const folder = await newFolder();
        const adapter = adapterOf(folder, style);
        const job = await adapter.submit(key, request(2, 300), { fence: 1 });
        await device!.kill();
        await expect
          .poll(() =>
            adapter.status(job).then(
              () => '',
              (error: Error) => error.message,
            ),
          )
          .toContain('the device is away: "offline"');
        await expect(adapter.submit(`${key}2`, request(2), { fence: 1 })).rejects.toThrow('the device is away');
        device = await startDevice();
        expect((await ended(adapter, job)).state).toBe('succeeded');
        expect(await starts(folder)).toEqual([key]);
      },
    );

    test('of a device that stays away is unknown', async () => {
      const folder = await newFolder();
      const presence = { topic: 'presence', online: ['online'], limit: '300ms' };
      const adapter = adapterOf(folder, 'replies', { presence });
      const job = await adapter.submit(key, request(2, 60_000), { fence: 1 });
      await device!.kill();
      expect(await ended(adapter, job)).toMatchObject({
        state: 'unknown',
        message: expect.stringContaining('for 300ms'),
      });
      device = await startDevice();
    });

    test('of a killed broker goes on, with what was retained and waited', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'replies');
      const job = await adapter.submit(key, request(2, 1500), { fence: 1 });
      await systemClock.sleep(1_200);
      await broker!.kill();
      await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
      broker = await startBroker(base, port);
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect((await adapter.result(job)).values).toEqual({ y: 4 });
    });

    test('told once, while nobody listened, is known: the broker kept the answer', async () => {
      const folder = await newFolder();
      const job = await adapterOf(folder, 'replies').submit(key, request(2, 50), { fence: 1 });
      await expect
        .poll(() => readFile(join(base, 'device.jsonl'), 'utf8'))
        .toContain(`"told","lab":"${basename(folder)}"`);
      const later = adapterOf(folder, 'replies');
      expect((await later.status(job)).state).toBe('succeeded');
      expect((await later.result(job)).values).toEqual({ y: 4 });
    });

    test.each(['twice', 'stale', 'other', 'late'])(
      'whose end is told %s is ended once, by its own answer',
      async (fault) => {
        const folder = await newFolder();
        const adapter = adapterOf(folder, 'replies');
        await order(folder, 'tell', fault, { ms: 300 });
        const job = await adapter.submit(key, request(2, 50), { fence: 1 });
        expect((await ended(adapter, job)).state).toBe('succeeded');
        await systemClock.sleep(100);
        expect((await adapter.result(job)).values).toEqual({ y: 4 });
      },
    );

    test('whose end cannot be read is unknown in the end, with what was said', async () => {
      const folder = await newFolder();
      const { status } = settingsOf(folder, 'replies');
      const adapter = adapterOf(folder, 'replies', { status: { ...status, limit: '600ms' } });
      await order(folder, 'tell', 'html');
      const job = await adapter.submit(key, request(2, 50), { fence: 1 });
      expect((await ended(adapter, job)).state).toBe('unknown');
      const { artefacts, cause } = await adapter.result(job);
      expect(Buffer.from(bytesOf(artefacts!['reply.json'])).toString()).toContain('Login');
      expect(cause!.message).toContain('is HTML or XML, not JSON');
    });

    test.each(['html', 'truncate', 'huge'])('is followed on after an answer of %s', async (fault) => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'asked', { timeout: '500ms', replyLimit: 100_000 });
      const job = await adapter.submit(key, request(2, 0), { fence: 1 });
      await order(folder, 'status', fault);
      await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
      expect((await ended(adapter, job)).state).toBe('succeeded');
    });

    test('in a state that the settings do not know is unknown, with the word', async () => {
      const adapter = adapterOf(await newFolder());
      const job = await adapter.submit(key, request(14, 0), { fence: 1 });
      expect(await ended(adapter, job)).toMatchObject({
        state: 'unknown',
        message: expect.stringContaining('"calibrating"'),
      });
    });

    test('that the device has never heard of is unknown', async () => {
      const folder = await newFolder();
      const { submit } = settingsOf(folder, 'asked');
      const adapter = adapterOf(folder, 'asked', { submit: { ...submit, job: undefined } });
      const job = await adapter.submit(key, request(2), { fence: 1 });
      expect((await adapter.status(job)).state).toBe('unknown');
    });

    test.each([
      [20, 'y: out.y: "NaN" stands there; a number is wanted'],
      [21, 'y: out.y: null stands there'],
      [22, "y: 'furlong' cannot be told in 'g'"],
      [23, 'y: out.y: an object stands there'],
    ])('with a result that is none (%d) is refused with words, and kept', async (x, words) => {
      const values = { y: { path: 'out.y', ...(x === 22 && { unit: { path: 'out.unit' }, as: 'g' }) } };
      const adapter = adapterOf(await newFolder(), 'replies', { values });
      const job = await adapter.submit(key, request(x, 0), { fence: 1 });
      await ended(adapter, job);
      const { values: taken, details, artefacts } = await adapter.result(job);
      expect(Number.isFinite(taken.y)).toBe(false);
      expect(details!.refused).toEqual([expect.stringContaining(words)]);
      expect(Object.keys(artefacts!)).toEqual(['reply.json']);
    });
  });

  describe('a broker', () => {
    const away = { presence: undefined, timeout: '300ms' };

    test('keeps a command for a device that comes back in time: it is begun once', async () => {
      const folder = await newFolder();
      const { submit } = settingsOf(folder, 'asked');
      const adapter = adapterOf(folder, 'asked', {
        ...away,
        submit: { ...submit, expiry: '60s' },
        find: { ...settingsOf(folder, 'asked').find, after: '1ms' },
      });
      await device!.kill();
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('no answer');
      // The device, which takes one command after the other, can only be asked after it took this one.
      await expect(adapter.find!(key, { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
      device = await startDevice();
      const job = await lookedUp(adapter, key);
      expect(job).not.toBeNull();
      expect((await ended(adapter, job!)).state).toBe('succeeded');
      expect(await starts(folder)).toEqual([key]);
    });

    test('drops a command for a device that comes back late: it is sent again', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'asked', away);
      await device!.kill();
      await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('no answer');
      await systemClock.sleep(2_100);
      device = await startDevice();
      expect(await lookedUp(adapter, key)).toBeNull();
      await adapter.submit(key, request(2), { fence: 2 });
      expect(await starts(folder)).toEqual([key]);
    });

    test('sends an answer again whose acknowledgement it never had: it counts once', async () => {
      const folder = await newFolder();
      const line = await withoutAcknowledgement(port);
      try {
        const adapter = adapterOf(folder, 'replies', { url: `mqtt://127.0.0.1:${line.port}` });
        // It is not over when the line is told.
        const job = await adapter.submit(key, request(2, 3_000), { fence: 1 });
        line.drop();
        expect((await ended(adapter, job)).state).toBe('succeeded');
        // The broker marks what it sends a second time.
        expect(line.again()).toBeGreaterThan(0);
        expect((await adapter.result(job)).values).toEqual({ y: 4 });
        expect(await starts(folder)).toEqual([key]);
      } finally {
        await line.close();
      }
    });

    test('gives the session of a job to another client with its name: the job is looked at again after that', async () => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, 'replies');
      const job = await adapter.submit(key, request(2, 1_500), { fence: 1 });
      expect(await adapter.status(job)).toMatchObject({ state: 'running' });
      const options = { username: 'lab', password: word, clientId: `athanor-${job}`, clean: false } as const;
      const other = mqttClient.connect(url, {
        protocolVersion: 5,
        ...options,
        reconnectPeriod: 0,
        properties: { sessionExpiryInterval: 300 },
      });
      const present = await new Promise((resolve) => other.once('connect', (ack) => resolve(ack.sessionPresent)));
      expect(present).toBe(true);
      // Both are thrown out by turns; neither begins anything.
      await adapter.status(job).catch(() => undefined);
      await other.endAsync(true);
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect((await adapter.result(job)).values).toEqual({ y: 4 });
      expect(await starts(folder)).toEqual([key]);
    });

    test('keeps answers for a job until they are written down here, and no session after that', async () => {
      const adapter = adapterOf(await newFolder(), 'replies');
      const job = await adapter.submit(key, request(2, 0), { fence: 1 });
      const resumed = async () => {
        const options = { username: 'lab', password: word, clientId: `athanor-${job}`, clean: false } as const;
        const client = mqttClient.connect(url, { protocolVersion: 5, ...options });
        const present = await new Promise((resolve) => client.once('connect', (ack) => resolve(ack.sessionPresent)));
        await client.endAsync(true);
        return present;
      };
      await ended(adapter, job);
      expect(await resumed()).toBe(false);
    });
  });

  test('secrets are kept nowhere, and told when they lack', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, 'asked', { password: { from: 'ATHANOR_NO_MQTT' }, find: undefined });
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('ATHANOR_NO_MQTT');
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
  });

  test('a campaign on it, with answers lost on the way, measures each trial once', async () => {
    const folder = await newFolder();
    await order(folder, 'run', 'silent', { times: 2 });
    await order(folder, 'tell', 'twice', { times: 5 });
    const trials = await trialsOf(
      folder,
      `name: mqtt
seed: 5
parallel: 2
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities:
  - name: robot
    adapter: mqtt
    settings: ${JSON.stringify({ ...settingsOf(folder, 'replies'), submit: { ...settingsOf(folder, 'replies').submit, payload: { op: 'run', name: '{name}', x: '{x}', ms: 20, follow: true } } })}
    cost: 1
budget: {trials: 8}
`,
    );
    expect(trials).toHaveLength(8);
    for (const { proposal, observation } of trials)
      expect(observation?.values.y).toBe(2 * (proposal.design.x as number));
    expect((await starts(folder)).sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
  });
});

test('where the broker cannot be had it is said why', ({ skip }) => {
  if ('lacking' in mosquitto) skip(mosquitto.lacking);
});

describe('settings', () => {
  const faultsOf = async (more: object) => {
    const parsed = mqtt.settings.parse({ ...settingsOf('lab0', 'retained'), ...more });
    const parameters = [{ name: 'x', type: 'continuous', bounds: [0, 1], unit: 's' }] as Parameter[];
    return (await mqtt.check!(parsed, { parameters, objectives: ['y'] })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  };

  test('are checked as a whole, with paths', async () => {
    expect(
      await faultsOf({
        submit: { topic: 'a/{z}', payload: { x: '{x as K}' }, confirm: 'find' },
        find: { retained: 'job' },
        status: { retained: 'job', state: 's', states: { running: ['a'], failed: ['a'] } },
        resume: undefined,
        ca: '/none.pem',
        cert: '/none.pem',
      }),
    ).toEqual([
      "status.states: no word means 'succeeded'",
      'status.states: "a" means two states',
      'submit.topic: {z}: nothing of that name has a value',
      "submit.payload.x: {x as K}: 's' cannot be told in 'K'",
      'resume: pause and resume come together',
      'find: what is retained may be of another job',
      'status: what is retained may be of another job',
      'certKey: a certificate and its key come together',
      'ca: /none.pem holds nothing in PEM form that can be read',
      'ca: certificates, but an address without TLS',
      'cert: /none.pem holds nothing in PEM form that can be read',
      'cert: certificates, but an address without TLS',
    ]);
  });

  test('are strict', () => {
    const faults = (more: object) =>
      mqtt.settings
        .safeParse({ ...settingsOf('lab0', 'asked'), ...more })
        .error?.issues.map(({ path }) => path.join('.'));
    expect(faults({ url: 'http://x', device: 'a/#', retain: true })).toEqual(['url', 'device', '']);
    expect(faults({ url: 'mqtt://me:secret@x' })).toEqual(['url']);
    expect(faults({ status: { replies: true, retained: 'x', state: 's', states: {} } })).toEqual(['status']);
  });

  test('with a template that names values with signs of topics', async () => {
    const parsed = mqtt.settings.parse(settingsOf('lab0', 'asked'));
    const about = { key: 'c/+/#', name: 'n', request: null };
    expect(await filledTopic(parsed, 'x/{key}/y', about)).toBe('lab/x/c%2F%2B%2F%23/y');
  });
});

test.skipIf(!isThere || !(await hasOpenssl()))('a broker with TLS is trusted by its certificate alone', async () => {
  const folder = await newFolder();
  await makeCertificates(folder);
  const [safe, file] = [await freePort(), (name: string) => join(folder, name)];
  const tls = await startBroker(folder, await freePort(), [
    `listener ${safe} 127.0.0.1`,
    `certfile ${file('server.pem')}`,
    `keyfile ${file('server.key')}`,
  ]);
  try {
    const health = async (more: object) =>
      adapterOf(folder, 'asked', { url: `mqtts://localhost:${safe}`, presence: undefined, ...more }).health!();
    expect(await health({ ca: file('ca.pem') })).toMatchObject({ ok: true });
    expect(await health({ ca: file('stranger.pem') })).toMatchObject({ ok: false });
    expect(await health({})).toMatchObject({ ok: false });
  } finally {
    await tls.kill();
  }
});
