import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { runCli, runCliJson } from '../support/cli.js';
import { mosquitto } from '../support/mosquitto.js';
import { createTestDatabase, testNamespace, testTemporal } from '../support/services.js';

type Order = { fault: string; on?: string; moment?: string; ms?: number };
type Trial = {
  proposal: { design: { temperature: number; annealed: number; minutes: number } };
  observation: { outcome: string; values: Record<string, number> };
  steps: { key: string; how: string }[];
};

const example = fileURLToPath(new URL('../../examples/simulated-lab/', import.meta.url));
const { order } = (await import(join(example, 'orders.mjs'))) as {
  order(folder: string, given: Order, times?: number): void;
};
const { readLedger } = (await import(join(example, 'machine.mjs'))) as {
  readLedger(folder: string): { word: string; fault: string }[];
};
const physics = (await import(join(example, 'physics.mjs'))) as {
  yieldAt(celsius: number): number;
  shrinkageAt(celsius: number, minutes: number): number;
  brightnessOf(celsius: number, annealed: number, minutes: number): number;
};
const base = await mkdtemp(join(tmpdir(), 'athanor-simulated-lab-'));
const ended: (() => Promise<unknown>)[] = [() => rm(base, { recursive: true, force: true })];
afterAll(async () => {
  for (const end of ended.reverse()) await end();
});

/** Runs a program of the example to its end. */
const run = (program: string, args: readonly string[], env: Record<string, string | undefined> = {}) =>
  new Promise<{ code: unknown; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(example, program), ...args],
      { env: { ...process.env, ...env } },
      (error, ...said) => resolve({ code: error === null ? 0 : error.code, output: said.join('\n') }),
    );
    // One that a failed test left ends what it has started.
    ended.push(async () => {
      if (child.exitCode !== null || !child.kill('SIGTERM')) return;
      await new Promise((gone) => child.once('close', gone));
    });
  });

/** One of each kind; what each does on each device is tried in simulated-devices.test.ts. */
const faults: Record<string, Order[]> = {
  reactor: [{ fault: 'die' }, { fault: 'truncated', on: 'submit' }, { fault: 'twice' }, { fault: 'old' }],
  furnace: [{ fault: 'lost' }, { fault: 'busy' }, { fault: 'silent', ms: 500 }, { fault: 'break' }, { fault: 'unit' }],
  spectrometer: [
    { fault: 'late', ms: 2_200 },
    { fault: 'html', on: 'status' },
    { fault: 'error' },
    { fault: 'huge' },
    { fault: 'type' },
    { fault: 'nan' },
  ],
};

test.skipIf('lacking' in mosquitto)(
  'one command: a campaign of three steps each comes to its end, whatever goes wrong, and nothing begins twice',
  async () => {
    const database = await createTestDatabase();
    ended.push(() => database.drop());
    const { address } = await testTemporal();
    const lab = join(base, 'lab');
    const env = {
      ...('env' in mosquitto ? mosquitto.env : {}),
      ATHANOR_HOME: join(base, 'home'),
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: await testNamespace(address, 'simulated-lab'),
    };
    for (const [device, orders] of Object.entries(faults)) for (const each of orders) order(join(lab, device), each);
    const args = ['--lab', lab, '--port', '0', '--name', 'films', '--trials', '6', '--pace', '20', '--back-after', '1'];
    const { code, output } = await run('start.mjs', args, env);
    expect(output).toContain('all 6 trials of the budget are done');
    expect(code).toBe(0);
    const { trials } = await runCliJson<{ trials: Trial[] }>(['export', 'films', '--format', 'json'], { env });
    const outcomes = trials.map(({ observation }) => observation.outcome);
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    // One job broke; three values could not be true, of as many films or one less.
    expect(count('failed')).toBe(1);
    expect(count('quarantined')).toBeGreaterThanOrEqual(2);
    expect(count('measured')).toBe(5 - count('quarantined'));
    for (const { proposal, observation } of trials)
      if (observation.outcome === 'measured') {
        const { temperature, annealed, minutes } = proposal.design;
        expect(observation.values).toEqual({
          yield: physics.yieldAt(temperature),
          shrinkage: physics.shrinkageAt(annealed, minutes),
          brightness: physics.brightnessOf(temperature, annealed, minutes),
        });
      }
    for (const [device, orders] of Object.entries(faults)) {
      const happened = readLedger(join(lab, device)).filter(({ word }) => word === 'fault');
      expect(happened.map(({ fault }) => fault).sort()).toEqual(orders.map(({ fault }) => fault).sort());
    }
    const told = await run('starts.mjs', ['films', '--lab', lab], env);
    const steps = trials.reduce((sum, trial) => sum + trial.steps.length, 0);
    expect(told.output).toContain(`${steps} keys, ${steps} starts; started more than once: none`);
    expect(told.code).toBe(0);
  },
  // A limit for what hangs: on a machine with much else to do it took five minutes.
  600_000,
);

test('a port that is taken, and a wrong option, are told in words', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const taken = await run('start.mjs', ['--port', String(port), '--lab', join(base, 'taken')]);
  server.close();
  expect(taken).toEqual({
    code: 2,
    output: expect.stringMatching(/EADDRINUSE[\s\S]*Another simulated lab may be running/),
  });
  expect(existsSync(join(base, 'taken'))).toBe(false);
  const wrong = await run('start.mjs', ['--trials', 'many']);
  expect(wrong).toEqual({ code: 2, output: expect.stringContaining('--trials many: a number from 1 to 10000') });
  const order = await run('order.mjs', ['reactor', 'explode', '--lab', base]);
  expect(order).toEqual({ code: 2, output: expect.stringContaining('is no folder of a device') });
});

const isInstalled = ['/usr/sbin', '/usr/local/sbin'].some((folder) => existsSync(join(folder, 'mosquitto')));
test.skipIf(isInstalled)('without a broker the lab has no furnace, and says how to get one', async () => {
  const lab = join(base, 'two');
  const child = execFile(process.execPath, [join(example, 'start.mjs'), '--devices', '--port', '0', '--lab', lab], {
    env: { ...process.env, PATH: '/nowhere', XDG_CACHE_HOME: join(base, 'cache') },
  });
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout!.on('data', (text: string) => {
      output += text;
      if (output.includes('files and ledgers')) resolve();
    });
  });
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
  expect(output).toMatch(/Mosquitto is neither on the PATH[\s\S]*apt-get install mosquitto[\s\S]*without its furnace/);
  expect((await runCli(['validate', join(lab, 'campaign.yaml')])).code).toBe(0);
  expect((await runCli(['lab', 'check', join(lab, 'lab.yaml')])).code).toBe(0);
  expect(await readFile(join(lab, 'lab.yaml'), 'utf8')).not.toContain('mqtt://');
});
