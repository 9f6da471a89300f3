import { expect, it } from 'vitest';
import { createRegistry } from '../../../../lab-adapters/registry.js';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import { outlook } from '../../../../models/strategy/explain/outlook.js';
import { runInProcess } from '../../../../scripts/simulate/run-in-process.js';
import { publishedBranin } from '../../../support/published-branin.js';
import { someRecord } from '../../../support/record.js';

const parameters = [
  { name: 'x1', type: 'continuous' as const, bounds: [-5, 10] as [number, number] },
  { name: 'x2', type: 'continuous' as const, bounds: [0, 15] as [number, number] },
];
const spec = campaignSchema.parse({
  name: 'ahead',
  space: { parameters },
  objectives: [{ name: 'value', direction: 'minimise' }],
  fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin' }, cost: 1 }],
  budget: { trials: 25 },
});

it('foresees untried designs of a known function, and the same ones again', async () => {
  const campaign = { id: 'ahead', spec, space: { parameters: spec.space.parameters!, pool: null } };
  const record = await runInProcess(campaign, { registry: createRegistry(), seed: 5 });
  const { untried, effects } = (await outlook(record))!;
  expect(untried).toHaveLength(10);
  const tried = new Set(record.trials.map(({ proposal }) => JSON.stringify(proposal.design)));
  for (const { design, expected, interval } of untried) {
    expect(tried.has(JSON.stringify(design))).toBe(false);
    expect(interval[0]).toBeLessThanOrEqual(expected);
    expect(interval[1]).toBeGreaterThanOrEqual(expected);
  }
  expect(untried.map(({ expected }) => expected)).toEqual(
    untried.map(({ expected }) => expected).sort((a, b) => a - b),
  );
  // Most intervals of nine in ten hold; Branin's values go to 300, those of good designs are small.
  const values = untried.map(({ design }) => publishedBranin(design));
  expect(Math.max(...values)).toBeLessThan(60);
  expect(effects.map(({ name }) => name).sort()).toEqual(['x1', 'x2']);
  expect(effects.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(await outlook(structuredClone(record))).toEqual({ untried, effects });
});

it('has nothing to say before the first fit', async () => {
  expect(await outlook(someRecord([{ value: 1 }]))).toBeNull();
});
