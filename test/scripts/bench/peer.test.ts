import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/bench/latency.js';
import { checkPeer, runPeer } from '../../../scripts/bench/peer.js';

let folder: string;

/** A program that tells its rows as a Python program prints them, then its pool, then waits to be ended or ends. */
function program(rows: number, waits: boolean): string {
  return [
    'const [sizes, dimensions] = process.argv.slice(2).map((list) => list.split(",").map(Number));',
    'let told = 0;',
    'console.error("Warning: something else");',
    `for (const d of dimensions) for (const n of sizes) for (let rep = 0; rep < 2; rep++) if (told++ < ${rows})`,
    `console.error("{'n': " + n + ", 'd': " + d + ", 'rep': " + rep + ", 'fit': " + (rep + 1) + ".0, 'likelihoodAndGradient': 0.5, 'acquire': {'qLogNEI': 9, 'logEI': 2e-1}}");`,
    'const threads = Number(process.env.OMP_NUM_THREADS);',
    waits
      ? 'setInterval(() => {}, 1000);'
      : 'console.log(JSON.stringify({ pool: { candidates: 10, n: 5, d: threads, chunk: 2, seconds: 3 } }));',
  ].join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-peer-'));
  await writeFile(path.join(folder, 'waits.mjs'), program(100, true));
  await writeFile(path.join(folder, 'ends.mjs'), program(100, false));
  await writeFile(path.join(folder, 'short.mjs'), program(3, false));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const peer = (script: string) => ({ interpreter: process.execPath, script: path.join(folder, script) });
const silent = { runs: () => 2, log: () => {} };

describe('runPeer', () => {
  it('reads the rows of all sizes and dimensions, and ends the program then', async () => {
    const { rows, pool } = await runPeer(peer('waits.mjs'), [5, 7], [2, 3], { pool: false, ...silent });
    expect(rows.map(({ n, d }) => [n, d])).toEqual([2, 3].flatMap((d) => [5, 5, 7, 7].map((n) => [n, d])));
    expect(rows[1]).toEqual({ n: 5, d: 2, fit: 2, likelihoodAndGradient: 0.5, acquire: { qLogNEI: 9, logEI: 0.2 } });
    expect(pool).toBeNull();
  });

  it('waits for the pool where it is wanted; the program has one thread', async () => {
    const { pool } = await runPeer(peer('ends.mjs'), [5], [2], { pool: true, ...silent });
    expect(pool).toEqual({ candidates: 10, n: 5, d: 1, seconds: 3 });
  });

  it('says what a program that ended early said last', async () => {
    const run = runPeer(peer('short.mjs'), [5, 7], [2], { pool: false, ...silent });
    await expect(run).rejects.toThrow(/after 3 of 4 rows/);
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
    await expect(checkPeer({ ...peer('ends.mjs'), interpreter: says })).resolves.toBeUndefined();
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
      acquire: { logEI: 1 / fit, qLogNEI: 3 },
    }));
    const [compared] = compare([row], { rows: runs, pool: null });
    expect(compared!.peer).toEqual({ fit: 2, likelihoodAndGradient: 0.5, acquire: 0.5, cold: 2.5, noisy: 5 });
    expect(compared!.ratio!.fit).toBeCloseTo(0.15, 12);
    expect(compared!.ratio!.cold).toBeCloseTo(0.136, 12);
    expect(compared!.ratio!.noisy).toBeCloseTo(0.068, 12);
  });

  it('has nothing to say where the peer has no such row', () => {
    expect(compare([row], null)[0]).toEqual({ ...row, peer: null, ratio: null });
    expect(compare([row], { rows: [], pool: null })[0]!.ratio).toBeNull();
  });
});
