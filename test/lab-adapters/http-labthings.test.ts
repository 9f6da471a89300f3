import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { foldersIn, trialsOf } from '../support/devices.js';

const things = dirname(fileURLToPath(new URL('../counterparts/labthings_reactor.py', import.meta.url)));
const python = await pythonCounterpart('labthings-fastapi==0.3.0');
const base = await mkdtemp(join(tmpdir(), 'athanor-labthings-'));
const port = await freePort();
const server =
  'bin' in python
    ? await startCounterpart(
        join(python.bin, 'labthings-server'),
        ['--json', '{"things":{"reactor":"labthings_reactor:Reactor"}}', '--host', '127.0.0.1', '--port', String(port)],
        { ready: /Uvicorn running/, cwd: base, env: { PYTHONPATH: things, PYTHONDONTWRITEBYTECODE: '1' } },
      )
    : null;
afterAll(async () => {
  await server?.kill();
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
/** Keys of all folders are one server's, so each folder has its own. */
const settings = (folder: string) => ({
  url: `http://127.0.0.1:${port}`,
  timeout: '10s',
  poll: '50ms',
  submit: {
    path: '/reactor/synthesise',
    body: { kelvin: '{temperature as K}', seconds: '{seconds}', key: `${folder}:{key}` },
    accepted: [201],
    job: 'href',
  },
  status: {
    path: '{job}',
    state: 'status',
    states: {
      queued: ['pending'],
      running: ['running'],
      succeeded: ['completed'],
      failed: ['error'],
      cancelled: ['cancelled'],
    },
  },
  values: { yield: 'output.yield_percent' },
  failure: { message: 'log[-1].message', class: 'device' },
  cancel: { path: '{job}' },
  health: { path: '/things/' },
});
/** The list of actions has no inputs, so that none can be found by a key; each action by itself has. */
const calls = async () => {
  const list = (await (await fetch(`http://127.0.0.1:${port}/action_invocations`)).json()) as { href: string }[];
  const each = list.map(async ({ href }) => (await (await fetch(href)).json()) as { input: { key: string } });
  return Promise.all(each);
};
const open = (folder: string): Adapter =>
  createRegistry().create('http', settings(folder), { clock: systemClock, folder, log: () => {} });
const request = (temperature: number, seconds = 0.1): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', seconds: 's' },
  fidelity: 'robot',
  objectives: ['yield'],
});

describe.skipIf(server === null)('a LabThings-FastAPI server 0.3.0', () => {
  describeAdapterLaws('http', {
    newFolder,
    clock: systemClock,
    starts: async (folder) =>
      (await calls()).flatMap(({ input: { key } }) =>
        key.startsWith(`${folder}:`) ? [key.slice(folder.length + 1)] : [],
      ),
    limitMs: 300_000,
    succeeds: { open, request: request(70) },
    another: request(90),
    fails: { open, request: request(500) },
    runsLong: { open, request: request(70, 60) },
  });

  test('bad input is refused in its words (422), and no action is there', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(
      'c/r1/p1/g1/run',
      { ...request(70), design: { temperature: 70, seconds: 'x' } },
      { fence: 1 },
    );
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('status 422'),
    });
  });

  test('a campaign in °C on a reactor in K finds where the yield is best', async () => {
    const folder = await newFolder();
    const trials = await trialsOf(
      folder,
      `name: labthings
seed: 3
space: {parameters: [{name: temperature, type: continuous, bounds: [20, 140], unit: °C}]}
objectives: [{name: yield, direction: maximise}]
fidelities:
  - name: robot
    adapter: http
    settings: ${JSON.stringify({ ...settings(folder), submit: { ...settings(folder).submit, body: { kelvin: '{temperature as K}', seconds: 0.01, key: '{key}' } } })}
    cost: 1
budget: {trials: 7}
`,
    );
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo(100 - Math.abs((proposal.design.temperature as number) - 80), 9);
    expect(trials).toHaveLength(7);
  });
});

test('where the server cannot be had it is said why', ({ skip }) => {
  if ('lacking' in python) skip(python.lacking);
});
