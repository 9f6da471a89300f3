import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { foldersIn, trialsOf } from '../support/devices.js';

const python = await pythonCounterpart('lewis==1.4.0');
const base = await mkdtemp(join(tmpdir(), 'athanor-julabo-'));
const port = await freePort();
// 300 times as fast as the circulator: it heats by 5 °C a minute.
const lewis =
  'bin' in python
    ? await startCounterpart(
        join(python.bin, 'python'),
        [
          join(python.bin, 'lewis'),
          '-e',
          '300',
          '-c',
          '0.02',
          '-p',
          `julabo-version-1: {bind_address: 127.0.0.1, port: ${port}}`,
          'julabo',
        ],
        { ready: /Listening|Starting|julabo/i, env: { PYTHONUNBUFFERED: '1' } },
      )
    : null;
const isUp = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.end() !== null));
    socket.once('error', () => resolve(false));
  });
if (lewis !== null) for (let i = 0; i < 6_000 && !(await isUp()); i++) await systemClock.sleep(100);
afterAll(async () => {
  await lewis?.kill();
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
const number = '^(?<value>-?[\\d.]+)$';
const settings = {
  connect: { host: '127.0.0.1', port },
  ends: { send: '\r', receive: '\r\n' },
  timeout: '2s',
  poll: '50ms',
  identity: { send: 'VERSION', answer: 'JULABO' },
  set: [
    {
      send: 'OUT_SP_00 {temperature as °C, 2 decimals}',
      answer: '^$',
      back: { send: 'IN_SP_00', answer: number, is: '{temperature as °C}', within: 0.006 },
    },
  ],
  start: [{ send: 'OUT_MODE_05 1', answer: '^$', back: { send: 'IN_MODE_05', answer: number, is: 1 } }],
  done: { send: 'IN_PV_00', answer: number, is: '{temperature as °C}', within: 0.02, limit: '1min' },
  values: { bath: { send: 'IN_PV_00', answer: number, unit: '°C', as: 'K' } },
  stop: [{ send: 'OUT_MODE_05 0', answer: '^$', back: { send: 'IN_MODE_05', answer: number, is: 0 } }],
};
const open = (folder: string) =>
  createRegistry().create('lines', settings, { clock: systemClock, folder, log: () => {} });
const request = (temperature: number): JobRequest => ({
  design: { temperature },
  rowId: null,
  substances: {},
  units: { temperature: 'K' },
  fidelity: 'bath',
  objectives: ['bath'],
});

describe.skipIf(lewis === null)("lewis 1.4.0's Julabo circulator", () => {
  describeAdapterLaws('lines', {
    newFolder,
    clock: systemClock,
    limitMs: 300_000,
    succeeds: { open, request: request(300.15) },
    another: request(303.15),
    fails: { open, request: request(900) },
  });

  test('a set point beyond its limits, which it acknowledges and ignores, is read back and refused', async () => {
    const adapter = open(await newFolder());
    const job = await adapter.submit('julabo/r1/p1/g1/run', request(900), { fence: 1 });
    const { state, message } = await adapter.status(job);
    expect(state).toBe('failed');
    expect(message).toMatch(/after 'OUT_SP_00 626.85' the instrument says "[\d.]+" to 'IN_SP_00'/);
  });

  test('a command that it does not know gets no answer at all, and began nothing', async () => {
    const folder = await newFolder();
    const unknown = { ...settings, timeout: '300ms', set: [{ send: 'NONSENSE', answer: '^$' }] };
    const adapter = createRegistry().create('lines', unknown, { clock: systemClock, folder, log: () => {} });
    await expect(adapter.submit('k', request(300), { fence: 1 })).rejects.toThrow("'NONSENSE': no answer within 0.3 s");
    expect(await adapter.find!('k', { fence: 1 })).toBeNull();
  });

  test('a campaign in K on a bath in °C', async () => {
    const folder = await newFolder();
    const trials = await trialsOf(
      folder,
      `name: bath
seed: 2
space: {parameters: [{name: temperature, type: continuous, bounds: [295, 315], unit: K}]}
objectives: [{name: bath, direction: maximise}]
fidelities: [{name: bath, adapter: lines, settings: ${JSON.stringify(settings)}, cost: 1}]
budget: {trials: 4}
`,
    );
    expect(trials).toHaveLength(4);
    for (const { proposal, observation } of trials)
      expect(Math.abs(observation!.values.bath! - (proposal.design.temperature as number))).toBeLessThan(0.04);
  });
});

test('where it cannot be had it is said why', ({ skip }) => {
  if ('lacking' in python) skip(python.lacking);
});
