import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../models/domain/campaign.js';
import { outcomeNames } from '../../../../models/domain/standing.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { verifyRecord } from '../../../../scripts/record/verify.js';
import { someCampaign } from '../../../support/campaigns.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };
const minimise = (name: string) => ({ name, direction: 'minimise' });
const f = (x: number, y: number) => 10 * (x - 0.3) ** 2 + (y - 0.5) ** 2;
const g = (x: number, y: number) => 10 * (x - 0.7) ** 2 + (y + 0.5) ** 2;

/** What is told of a design: the value of f, and of g where the campaign has it. */
function valuesAt({ spec }: Campaign, x: number, y: number, wrong: Readonly<Record<string, number>> = {}) {
  const { f: value, g: other } = { f: f(x, y), g: g(x, y), ...wrong };
  return outcomeNames(spec).includes('g') ? { value, values: { g: other } } : { value };
}

/** Designs of a grid with f and g, of which one is wrong; the thirteenth is (0.7, 0.3), where f is about 1.6 and g 0.64. */
function measured(wrong: Readonly<Record<string, number>>, goals: Parameters<typeof someCampaign>[0]) {
  const campaign = someCampaign({ ...single, ...goals });
  const planner = new Planner(campaign);
  const designs = Array.from({ length: 25 }, (_, i) => ({ x: (i % 5) / 5 + 0.1, y: Math.floor(i / 5) / 5 - 0.1 }));
  planner.tell(
    designs.map(({ x, y }, i) => {
      return { design: { x, y }, ...valuesAt(campaign, x, y, i === 13 ? wrong : {}) };
    }),
  );
  return { campaign, planner, design: designs[13]!, id: planner.trials[13]!.proposal.id };
}

describe.each([
  ['a bound on the objective', { f: -30 }, { objectives: [{ ...minimise('f'), max: 5 }] }, 'value'],
  ['a bound on another outcome', { f: -30 }, { objectives: [minimise('f')], outcomes: [{ name: 'g', max: 5 }] }, 'f'],
  ['a second goal', { f: -30 }, { objectives: [minimise('f'), minimise('g')] }, 'f'],
  ['an error in the second goal', { g: -30 }, { objectives: [minimise('f'), minimise('g')] }, 'g'],
])('one gross error, with %s,', (_, wrong, goals, outcome) => {
  it('is measured again first and learned from by none, and then passed over', async () => {
    const { campaign, planner, design, id } = measured(wrong, goals);
    const [again, other] = (await planner.ask(2)).proposals;
    expect(again!.design).toEqual(design);
    expect(again!.reason.kind).toBe('replicate');
    expect(again!.reason.text).toContain('if it is right');
    expect(again!.basis.suspects).toBe(true);
    for (const { reason } of [again!, other!]) {
      expect(reason.text).toContain(`without the ${outcome} of ${id}, which all others speak against`);
      const told = reason.outcomes?.find(({ name }) => name === outcome)?.mean ?? reason.targetMean!;
      expect(told).toBeGreaterThan(-1);
    }
    planner.tell(
      [again!, other!].map(({ id, design }) => {
        const [x, y] = [design.x as number, design.y as number];
        return { id, ...valuesAt(campaign, x, y) };
      }),
    );
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.reason.kind).toBe('acquisition');
    expect(next!.reason.text).not.toContain(`(${id})`);
    expect(next!.design).not.toEqual(design);
    const record = { campaign, trials: planner.trials, phase: 'running' as const, stop: null, audit: [] };
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });
});

describe('a gross error', () => {
  it('of an outcome whose bound it breaks is not measured again, nor does it keep proposals off', async () => {
    const { planner, design } = measured({ g: 60 }, { objectives: [minimise('f')], outcomes: [{ name: 'g', max: 3 }] });
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.basis.suspects).toBe(true);
    expect(next!.reason.kind).toBe('acquisition');
    expect(next!.design).not.toEqual(design);
    expect(next!.reason.within).toBeGreaterThan(0.5);
  });
});
