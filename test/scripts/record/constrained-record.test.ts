import { expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { campaignSchema } from '../../../models/domain/campaign.js';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
import { keptWithin } from '../../../models/domain/constraints/contract.js';
import type { Space } from '../../../models/domain/space.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';

const space: Space = {
  parameters: [
    { name: 'x1', type: 'continuous', bounds: [-5, 10] },
    { name: 'x2', type: 'continuous', bounds: [0, 15] },
  ],
  pool: null,
  constraints: [
    { type: 'linear', terms: { x1: 1, x2: 1 }, max: 8 },
    { type: 'exclude', when: { x1: { above: -1, below: 2 } } },
    { type: 'formula', expression: '(x1 - 3)^2 + (x2 - 2)^2 >= 1' },
  ],
  properties: { unused: { THF: 66 } },
};

it('the constraints of a campaign are kept by its trials, and come back with its record, which is computed again', async () => {
  const spec = campaignSchema.parse({
    name: 'constrained',
    seed: 5,
    space: { parameters: space.parameters, constraints: space.constraints, properties: space.properties },
    objectives: [{ name: 'value', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin' }, cost: 1 }],
    budget: { trials: 14 },
  });
  const record = await runInProcess({ id: 'constrained', spec, space }, { registry: createRegistry(), seed: 5 });
  expect(record.trials).toHaveLength(14);
  for (const { proposal } of record.trials)
    expect(Constraints.of(space).excess(proposal.design)).toBeLessThanOrEqual(keptWithin);
  const back = parseRecord(exportJson(record), 'constrained.json');
  expect(back.campaign.space).toEqual(space);
  expect((await verifyRecord(back)).mismatches).toEqual([]);
  const loosened = { ...back, campaign: { ...back.campaign, space: { ...back.campaign.space, constraints: [] } } };
  expect((await verifyRecord(loosened)).mismatches).not.toEqual([]);
});
