import { describe, expect, it } from 'vitest';
import { leastComputed } from '../../../models/domain/computed.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { insightOf } from '../../../models/strategy/explain/insight.js';
import { outcomeContenders } from '../../../models/strategy/outcome-contenders.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someCampaign } from '../../support/campaigns.js';

const costing = (expression: string, more: object = {}, yields: object = { limits: [0, 100] }) =>
  someCampaign({
    objectives: [
      { name: 'yield', direction: 'maximise', ...yields },
      { name: 'cost', direction: 'minimise', expression, ...more },
    ],
    fidelities: [{ name: 'bench', adapter: 'problem', cost: 1 }],
    budget: { trials: 40 },
  });

describe('surrogates of what is computed', () => {
  it.each<[string, object, object, number | null]>([
    ['(3 + x) / max(yield, 1)', {}, {}, 0],
    ['(3 + x) / yield', {}, { limits: [0, 100] }, 0],
    ['(3 + x) / yield', {}, {}, null],
    ['(3 + y) / yield', {}, { limits: [0, 100] }, 0],
    ['y / yield', {}, { limits: [0, 100] }, null],
    ['y / yield', { limits: [-9, null] }, { limits: [0, 100] }, -9],
    ['yield - x', { limits: [null, 100] }, { limits: [0, 100] }, null],
    ['yield ^ 2 + exp(y)', {}, {}, 0],
  ])('%s, limits %o and of yield %o, are known never to be below %o', (expression, more, yields, least) => {
    const campaign = costing(expression, more, yields);
    expect(leastComputed(campaign, 'cost')).toBe(least);
    expect(leastComputed(campaign, 'yield')).toBeNull();
    const { members } = surrogateChoice('level-ensemble');
    const names = outcomeContenders(campaign, 'cost', members).map(({ type }) => type.name);
    expect(names).toEqual(members.map(({ type }) => (least === null ? type.name : `${type.name}-of-logs`)));
    expect(outcomeContenders(campaign, 'yield', members)).toBe(members);
  });

  it('expect no cost below 0, and say so alike in proposals and explanations', async () => {
    const campaign = costing('(3 + 10 * x) / max(yield, 1)');
    const planner = new Planner(campaign);
    const yieldAt = (x: number, y: number) => 60 * Math.exp(-(((x - 0.4) / 0.15) ** 2) - ((y - 1) / 0.7) ** 2);
    for (let round = 0; round < 7; round++) {
      const { proposals } = await planner.ask(2);
      for (const { reason } of proposals)
        for (const { mean, sd } of reason.outcomes ?? []) {
          expect(mean).toBeGreaterThan(0);
          expect(sd).toBeGreaterThan(0);
        }
      planner.tell(proposals.map(({ id, design }) => ({ id, value: yieldAt(Number(design.x), Number(design.y)) })));
    }
    const { trials } = planner;
    const { fit } = trials.at(-1)!.proposal.basis;
    expect(fit!.outcomes!.map(({ members }) => members.every(({ name }) => name.endsWith('-of-logs')))).toEqual([true]);
    const { outcomes } = (await insightOf({ campaign, trials }))!;
    const cost = outcomes.find(({ name }) => name === 'cost')!;
    for (const { points } of cost.slices)
      for (const { interval } of points) expect(interval[0]).toBeGreaterThanOrEqual(0);
  }, 60_000);
});
