import { describe, expect, it } from 'vitest';
import { designKey } from '../../../models/domain/design.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { type Visit, visitsOf } from '../../../models/strategy/history.js';
import { Replicates } from '../../../models/strategy/replicates.js';
import type { Result } from '../../../models/strategy/result.js';
import { trainingSet } from '../../../models/strategy/training-set.js';
import { Replicates as NoiseReplicates } from '../../../models/surrogate/noise/replicates.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { someCampaign } from '../../support/campaigns.js';
import { visit } from '../../support/replicate-visits.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };
const withRule = (replicates: unknown, more = {}) => someCampaign({ ...single, replicates, ...more });
const bowl = ({ x, y }: Proposal['design']) => (Number(x) - 0.3) ** 2 + (Number(y) - 0.5) ** 2;

/** Asks for one trial after the other, or for several, and answers each at once. */
async function driven(planner: Planner, rounds: number, value: (proposal: Proposal) => Partial<Result>, count = 1) {
  const made: Proposal[] = [];
  for (let round = 0; round < rounds; round++) {
    const { proposals } = await planner.ask(count);
    made.push(...proposals);
    planner.tell(proposals.map((proposal) => ({ id: proposal.id, ...value(proposal) })));
  }
  return made;
}

function byDesign(proposals: readonly Proposal[]): readonly (readonly Proposal[])[] {
  const groups = new Map<string, Proposal[]>();
  for (const proposal of proposals)
    groups.set(designKey(proposal.design), [...(groups.get(designKey(proposal.design)) ?? []), proposal]);
  return [...groups.values()];
}

describe('atTarget', () => {
  it.each([1, 4])('measures each design that often, %d at a time, and verifies', async (count) => {
    const campaign = withRule({ atTarget: 3 });
    const planner = new Planner(campaign);
    const made = await driven(
      planner,
      24 / count,
      (proposal) => ({ value: bowl(proposal.design) + proposal.index / 50 }),
      count,
    );
    const groups = byDesign(made);
    expect(groups.map((group) => group.length)).toEqual(Array(8).fill(3));
    expect(groups.flatMap(([first]) => first!.reason.kind)).toEqual([
      ...Array(6).fill('initial'),
      'acquisition',
      'acquisition',
    ]);
    expect(groups.flatMap(([, ...more]) => more.map(({ reason }) => reason.kind))).toEqual(Array(16).fill('replicate'));
    expect(groups[7]![2]!.reason.text).toContain("3 of the 3 times that each design is measured at 'high'; ");
    expect(new Set(made.map(({ id }) => id)).size).toBe(24);
    const record = { campaign, trials: planner.trials, phase: 'running' as const, stop: null, audit: [] };
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('goes on past a design that a person names twice among the first trials', async () => {
    const twice = { x: 0.5, y: 0 };
    const campaign = withRule({ atTarget: 2 }, { strategy: { initial: { trials: 4, designs: [twice, twice] } } });
    const made = await driven(new Planner(campaign), 12, ({ design }) => ({ value: bowl(design) }));
    const groups = byDesign(made);
    expect(groups[0]!.length).toBe(2);
    expect(groups.length).toBeGreaterThan(4);
  });

  it('leaves lower fidelities, designs that failed and rejected ones as they are', async () => {
    const planner = new Planner(someCampaign({ replicates: { atTarget: 2 } }));
    let failed = 0;
    const made = await driven(planner, 30, ({ design, fidelity }) =>
      fidelity === 'high' && failed++ === 0 ? { outcome: 'failed' } : { value: bowl(design) },
    );
    const groups = byDesign(made.filter(({ fidelity }) => fidelity === 'high'));
    expect(groups[0]).toHaveLength(1);
    expect(groups.slice(1, -1).every((group) => group.length === 2)).toBe(true);
    const low = byDesign(made.filter(({ fidelity }) => fidelity === 'low'));
    expect(low.every((group) => group.length === 1)).toBe(true);
  });

  it('counts what is in flight, and is paid by the budget', async () => {
    const campaign = withRule({ atTarget: 2 }, { budget: { cost: 5 } });
    const planner = new Planner(campaign);
    const { proposals, shortfall } = await planner.ask(8);
    expect(shortfall).toBe('budget');
    expect(byDesign(proposals).map((group) => group.length)).toEqual([2, 2, 1]);
  });

  it('halves the usual initial sample of a small budget', async () => {
    const planner = new Planner(withRule({ atTarget: 2 }, { budget: { trials: 12 } }));
    const made = await driven(planner, 12, ({ design }) => ({ value: bowl(design) }));
    expect(byDesign(made).filter(([first]) => first!.reason.kind === 'initial')).toHaveLength(3);
  });

  it('is as good without surrogates', async () => {
    const planner = new Planner(withRule({ atTarget: 2 }, { strategy: { acquisition: 'random' } }));
    const made = await driven(planner, 20, ({ design }) => ({ value: bowl(design) }));
    expect(byDesign(made).map((group) => group.length)).toEqual(Array(10).fill(2));
  });
});

it('tells surrogates where noise is larger', async () => {
  const campaign = withRule({ atTarget: 3 });
  const planner = new Planner(campaign);
  let nth = 0;
  await driven(planner, 18, ({ design }) => ({
    value: bowl(design) + (nth++ % 3) * (Number(design.x) > 0.5 ? 1 : 0.01),
  }));
  const visits = visitsOf(campaign, planner.trials, []);
  const { designs, levels, noise } = trainingSet(campaign, await prepareSpace(campaign.space), visits);
  const { ratios } = NoiseReplicates.of(designs, levels, noise)!.ratios(
    Float64Array.from(visits, ({ turned }) => turned[0]!),
  );
  const of = (isNoisy: boolean) => [...ratios].filter((_, i) => Number(visits[i]!.design.x) > 0.5 === isNoisy);
  expect(Math.min(...of(true))).toBeGreaterThan(1);
  expect(Math.max(...of(false))).toBeLessThan(0.7);
});

describe('whenDisagreeing', () => {
  it('measures designs again whose values differ by more than those elsewhere, up to its number', async () => {
    const campaign = withRule({ atTarget: 2, whenDisagreeing: 4 });
    const planner = new Planner(campaign);
    const seen = new Map<string, number>();
    const made = await driven(planner, 22, ({ design }) => {
      const nth = (seen.get(designKey(design)) ?? 0) + 1;
      seen.set(designKey(design), nth);
      const isWild = designKey(design) === [...seen.keys()][2];
      return { value: bowl(design) + (nth % 2 === 0 ? 1 : -1) * (isWild ? 2 : 0.01 + 0.001 * seen.size) };
    });
    const groups = byDesign(made);
    expect(groups[2]).toHaveLength(4);
    expect(groups[2]![2]!.reason.text).toMatch(
      /as its values of f disagree: they differ by 2\.8 \(sd\), those of one design elsewhere by 0\.\d+; /,
    );
    expect(groups.filter((_, i) => i !== 2).every((group) => group.length <= 2)).toBe(true);
    const record = { campaign, trials: planner.trials, phase: 'running' as const, stop: null, audit: [] };
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('measures the best again where it is single and noise may have made it, and only once where nothing is noise', async () => {
    const planner = new Planner(withRule({ whenDisagreeing: 3 }));
    const made = await driven(planner, 16, ({ design }) => ({ value: bowl(design) }));
    const again = made.filter(({ reason }) => reason.kind === 'replicate');
    expect(again).toHaveLength(1);
    expect(again[0]!.reason.text).toContain('the best so far, by a single value that noise may have made');
  });

  it('says what is to come, and what was measured, of the trials that it repeats', () => {
    const campaign = withRule({ atTarget: 3 });
    const waiting = { pending: true, turned: [], noises: [] };
    const owed = (visits: readonly Visit[]) => Replicates.of(campaign.spec, campaign.space)!.owed(visits)!.text;
    expect(owed([visit('a', 0.1, [1], waiting)])).toMatch(/^measures again what a is to measure: 2 of/);
    expect(owed([visit('a', 0.1, [1], waiting), visit('b', 0.1, [1])])).toMatch(
      /^measures again what b measured and a is to measure: 3 of/,
    );
  });
});
