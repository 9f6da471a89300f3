import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { problemNamed } from '../../../models/problems/problems.js';
import { simulatedTable } from '../../../scripts/bench/simulated-table.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let folder: string;
const told: string[] = [];
const options = { registry: createRegistry(), lanes: 2, log: (line: string) => void told.push(line) };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-simulated-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Four points of augmented Branin at two fidelities. */
function pool(faults: object = {}): Campaign {
  const { id, spec, space } = problemCampaign('simulated', {});
  const level = (name: string, fidelity: number) => ({
    name,
    adapter: 'problem',
    settings: { problem: 'augmentedBranin', fidelity: [fidelity], cost: 1, ...faults },
    cost: 1,
  });
  const rows = { ids: ['a', 'b', 'c', 'd'], designs: [0, 1, 2, 3].map((x1) => ({ x1, x2: 2 })) };
  return { id, spec: { ...spec, fidelities: [level('low', 0.5), level('high', 1)] }, space: { ...space, pool: rows } };
}

describe('a simulated table', () => {
  it('keeps every answer as a line, and runs what is not kept', async () => {
    const file = path.join(folder, 'deeper', 'table.jsonl');
    const table = await simulatedTable(pool(), file, options);
    const { evaluate } = problemNamed('augmentedBranin');
    expect(table.get('low')).toEqual([0, 1, 2, 3].map((x1) => evaluate([x1, 2], [0.5])));
    expect(table.get('high')).toEqual([0, 1, 2, 3].map((x1) => evaluate([x1, 2], [1])));
    expect(told).toEqual(['low: 4 of 4 rows', 'high: 4 of 4 rows']);
    const lines = (await readFile(file, 'utf8')).split('\n');
    // As a kill leaves it: six whole lines, and half of another. One value is no longer what a run would give.
    const kept = lines
      .slice(0, 6)
      .map((line) => (line.includes('"a"') ? line.replace(/"value":[^,}]+/, '"value":7') : line));
    await writeFile(file, `${kept.join('\n')}\n${lines[6]!.slice(0, 20)}`);
    told.length = 0;
    const again = await simulatedTable(pool(), file, options);
    expect(told).toEqual(['high: 4 of 4 rows']);
    expect(again.get('low')![0]).toBe(7);
    expect(again.get('high')!.slice(1)).toEqual(table.get('high')!.slice(1));
    // The half line did not swallow what came after it.
    told.length = 0;
    expect(await simulatedTable(pool(), file, options)).toEqual(again);
    expect(told).toEqual([]);
  });

  it('has no value where the molecule gave none, and ends where the device failed', async () => {
    const failing = (failClass: string) => pool({ faults: { failRate: 1, failClass } });
    const file = path.join(folder, 'failing.jsonl');
    await expect(simulatedTable(failing('device'), file, options)).rejects.toThrow(/^'[ab]' at low: /);
    const table = await simulatedTable(failing('chemistry'), file, options);
    expect(table.get('low')).toEqual([null, null, null, null]);
    expect(table.get('high')).toEqual([null, null, null, null]);
  });
});
