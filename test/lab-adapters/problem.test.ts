import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import type { SimulatedAdapter } from '../../lab-adapters/internal/simulated-adapter.js';
import { problem } from '../../lab-adapters/problem/index.js';
import { problemNamed } from '../../models/problems/problems.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { virtualClock } from './virtual-clock.js';

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-problem-'));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

const clock = virtualClock();
const lab = (settings: object, folder = '', at = clock) =>
  problem.create(problem.settings.parse({ problem: 'branin', ...settings }), { clock: at, folder, log: () => {} });
const request: JobRequest = {
  design: { x1: 2, x2: 5 },
  rowId: null,
  substances: {},
  fidelity: 'exact',
  objectives: ['value'],
};
const starts = async (folder: string) => {
  const text = await readFile(join(folder, 'starts.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line).key as string)));
};

const scenario = (settings: object, asked = request) => ({
  open: (folder: string) => lab(settings, folder),
  request: asked,
});
const fixture = {
  newFolder,
  clock,
  starts,
  succeeds: scenario({ noise: 0.1, delayMs: { min: 10, max: 500 }, seed: 3 }),
  another: { ...request, design: { x1: 1, x2: 1 } },
  fails: scenario({ faults: { failRate: 1, failClass: 'chemistry' } }),
  refused: scenario({}, { ...request, design: { x1: 20, x2: 5 } }),
  runsLong: scenario({ delayMs: 1e8 }),
  losesReply: scenario({ faults: { lostReplyRate: 1 } }),
};
describeAdapterLaws('problem, in a folder', fixture);
describeAdapterLaws('problem, a job of unknown fate', { ...fixture, fails: scenario({ faults: { unknownRate: 1 } }) });

/** Ends a job and gives what came of it. */
async function outcome(adapter: SimulatedAdapter, key: string, asked = request) {
  const job = await adapter.submit(key, asked, { fence: 1 }).catch(() => adapter.submit(key, asked, { fence: 1 }));
  const { pollAfterMs } = await adapter.status(job);
  await clock.sleep(pollAfterMs ?? 0);
  const { state } = await adapter.status(job);
  return { state, ...(await adapter.result(job)) };
}

describe('the problem laboratory', () => {
  test('answers the value of the function, negated where asked', async () => {
    const truth = problemNamed('branin').evaluate([2, 5], []);
    expect((await outcome(lab({}), 'c/r1/p1')).values).toEqual({ value: truth });
    expect((await outcome(lab({ negate: true }), 'c/r1/p1')).values).toEqual({ value: -truth });
  });

  test('answers nothing where it is asked for nothing', async () => {
    const asked = { ...request, objectives: [] };
    expect(await lab({}).validate(asked)).toEqual([]);
    expect(await outcome(lab({}), 'c/r1/p1', asked)).toMatchObject({ state: 'succeeded', values: {} });
  });

  test('keeps jobs in memory and touches no disk where it has no folder', async () => {
    const adapter = lab({});
    const job = await adapter.submit('c/r1/p1', request, { fence: 1 });
    expect(await adapter.find('c/r1/p1', { fence: 1 })).toBe(job);
    expect(await lab({}).find('c/r1/p1', { fence: 1 })).toBeNull();
  });

  test('answers differently by fidelity input', async () => {
    const settings = { problem: 'augmentedBranin' };
    const low = await outcome(lab({ ...settings, fidelity: 0 }), 'c/r1/p1');
    const high = await outcome(lab({ ...settings, fidelity: 1 }), 'c/r1/p1');
    expect(low.values.value).toBe(problemNamed('augmentedBranin').evaluate([2, 5], [0]));
    expect(high.values.value).toBe(problemNamed('branin').evaluate([2, 5], []));
    expect(low.values.value).not.toBe(high.values.value);
  });

  test('draws noise from seed, design and fidelity, whatever the campaign and the trial are called', async () => {
    const noisy = (seed: number, vary = 'design') => lab({ noise: 1, seed, vary });
    const value = async (adapter: SimulatedAdapter, key: string, asked = request) =>
      (await outcome(adapter, key, asked)).values.value;
    const first = await value(noisy(1), 'c/r1/p1/g1/run');
    expect(await value(noisy(1), 'other/r7/p3')).toBe(first);
    expect(await value(noisy(2), 'c/r1/p1/g1/run')).not.toBe(first);
    expect(await value(noisy(1), 'c/r1/p1/g1/run', { ...request, fidelity: 'coarse' })).not.toBe(first);
  });

  test('draws noise for each trial where told to, still alike under any campaign id', async () => {
    const adapter = () => lab({ noise: 1, vary: 'trial' });
    expect(adapter().traits.deterministic).toBe(false);
    const first = (await outcome(adapter(), 'c/r1/p1/g1/run')).values.value;
    expect((await outcome(adapter(), 'd/r1/p1')).values.value).toBe(first);
    expect((await outcome(adapter(), 'c/r1/p2/g1/run')).values.value).not.toBe(first);
    expect((await outcome(adapter(), 'c/r1/p1/g2/run')).values.value).not.toBe(first);
  });

  test('gives noise of the standard deviation asked for', async () => {
    const adapter = lab({ noise: 2, seed: 11 });
    const truth = problemNamed('branin');
    const errors: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const design = { x1: -5 + (15 * i) / 2000, x2: (15 * ((i * 7) % 2000)) / 2000 };
      const { values, noise } = await outcome(adapter, `c/r${i}/p1`, { ...request, design });
      expect(noise).toEqual({ value: 2 });
      errors.push(values.value! - truth.evaluate([design.x1, design.x2], []));
    }
    const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
    const sd = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / (errors.length - 1));
    // Five standard errors: 2/√2000 for the mean, 2/√4000 for the standard deviation.
    expect(Math.abs(mean)).toBeLessThan(5 * 0.0448);
    expect(Math.abs(sd - 2)).toBeLessThan(5 * 0.0317);
  });

  test('makes faults in about the shares ordered, each with its own end', async () => {
    const faults = { failRate: 0.2, unknownRate: 0.1, nanRate: 0.1, failClass: 'chemistry', lostReplyRate: 0.3 };
    const adapter = lab({ faults, vary: 'trial' });
    const ends = { failed: 0, unknown: 0, nan: 0, measured: 0 };
    let lost = 0;
    for (let i = 0; i < 1000; i++) {
      const key = `c/r${i}/p1`;
      await adapter.submit(key, request, { fence: 1 }).catch((error) => {
        expect(error.code).toBe('ADAPTER');
        lost++;
      });
      const { state, values, cause } = await outcome(adapter, key);
      if (state === 'failed') {
        expect(cause).toMatchObject({ class: 'chemistry', code: 'orderedFailure' });
        ends.failed++;
      } else if (state === 'unknown') {
        expect(cause?.class).toBe('unknown');
        ends.unknown++;
      } else if (Number.isNaN(values.value)) ends.nan++;
      else ends.measured++;
    }
    // Five binomial standard deviations of 1000 draws.
    for (const [count, share] of [
      [ends.failed, 0.2],
      [ends.unknown, 0.1],
      [ends.nan, 0.1],
      [ends.measured, 0.6],
      [lost, 0.3],
    ] as const)
      expect(Math.abs(count - 1000 * share)).toBeLessThan(5 * Math.sqrt(1000 * share * (1 - share)));
  });

  test('takes as long as ordered on its clock, and pauses do not count', async () => {
    const own = virtualClock(500);
    const adapter = lab({ delayMs: 100 }, '', own);
    const job = await adapter.submit('c/r1/p1', request, { fence: 1 });
    expect(await adapter.status(job)).toEqual({ state: 'running', progress: 0, pollAfterMs: 100 });
    await own.sleep(60);
    await adapter.pause(job, { fence: 1 });
    await own.sleep(1000);
    expect(await adapter.status(job)).toMatchObject({ state: 'paused', progress: 0.6 });
    await adapter.resume(job, { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({ state: 'running', pollAfterMs: 40 });
    await own.sleep(40);
    expect(await adapter.status(job)).toEqual({ state: 'succeeded', progress: 1 });
    expect((await adapter.result(job)).durationMs).toBe(100);
  });

  test('a clock that starts anew after a restart does not end a job early', async () => {
    const folder = await newFolder();
    const before = virtualClock(1e6);
    const job = await lab({ delayMs: 100 }, folder, before).submit('c/r1/p1', request, { fence: 1 });
    const after = virtualClock(0);
    const adapter = lab({ delayMs: 100 }, folder, after);
    expect(await adapter.status(job)).toMatchObject({ state: 'running', pollAfterMs: 100 });
  });

  test('writes nothing before a job and leaves no half-written file', async () => {
    const folder = join(await newFolder(), 'own');
    const adapter = lab({}, folder);
    expect(await adapter.validate(request)).toEqual([]);
    await adapter.safeStop();
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
    await Promise.all(Array.from({ length: 20 }, (_, i) => adapter.submit(`c/r${i % 5}/p1`, request, { fence: 1 })));
    const files = await readdir(folder);
    expect(files.filter((name) => name.endsWith('.json'))).toHaveLength(5);
    expect(files.filter((name) => name.startsWith('.'))).toEqual([]);
    expect((await starts(folder)).sort()).toEqual([0, 1, 2, 3, 4].map((i) => `c/r${i}/p1`));
  });

  test('a folder that cannot be made is an AdapterError that names it', async () => {
    const folder = await newFolder();
    await lab({}, folder).submit('c/r1/p1', request, { fence: 1 });
    const inFile = join(folder, 'starts.jsonl', 'deeper');
    await expect(lab({}, inFile).submit('c/r1/p1', request, { fence: 1 })).rejects.toMatchObject({
      code: 'ADAPTER',
      message: expect.stringContaining(inFile),
    });
  });

  test('the same design always takes the same time, between the bounds', () =>
    fc.assert(
      fc.asyncProperty(fc.double({ min: -5, max: 10, noNaN: true }), fc.nat(1000), async (x1, seed) => {
        const settings = { delayMs: { min: 5, max: 50 }, seed };
        const asked = { ...request, design: { x1, x2: 1 } };
        const took = async (key: string) => (await outcome(lab(settings), key, asked)).durationMs;
        const first = await took('c/r1/p1');
        expect(first).toBeGreaterThanOrEqual(5);
        expect(first).toBeLessThanOrEqual(50);
        expect(await took('d/r2/p2')).toBe(first);
      }),
      { seed: 5, numRuns: 50 },
    ));
});

describe('settings of problem', () => {
  const faultsOf = async (settings: object, parameters: [string, number, number][] = []) =>
    problem.check!(problem.settings.parse({ problem: 'branin', ...settings }), {
      parameters: parameters.map(([name, low, high]) => ({ name, type: 'continuous', bounds: [low, high] })),
      objectives: ['value'],
    });

  test.each([
    [{ dims: 3 }, 'dims', 'branin'],
    [{ fidelity: 0.5 }, 'fidelity', 'no fidelity'],
    [{ problem: 'augmentedRosenbrock', fidelity: [1] }, 'fidelity', '1 values'],
    [{ delayMs: { min: 5, max: 1 } }, 'delayMs', 'above max'],
    [{ faults: { failRate: 0.6, nanRate: 0.6 } }, 'faults', '1.2'],
  ])('%j is refused', async (settings, path, words) => {
    const faults = await faultsOf(settings);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path, message: expect.stringContaining(words) });
  });

  test('parameters must be the inputs, within their bounds; narrower ones are fine', async () => {
    expect(
      await faultsOf({}, [
        ['x1', -1, 2],
        ['x2', 3, 4],
      ]),
    ).toEqual([]);
    expect(
      (
        await faultsOf({}, [
          ['x1', -1, 2],
          ['y', 3, 4],
        ])
      )[0]!.message,
    ).toContain('x1, y');
    expect(
      (
        await faultsOf({}, [
          ['x1', -6, 2],
          ['x2', 3, 16],
        ])
      ).map((fault) => fault.message),
    ).toEqual(['parameter x1 takes -6, outside branin', 'parameter x2 takes 16, outside branin']);
  });

  test('the range is the minimum where the truth is told, and open with noise or at lower fidelities', () => {
    const range = (settings: object) => problem.range!(problem.settings.parse({ problem: 'branin', ...settings }));
    expect(range({}).low).toBeCloseTo(0.397887, 6);
    expect(range({ negate: true })).toEqual({ low: null, high: expect.closeTo(-0.397887, 6) });
    expect(range({ noise: 1 })).toEqual({ low: null, high: null });
    expect(range({ problem: 'augmentedBranin', fidelity: 0 })).toEqual({ low: null, high: null });
  });
});
