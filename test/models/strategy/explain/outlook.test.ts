import { expect, it } from 'vitest';
import { createRegistry } from '../../../../lab-adapters/registry.js';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import { expectedWorth } from '../../../../models/strategy/explain/expected-worth.js';
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

it('prefers of several goals what adds to the front, then what keeps the bounds, then what nearly does', () => {
  const two = campaignSchema.parse({
    ...spec,
    objectives: [
      { name: 'gain', direction: 'maximise', reference: 0 },
      { name: 'loss', direction: 'minimise', reference: 10 },
    ],
    outcomes: [{ name: 'waste', max: 5 }],
  });
  const measured = [{ losses: [-4, 5], feasible: true }];
  const worth = expectedWorth(two, measured, { waste: 2 });
  // 4 × 10 − … : the box from (0, 10) that (4, 5) does not cover.
  expect(worth({ gain: 6, loss: 5, waste: 4 })).toEqual([0, -10]);
  expect(worth({ gain: 3, loss: 2, waste: 4 })).toEqual([0, -9]);
  expect(worth({ gain: 3, loss: 7, waste: 4 })).toEqual([1, -3]);
  expect(worth({ gain: 9, loss: 1, waste: 8 })).toEqual([2, 1.5]);
  const one = campaignSchema.parse({ ...spec, objectives: [{ name: 'gain', direction: 'target', value: 3 }] });
  expect(expectedWorth(one, [], {})({ gain: 5 })).toEqual([0, 2]);
});
