import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/bench/latency.js';
import { checkPeer, runPeer } from '../../../scripts/bench/peer.js';

let folder: string;

/** A program that reads its tasks, tells of as many of them as said, and says a word on standard error. */
function program(rows: number): string {
  return [
    'import { text } from "node:stream/consumers";',
    'const { restarts, tasks, pool } = JSON.parse(await text(process.stdin));',
    'console.error("Warning: something else");',
    'console.log("no row");',
    `for (const { n, d, y } of tasks.filter(({ timed }) => timed).slice(0, ${rows}))`,
    '  console.log(JSON.stringify({ n, d, fit: y[0], likelihoodAndGradient: 0.5, acquire: { logEI: restarts, logEIDefault: 0.3, qLogNEI: 9 } }));',
    'if (pool !== null) console.log(JSON.stringify({ pool: { ...pool, seconds: Number(process.env.OMP_NUM_THREADS) } }));',
  ].join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-peer-'));
  await writeFile(path.join(folder, 'all.mjs'), program(100));
  await writeFile(path.join(folder, 'short.mjs'), program(3));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const peer = (script: string) => ({ interpreter: process.execPath, script: path.join(folder, script) });
const task = (n: number, y: number, timed = true) => ({ n, d: 1, x: [0.5], y: [y], timed });
const tasks = {
  restarts: 4,
  defaultRestarts: 10,
  rawPoints: 512,
  tasks: [task(5, 0, false), task(5, 1), task(5, 2), task(7, 3), task(7, 4)],
  pool: null,
};
const silent = () => {};

describe('runPeer', () => {
  it('gives the tasks and reads a row of each that is timed', async () => {
    const { rows, pool } = await runPeer(peer('all.mjs'), tasks, silent);
    expect(rows.map(({ n, fit }) => [n, fit])).toEqual(tasks.tasks.slice(1).map(({ n, y }) => [n, y[0]]));
    const acquire = { logEI: 4, logEIDefault: 0.3, qLogNEI: 9 };
    expect(rows[1]).toEqual({ n: 5, d: 1, fit: 2, likelihoodAndGradient: 0.5, acquire });
    expect(pool).toBeNull();
  });

  it('asks for the pool where it is wanted; the program has one thread', async () => {
    const pool = { candidates: 10, n: 5, d: 2 };
    expect((await runPeer(peer('all.mjs'), { ...tasks, pool }, silent)).pool).toEqual({ ...pool, seconds: 1 });
  });

  it('says what a program that ended early said last', async () => {
    const run = runPeer(peer('short.mjs'), tasks, silent);
    await expect(run).rejects.toThrow(/after 3 of 4 rows: Warning: something else/);
  });
});

describe('checkPeer', () => {
  it('says that there is no interpreter', async () => {
    const missing = { interpreter: path.join(folder, 'python'), script: '' };
    await expect(checkPeer(missing)).rejects.toThrow(/there is no such program/);
  });

  it('says what of the packages is missing, or that the script is', async () => {
    const says = path.join(folder, 'says');
    const script = path.join(folder, 'absent.py');
    await writeFile(says, '#!/bin/sh\necho gpytorch botorch\n', { mode: 0o755 });
    await expect(checkPeer({ interpreter: says, script })).rejects.toThrow(
      /lacks gpytorch botorch; install: .* gpytorch botorch/,
    );
    await writeFile(says, '#!/bin/sh\necho\n');
    await expect(checkPeer({ interpreter: says, script })).rejects.toThrow(/no peer script/);
    await expect(checkPeer({ ...peer('all.mjs'), interpreter: says })).resolves.toBeUndefined();
  });
});

describe('compare', () => {
  const row = { n: 5, d: 2, fit: 0.3, likelihoodAndGradient: 0.1, acquire: 0.05, cold: 0.34, warm: 0.1 };

  it('takes medians of the peer, and the sum of fit and acquisition of each run for the whole', () => {
    const runs = [1, 2, 6].map((fit) => ({
      n: 5,
      d: 2,
      fit,
      likelihoodAndGradient: 0.5,
      acquire: { logEI: 1 / fit, logEIDefault: 2, qLogNEI: 3 },
    }));
    const [compared] = compare([row], { rows: runs, pool: null });
    expect(compared!.peer).toEqual({ fit: 2, likelihoodAndGradient: 0.5, acquire: 0.5, cold: 2.5, usual: 4, noisy: 5 });
    expect(compared!.ratio!.fit).toBeCloseTo(0.15, 12);
    expect(compared!.ratio!.cold).toBeCloseTo(0.136, 12);
    expect(compared!.ratio!.noisy).toBeCloseTo(0.068, 12);
  });

  it('has nothing to say where the peer has no such row', () => {
    expect(compare([row], null)[0]).toEqual({ ...row, peer: null, ratio: null });
    expect(compare([row], { rows: [], pool: null })[0]!.ratio).toBeNull();
  });
});
