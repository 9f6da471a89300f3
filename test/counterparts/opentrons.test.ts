import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { ended, foldersIn, keyedBy, keysOf, lookedUp, trialsOf } from '../support/devices.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-opentrons-'));
// The last that runs on Python 3.11.
const package_ = await pythonCounterpart('opentrons==9.1.2');
const lacking = 'lacking' in package_ ? package_.lacking : null;
const python = 'bin' in package_ ? join(package_.bin, 'python') : 'python3';
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
let robot: Counterpart | undefined;
const startRobot = async () => {
  robot = await startCounterpart(process.execPath, [
    fileURLToPath(new URL('./opentrons-robot.mjs', import.meta.url)),
    base,
    String(port),
    python,
  ]);
};
if (lacking === null) await startRobot();
afterAll(async () => {
  await robot?.kill();
  await rm(base, { recursive: true, force: true });
});

const protocol = join(base, 'protocol.py');
await writeFile(
  protocol,
  `from opentrons import protocol_api
requirements = {"robotType": "Flex", "apiLevel": "2.18"}
metadata = {"protocolName": "mix"}

def add_parameters(parameters):
    parameters.add_float("Volume", "vol", default=20, minimum=20, maximum=100)

def run(context):
    tips = context.load_labware("opentrons_flex_96_tiprack_200ul", "D1")
    plate = context.load_labware("corning_96_wellplate_360ul_flat", "D2")
    context.load_trash_bin("A3")
    pipette = context.load_instrument("flex_1channel_1000", "left", tip_racks=[tips])
    assert ATHANOR["sly"] == "it's \\\\ \\"\\u00e9\\u4e2d", ATHANOR
    pipette.pick_up_tip()
    pipette.aspirate(context.params.vol, plate["A1"])
    pipette.dispense(context.params.vol, plate["B1"])
    pipette.drop_tip()
`,
);
const newFolder = foldersIn(base);
const settings = (folder: string) => ({
  url,
  timeout: '5s',
  poll: '50ms',
  analysis: '5min',
  protocol,
  given: { seconds: '{seconds}', sly: 'it\'s \\ "é中', od: '{volume as µL}', fails: false, of: folder },
  parameters: { vol: '{volume as µL}' },
  values: { od: 'commands[-1].result.data' },
});
const adapterOf = (folder: string, more: object = {}): Adapter => {
  const adapter = createRegistry().create(
    'opentrons',
    { ...settings(folder), ...more },
    { clock: systemClock, folder, log: () => {} },
  );
  return keyedBy(folder, adapter);
};
const open = (folder: string) => adapterOf(folder);
const request = (volume: number, seconds = 0.1): JobRequest => ({
  design: { volume, seconds },
  rowId: null,
  substances: {},
  units: { volume: 'mL', seconds: 's' },
  fidelity: 'robot',
  objectives: ['od'],
});
const starts = async (folder: string) =>
  keysOf(folder, (await readFile(join(base, 'ledger'), 'utf8').catch(() => '')).split('\n'));
const order = (on: string, fault: string) =>
  fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ on, fault }) });
const told = async (path: string) => {
  const reply = await fetch(`${url}${path}`, { headers: { 'opentrons-version': '*' } });
  return ((await reply.json()) as { data: { id: string; status: string }[] }).data;
};
const key = 'c/r1/p1/g1/run';
describe.skipIf(lacking !== null)("a double of Opentrons' robot, with protocols analysed by opentrons 9.1.2", () => {
  describeAdapterLaws('opentrons', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open, request: request(0.03) },
    another: request(0.04),
    fails: {
      open: (folder) => adapterOf(folder, { given: { ...settings(folder).given, fails: true } }),
      request: request(0.03),
    },
    refused: { open, request: { ...request(0.03), design: { seconds: 1 } } },
    runsLong: { open, request: request(0.03, 600) },
  });

  test('the protocol is analysed before it is sent: what the package says against it is a fault of the request', async () => {
    const adapter = adapterOf(await newFolder(), { python });
    expect(await adapter.validate(request(0.03))).toEqual([]);
    expect(await adapter.validate(request(0.5))).toEqual([
      expect.objectContaining({ path: 'protocol', message: expect.stringContaining('between 20.0 and 100.0') }),
    ]);
    const broken = join(base, 'broken.py');
    await writeFile(broken, 'print("hello")\ndef run(:\n');
    const other = adapterOf(await newFolder(), { python, protocol: broken });
    expect(await other.validate(request(0.03))).toEqual([
      expect.objectContaining({ message: expect.stringContaining('invalid syntax') }),
    ]);
    await expect(adapterOf(await newFolder(), { python: '/nonesuch' }).validate(request(0.03))).rejects.toMatchObject({
      code: 'ADAPTER',
    });
  });

  test("what the robot's own analysis says against it is a trial that failed, and nothing moved", async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(0.5), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('between 20.0 and 100.0'),
    });
    expect(await starts(folder)).toEqual([]);
  });

  test.each([
    ['POST /protocols', 'loseReply'],
    ['POST /protocols', 'html'],
    ['POST /runs$', 'loseReply'],
    ['POST /runs$', 'loseCall'],
    ['POST /runs/.*/actions', 'loseReply'],
    ['POST /runs/.*/actions', 'loseCall'],
    ['POST /runs/.*/actions', 'truncate'],
  ])('%s answered with %s: the run is played once', async (on, fault) => {
    const folder = await newFolder();
    // A call that was lost is believed to be so when the longest that it could take is over.
    const adapter = adapterOf(folder, { timeout: '1s', analysis: '15s' });
    await order(on, fault);
    const sent = adapter.submit(key, request(0.03), { fence: 1 });
    let job: string | null = await sent.catch((error: { code: string }) => {
      expect(error.code).toBe('ADAPTER');
      return null;
    });
    job ??= await lookedUp(adapter, key);
    job ??= await adapter.submit(key, request(0.03), { fence: 2 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a robot that is killed in mid-run says stopped, and means that it has lost it: unknown', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(0.03, 60), { fence: 1 });
    await robot!.kill();
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    await startRobot();
    expect(await ended(adapter, job)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('no engine state data'),
    });
    await rm(folder, { recursive: true });
    await mkdir(folder);
    expect(await open(folder).find!(key, { fence: 1 })).toBe(job);
    expect(await starts(folder)).toEqual([key]);
  });

  test('a run that a person has made on the robot is left as it is, and the trial waits', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const first = open(one);
    const job = await first.submit(key, request(0.03, 60), { fence: 1 });
    await expect(open(other).submit(key, request(0.04), { fence: 1 })).rejects.toThrow(
      /the robot has another run, .* \(running\)/,
    );
    await first.cancel!(job, { fence: 9 });
    expect((await ended(first, job)).state).toBe('cancelled');
  });

  test('a run that failed says why', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { given: { ...settings(folder).given, fails: true } });
    const job = await adapter.submit(key, request(0.03), { fence: 1 });
    await ended(adapter, job);
    expect((await adapter.result(job)).cause).toEqual({ class: 'device', code: 'error3010', message: 'no pipette' });
  });

  test.each([
    ['a text', 'abc', /"abc" stands there/],
    ['null', null, /a number is wanted/],
    ['true', true, /true stands there/],
  ])('%s in the place of a value is refused with words, and kept', async (_, od, words) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { given: { ...settings(folder).given, od } });
    const job = await adapter.submit(key, request(0.03), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts } = await adapter.result(job);
    expect(Number.isFinite(values.od)).toBe(false);
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
    expect(Object.keys(artefacts!)).toEqual(['run.json']);
  });

  test.each([
    ['nan', {}, /NaN and Infinity are not JSON/],
    ['huge', {}, /has more than 4194304 bytes/],
    [
      'nothing',
      { values: { od: { path: 'commands[-1].result.data', unit: { path: 'commands[-1].result.unit' }, as: 'K' } } },
      /'µL' cannot be told in 'K'/,
    ],
  ])('commands with %s %j are refused with words', async (fault, more, words) => {
    const adapter = adapterOf(await newFolder(), more);
    const job = await adapter.submit(key, request(0.03), { fence: 1 });
    if (fault !== 'nothing') await order('GET /runs/.*/commands', fault);
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details } = await adapter.result(job);
    expect(values).toEqual({ od: Number.NaN });
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
  });

  test.each(['html', 'truncate', 'loseReply', 'huge'])('looks answered with %s are asked for again', async (fault) => {
    const adapter = open(await newFolder());
    const job = await adapter.submit(key, request(0.03), { fence: 1 });
    await order('GET /runs/', fault);
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    if (fault !== 'huge') {
      await expect.poll(async () => (await told('/runs')).at(-1)!.status).toBe('succeeded');
      await order('GET /runs/.*/commands', fault);
      await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    }
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect((await adapter.result(job)).values.od).toBeCloseTo(30, 9);
  });

  const call = async (path: string, data: object) => {
    const headers = { 'opentrons-version': '*', 'content-type': 'application/json' };
    const reply = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify({ data }) });
    return ((await reply.json()) as { data: { id: string } }).data;
  };
  test('an idle run of a person, also of the very protocol, is not displaced, nor played with its own parameters', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { timeout: '1s', analysis: '15s' });
    // Our protocol is there, and no run of it.
    await order('POST /runs$', 'loseCall');
    await expect(adapter.submit(key, request(0.03), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    const theirs = await call('/runs', {
      protocolId: (await told('/protocols')).at(-1)!.id,
      runTimeParameterValues: { vol: 99 },
    });
    await expect(adapter.submit(key, request(0.03), { fence: 2 })).rejects.toThrow(
      `the robot has another run, ${theirs.id} (idle)`,
    );
    await expect(open(await newFolder()).submit(key, request(0.04), { fence: 1 })).rejects.toThrow(theirs.id);
    expect(await starts(folder)).toEqual([]);
    await call(`/runs/${theirs.id}/actions`, { actionType: 'stop' });
    const job = await adapter.submit(key, request(0.03), { fence: 3 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect((await adapter.result(job)).values.od).toBeCloseTo(30, 9);
    expect(await starts(folder)).toEqual([key]);
  });

  test('an upload that is refused while the last analysis is pending (503) is repeated', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    await order('POST /protocols$', 'pending');
    const job = await adapter.submit(key, request(0.03), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a protocol that prints is analysed as any other', async () => {
    const chatty = join(base, 'chatty.py');
    const text = await readFile(protocol, 'utf8');
    await writeFile(
      chatty,
      `${text.replace('def run(context):', 'def run(context):\n    print("{}")')}\nprint("hello")\n`,
    );
    const folder = await newFolder();
    const adapter = adapterOf(folder, { protocol: chatty, python });
    expect(await adapter.validate(request(0.03))).toEqual([]);
    expect((await ended(adapter, await adapter.submit(key, request(0.03), { fence: 1 }))).state).toBe('succeeded');
  });

  test('a campaign in mL on a robot in µL', async () => {
    const folder = await newFolder();
    const own = settings(folder);
    const trials = await trialsOf(
      folder,
      `name: mix
seed: 3
space: {parameters: [{name: volume, type: continuous, bounds: [0.025, 0.095], unit: mL}]}
objectives: [{name: od, direction: maximise}]
fidelities: [{name: robot, adapter: opentrons, cost: 1, settings: ${JSON.stringify({ ...own, given: { ...own.given, seconds: 0 } })}}]
budget: {trials: 3}
`,
    );
    expect(trials).toHaveLength(3);
    for (const { proposal, observation } of trials)
      expect(observation?.values.od).toBeCloseTo((proposal.design.volume as number) * 1_000, 9);
  });
});

test('where the package cannot be had it is said why', ({ skip }) => {
  if (lacking !== null) skip(lacking);
});
