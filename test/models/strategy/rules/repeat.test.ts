import { describe, expect, it } from 'vitest';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { verifyRecord } from '../../../../scripts/record/verify.js';
import { someCampaign } from '../../../support/campaigns.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };
const campaign = someCampaign(single);
const bowl = (x: number, y: number) => (x - 0.3) ** 2 + (y - 0.5) ** 2;

/** A bowl measured on a grid, with the value of the seventh design changed. */
function measured(
  seventh: number,
  campaign = someCampaign(single),
): { planner: Planner; design: { x: number; y: number } } {
  const planner = new Planner(campaign);
  const designs = Array.from({ length: 25 }, (_, i) => ({ x: (i % 5) / 5 + 0.1, y: Math.floor(i / 5) / 5 + 0.1 }));
  planner.tell(designs.map((design, i) => ({ design, value: i === 7 ? seventh : bowl(design.x, design.y) })));
  return { planner, design: designs[7]! };
}

describe('a value that would be the best and that all others speak against', () => {
  it('is measured again once, and passed over where it does not come again', async () => {
    const { planner, design } = measured(-6);
    const [again, other] = (await planner.ask(2)).proposals;
    expect(again!.design).toEqual(design);
    expect(again!.reason.kind).toBe('replicate');
    expect(again!.reason.text).toContain('would be the best if it is right');
    expect(again!.basis.suspects).toBe(true);
    expect(other!.reason.kind).toBe('acquisition');
    planner.tell([again!, other!].map(({ id, design: { x, y } }) => ({ id, value: bowl(x as number, y as number) })));
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.reason.kind).toBe('acquisition');
    expect(next!.reason.text).toContain(`without the value of ${planner.trials[7]!.proposal.id}`);
    expect(Math.hypot((next!.design.x as number) - 0.3, (next!.design.y as number) - 0.5)).toBeLessThan(0.2);
    expect(
      (await verifyRecord({ campaign, trials: planner.trials, phase: 'running', stop: null, audit: [] })).mismatches,
    ).toEqual([]);
  });

  it('is not the best by which a bound on the regret is told', async () => {
    const stop = [{ type: 'regretBound' as const, epsilon: 0.05, probability: 0.9 }];
    const { planner } = measured(-6, someCampaign({ ...single, stop }));
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.basis.suspects).toBe(true);
    expect(next!.basis.assurances).toHaveLength(1);
    expect(next!.basis.assurances![0]!.trialId).not.toBe(planner.trials[7]!.proposal.id);
  });

  it('is believed where it does', async () => {
    const { planner, design } = measured(-6);
    const [again] = (await planner.ask(1)).proposals;
    planner.tell([{ id: again!.id, value: -6 }]);
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.basis.suspects).toBeUndefined();
    expect(next!.design).not.toEqual(design);
    expect(Math.hypot((next!.design.x as number) - design.x, (next!.design.y as number) - design.y)).toBeLessThan(0.3);
  });

  it('is not measured again where it is farther from a wanted value than others, on whichever side', async () => {
    const objectives = [{ name: 'y', direction: 'target' as const, value: 0.1 }];
    const wanted = someCampaign({ ...single, objectives, strategy: { surrogate: 'gp' } });
    for (const seventh of [-6, 6]) {
      const [next] = (await measured(seventh, wanted).planner.ask(1)).proposals;
      expect(next!.basis.suspects).toBe(true);
      expect(next!.reason.kind).toBe('acquisition');
    }
  });

  it('is not measured again where it is worse than others', async () => {
    const { planner } = measured(6);
    const [next] = (await planner.ask(1)).proposals;
    expect(next!.reason.kind).toBe('acquisition');
    expect(next!.basis.suspects).toBe(true);
  });
});
