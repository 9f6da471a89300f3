import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { problemNamed } from '../../../models/problems/problems.js';
import { completeTable } from '../../../scripts/bench/complete-table.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const registry = createRegistry();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Four points of augmented Branin at two fidelities, one of them charged by the adapter. */
function pool(second = 3): Campaign {
  const { id, spec, space } = problemCampaign('table', {});
  const designs = [0, 1, 2, second].map((x1) => ({ x1, x2: 2 }));
  const level = (name: string, fidelity: number, cost: number) => ({
    name,
    adapter: 'problem',
    settings: { problem: 'augmentedBranin', fidelity: [fidelity], cost: cost * 1.5 },
    cost,
  });
  const fidelities = [level('low', 0.5, 0.1), level('high', 1, 1)];
  const rows = { ids: ['a', 'b', 'c', 'd'], designs };
  return { id, spec: { ...spec, fidelities }, space: { ...space, pool: rows } };
}

describe('the complete table', () => {
  it('holds values and charged costs of every row at every level, and is computed once', async () => {
    const file = path.join(folder, 'deeper', 'table.json');
    const told: string[] = [];
    const table = await completeTable(pool(), file, registry, (line) => told.push(line));
    const { evaluate } = problemNamed('augmentedBranin');
    expect(table.values).toEqual([0.5, 1].map((s) => [0, 1, 2, 3].map((x1) => evaluate([x1, 2], [s]))));
    expect(table.costs.flat()).toEqual(
      [0.15, 0.15, 0.15, 0.15, 1.5, 1.5, 1.5, 1.5].map((cost) => expect.closeTo(cost)),
    );
    expect(told).toEqual(['low: 4 of 4 rows', 'high: 4 of 4 rows']);
    const again = await completeTable(pool(), file, registry, (line) => told.push(line));
    expect(again).toEqual(table);
    expect(told).toHaveLength(2);
  });

  it('is computed anew for other settings, and not read from another kind of file', async () => {
    const file = path.join(folder, 'table.json');
    await completeTable(pool(), file, registry, () => {});
    const before = await readFile(file, 'utf8');
    const other = pool();
    const [low, high] = other.spec.fidelities;
    const fidelities = [{ ...low!, settings: { ...low!.settings, fidelity: [0.25] } }, high!];
    const table = await completeTable({ ...other, spec: { ...other.spec, fidelities } }, file, registry, () => {});
    expect(table.values[0]![3]).toBe(problemNamed('augmentedBranin').evaluate([3, 2], [0.25]));
    expect(await readFile(file, 'utf8')).not.toBe(before);
    await writeFile(file, '{"rows": 3}');
    await expect(completeTable(other, file, registry, () => {})).rejects.toThrow('is no table of a pool');
  });

  it('names the row and the level that gave no value', async () => {
    const { id, spec, space } = pool();
    const fidelities = spec.fidelities.map((one) => ({
      ...one,
      settings: { ...one.settings, faults: { failRate: 1 } },
    }));
    const broken = { id, spec: { ...spec, fidelities }, space };
    await expect(completeTable(broken, path.join(folder, 'no.json'), registry, () => {})).rejects.toThrow(
      "'a' at low:",
    );
  });
});
