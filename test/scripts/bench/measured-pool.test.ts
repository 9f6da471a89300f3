import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { bestSoFar, drawing, expectedBest, measuredPools, risingValues } from '../../../scripts/bench/measured-pool.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-pools-'));
  const set = async (name: string, meta: object, csv: string) => {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'meta.json'), JSON.stringify({ name, ...meta }));
    await writeFile(path.join(folder, name, 'data.csv'), csv);
  };
  const column = (name: string, role: string) => ({
    name,
    role,
    type: role === 'context' ? 'categorical' : 'continuous',
  });
  await set(
    'grouped',
    {
      columns: [column('id', 'id'), column('product', 'context'), column('x', 'parameter'), column('y', 'objective')],
      objectives: [{ column: 'y', direction: 'maximize' }],
      groups: { column: 'product' },
    },
    'id,product,x,y\n0,b,0,3\n1,a,0,5\n2,a,1,7\n3,b,1,1\n4,b,2,2\n',
  );
  await set(
    'levels',
    {
      columns: [column('id', 'id'), column('x', 'parameter'), column('lf', 'fidelity'), column('hf', 'objective')],
      objectives: [{ column: 'hf', direction: 'minimize' }],
      fidelities: [
        { column: 'lf', cost: 0.1, target: false },
        { column: 'hf', cost: 1, target: true },
      ],
    },
    'id,x,lf,hf\n0,0,1,4\n1,1,2,3\n2,2,3,6\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('measuredPools', () => {
  it('gives each group of a data set its own pool', async () => {
    const pools = await measuredPools(folder);
    expect(pools.map(({ name }) => name)).toEqual(['grouped-a', 'grouped-b', 'levels']);
    expect(pools[1]!.campaign.space.pool!.ids).toEqual(['0', '3', '4']);
    expect(pools[1]!.campaign.space.pool!.designs).toEqual([{ x: 0 }, { x: 1 }, { x: 2 }]);
    expect([...pools[0]!.values]).toEqual([
      ['1', 5],
      ['2', 7],
    ]);
  });

  it('takes those that are named, data sets or groups', async () => {
    const named = async (...only: string[]) => (await measuredPools(folder, only)).map(({ name }) => name);
    expect(await named('grouped')).toEqual(['grouped-a', 'grouped-b']);
    expect(await named('grouped-b', 'levels')).toEqual(['grouped-b', 'levels']);
    expect(await named('other')).toEqual([]);
  });

  it('is drawn from at the target alone, every row to its value', async () => {
    for (const pool of await measuredPools(folder)) {
      const campaign = drawing(pool, 50, { acquisition: 'random' });
      const record = await runInProcess(campaign, { registry: createRegistry() });
      expect(record.trials).toHaveLength(pool.values.size);
      const { name } = campaign.spec.objectives[0]!;
      for (const { proposal, observation } of record.trials)
        expect(observation!.values[name]).toBe(pool.values.get(proposal.rowId!));
      expect(bestSoFar(record).at(-1)).toBe(risingValues(pool).at(-1));
    }
  });

  it('turns values to be minimised over', async () => {
    const [pool] = await measuredPools(folder, ['levels']);
    expect(risingValues(pool!)).toEqual([-6, -4, -3]);
  });
});

/** Mean of the largest over all ways of taking k of the values. */
function byListing(values: readonly number[], k: number): number {
  const largest: number[] = [];
  const take = (from: number, left: number, best: number): void => {
    if (left === 0) largest.push(best);
    else for (let i = from; i < values.length; i++) take(i + 1, left - 1, Math.max(best, values[i]!));
  };
  take(0, k, Number.NEGATIVE_INFINITY);
  return largest.reduce((a, b) => a + b, 0) / largest.length;
}

describe('expectedBest', () => {
  it('is the mean over all ways of drawing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.nat(8),
        (values, extra) => {
          const k = 1 + (extra % values.length);
          const rising = [...values].sort((a, b) => a - b);
          expect(expectedBest(rising, k)).toBeCloseTo(byListing(rising, k), 9);
        },
      ),
      { seed: 1 },
    );
  });
});
