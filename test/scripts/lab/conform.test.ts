import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Conformance } from '../../../lab-adapters/conformance.js';
import { callCli } from '../../support/cli.js';
import { type Counterpart, startCounterpart } from '../../support/counterparts.js';

const program = fileURLToPath(new URL('../../counterparts/http-device.mjs', import.meta.url));
let folder: string;
let device: Counterpart;

/** A lab of one HTTP device, which is found by key unless something else is wanted. */
async function lab(name: string, more: object = {}) {
  const settings = {
    url: `http://127.0.0.1:${device.line}/${name}`,
    timeout: '2s',
    poll: '20ms',
    headers: { 'X-Key': { from: 'REACTOR_KEY' } },
    submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: '{ms}' }, job: 'id' },
    find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
    status: {
      path: '/jobs/{job}',
      state: 'status',
      states: { running: ['busy'], paused: ['held'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] },
    },
    result: { path: '/jobs/{job}/result' },
    values: { y: { path: 'out.y' } },
    cancel: { path: '/jobs/{job}' },
    ...more,
  };
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ name, instruments: { reactor: { adapter: 'http', settings } } }));
  return file;
}

const starts = async (name: string) =>
  (await readFile(join(folder, 'device.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { word: string; lab: string })
    .filter(({ word, lab: of }) => word === 'start' && of === name).length;

const conform = async (...args: string[]) => {
  const env = { ATHANOR_HOME: join(folder, 'home') };
  const { code, stdout, stderr } = await callCli(['lab', 'conform', ...args, '--json'], { cwd: folder, env });
  return { code, stderr, result: (stdout === '' ? null : JSON.parse(stdout)) as Conformance & { transcript: string } };
};

beforeAll(async () => {
  process.env.REACTOR_KEY = 'correct-horse-battery';
  folder = await mkdtemp(join(tmpdir(), 'athanor-conform-'));
  await mkdir(join(folder, 'home'));
  device = await startCounterpart(process.execPath, [program, folder, '0']);
  const requests = {
    objectives: ['y'],
    limit: '20s',
    succeeds: { design: { x: 2, ms: 1 } },
    another: { design: { x: 3, ms: 1 } },
    fails: { design: { x: 13, ms: 1 } },
    runsLong: { design: { x: 2, ms: 60_000 } },
  };
  await writeFile(join(folder, 'requests.yaml'), JSON.stringify(requests));
  await writeFile(join(folder, 'short.yaml'), JSON.stringify({ ...requests, runsLong: undefined }));
});
afterAll(async () => {
  await device?.kill();
  await rm(folder, { recursive: true, force: true });
});

const levelsOf = ({ levels }: Conformance) => Object.fromEntries(levels.map(({ level, outcome }) => [level, outcome]));

test('uninvited it only looks: nothing is begun, and what was not tried is told with the reason', async () => {
  const { code, result } = await conform('reactor', await lab('looked-at'));
  expect(code).toBe(0);
  expect(await starts('looked-at')).toBe(0);
  expect(levelsOf(result)).toMatchObject({ runs: 'partly', finds: 'partly', cancels: 'not tried', pauses: 'absent' });
  const moving = result.laws.find(({ law }) => law === 'another key is another job');
  expect(moving).toMatchObject({ outcome: 'skipped', section: 'keys', why: expect.stringContaining('--requests') });
  const shown = await conform('reactor', join(folder, 'looked-at.yaml'), '--requests', 'requests.yaml');
  expect(await starts('looked-at')).toBe(0);
  const validated = shown.result.laws.find(({ law }) => law.startsWith('validate passes'));
  expect(validated).toMatchObject({ outcome: 'held' });
  const still = shown.result.laws.find(({ law }) => law === 'another key is another job');
  expect(still).toMatchObject({ outcome: 'skipped', why: 'it begins jobs (--may-move)' });
});

test('invited it tries them all, and every call is in the transcript, without secrets', async () => {
  const { code, stderr, result } = await conform(
    'reactor',
    await lab('moved'),
    ...['--requests', 'requests.yaml', '--may-move', '--transcript', join(folder, 'moved.jsonl')],
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(levelsOf(result)).toMatchObject({ runs: 'held', finds: 'held', cancels: 'held', pauses: 'absent' });
  const text = await readFile(join(folder, 'moved.jsonl'), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { verb?: string; at?: number; ms?: number; answer?: unknown });
  expect(lines[0]).toMatchObject({ format: 'athanor-conformance-1', instrument: 'reactor', mayMove: true });
  const submits = lines.filter(({ verb }) => verb === 'submit');
  expect(submits.length).toBeGreaterThan(20);
  expect(submits[0]).toMatchObject({ at: expect.any(Number), ms: expect.any(Number), answer: expect.any(String) });
  expect(text).not.toContain('correct-horse-battery');
});

test('a job that a person began on the device is adopted, by the name that the device has for it', async () => {
  const file = await lab('by-hand');
  const begun = await fetch(`http://127.0.0.1:${device.line}/by-hand/jobs`, {
    method: 'POST',
    body: JSON.stringify({ key: 'by hand', x: 2, ms: 1 }),
  });
  const { id } = (await begun.json()) as { id: string };
  const requests = JSON.parse(await readFile(join(folder, 'requests.yaml'), 'utf8')) as object;
  await writeFile(join(folder, 'by-hand-requests.yaml'), JSON.stringify({ ...requests, begunByHand: id }));
  const asked = ['--requests', 'by-hand-requests.yaml', '--may-move', '--transcript', join(folder, 'by-hand.jsonl')];
  const { code, stderr, result } = await conform('reactor', file, ...asked);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(result.levels.find(({ level }) => level === 'adopts')).toEqual({
    level: 'adopts',
    outcome: 'held',
    held: 1,
    laws: 1,
  });
  expect(await readFile(join(folder, 'by-hand.jsonl'), 'utf8')).toContain('"verb":"adopt"');
  // Without such a job it is not tried, and told why.
  const without = await conform('reactor', await lab('no-hand'), '--requests', 'short.yaml', '--may-move');
  expect(levelsOf(without.result)).toMatchObject({ adopts: 'not tried' });
  const law = without.result.laws.find(({ level }) => level === 'adopts');
  expect(law).toMatchObject({ outcome: 'skipped', section: 'adopt', why: 'no job was begun by hand' });
});

test('an adapter without adopt does not claim it', async () => {
  const problem = { adapter: 'problem', settings: { problem: 'branin' } };
  await writeFile(join(folder, 'simulated.yaml'), JSON.stringify({ name: 'sim', instruments: { branin: problem } }));
  const { code, stderr, result } = await conform('branin', join(folder, 'simulated.yaml'));
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(levelsOf(result)).toMatchObject({ adopts: 'absent' });
  expect(result.laws.find(({ level }) => level === 'adopts')).toMatchObject({ outcome: 'skipped' });
});

test('an instrument whose answers are not what was asked for is told by law and section', async () => {
  const file = await lab('mute', { values: { y: { path: 'out.nothing' } } });
  const { code, result, stderr } = await conform('reactor', file, '--requests', 'short.yaml', '--may-move');
  expect({ code, stderr }).toMatchObject({ code: 5 });
  const broken = result.laws.filter(({ outcome }) => outcome === 'broken');
  expect(broken.map(({ section }) => section)).toContain('results');
  // A transcript of its own for each run, in the home.
  expect(await readdir(join(folder, 'home', 'conformance'))).not.toEqual([]);
});

test('a device that does not answer is told as such', async () => {
  const file = await lab('away', { url: 'http://127.0.0.1:9/away' });
  const { code, result } = await conform('reactor', file);
  expect(code).toBe(4);
  expect(levelsOf(result)).toMatchObject({ finds: 'unreached' });
});

test('requests without the units that settings convert from are bad input, and no fault of the device', async () => {
  const submit = { path: '/jobs', body: { key: '{key}', x: '{x as mL}', ms: '{ms}' }, job: 'id' };
  const file = await lab('units', { submit });
  const { code, stderr } = await conform('reactor', file, '--requests', 'requests.yaml', '--may-move');
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/requests\.yaml: 1 fault\n {2}units: .*'x' has no unit \(.*units: \{/),
  ]);
  expect(await starts('units')).toBe(0);
  const requests = JSON.parse(await readFile(join(folder, 'short.yaml'), 'utf8')) as object;
  await writeFile(join(folder, 'with-units.yaml'), JSON.stringify({ ...requests, units: { x: 'mL' } }));
  expect(await conform('reactor', file, '--requests', 'with-units.yaml')).toMatchObject({ code: 0 });
  const help = await callCli(['lab', 'conform', '--help'], { cwd: folder });
  expect(help.stdout).toContain('units: {temperature: °C}');
});

test('what is missing or wrong is bad input', async () => {
  const file = await lab('input');
  expect(await conform('reactor', file, '--may-move')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing can be begun without requests'),
  });
  expect(await conform('reactr', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('reactor') });
  await writeFile(join(folder, 'wrong.yaml'), 'objectives: []\nsucceeds: {design: {x: 1}}\nlimits: 3\n');
  const wrong = await conform('reactor', file, '--requests', 'wrong.yaml');
  expect(wrong.code).toBe(2);
  for (const word of ['objectives', 'another', 'limits', 'line 1']) expect(wrong.stderr).toContain(word);
});

test('nothing is begun between a safe stop and its clearing', async () => {
  const file = await lab('stopped');
  const env = { ATHANOR_HOME: join(folder, 'home') };
  await callCli(['lab', 'stop', 'stopped', '--why', 'smell of solvent'], { cwd: folder, env });
  const asked = [file, '--requests', 'requests.yaml', '--may-move'];
  expect(await conform('reactor', ...asked)).toMatchObject({ code: 3, stderr: expect.stringContaining('solvent') });
  expect(await starts('stopped')).toBe(0);
  await callCli(['lab', 'clear', '--lab', 'stopped', '--why', 'aired'], { cwd: folder, env });
  expect((await conform('reactor', ...asked)).code).toBe(0);
});
