import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../../models/domain/proposal.js';
import { Generator } from '../../../../models/random/generator.js';
import { isWithin, predictedTrials, prequential, widenings } from '../../../../models/strategy/explain/prequential.js';
import { ended, someCampaign } from '../../../support/campaigns.js';

/** A trial at a fidelity that was predicted at 3 ± 2 and gave a value. */
function trial(index: number, fidelity: string, value: number, change: Partial<Proposal['reason']> = {}) {
  const reason = { kind: 'acquisition', acquisition: 'ucb', value: 0, mean: 3, sd: 2, text: '', ...change };
  const basis = { fit: null };
  const proposal = { id: `test/r1/p${index}`, fidelity, reason, basis, estimatedCost: 1 } as unknown as Proposal;
  return ended(proposal, value);
}

const record = (trials: ReturnType<typeof trial>[]) => ({
  campaign: someCampaign(),
  phase: 'running' as const,
  stop: null,
  trials,
  audit: [],
});

describe('what a campaign predicted of its target trials', () => {
  it('counts those in the central intervals, and scores their densities', () => {
    const trials = [trial(1, 'high', 3), trial(2, 'high', 5), trial(3, 'high', 8)];
    const { logScore, ...counts } = prequential(record(trials));
    expect(counts).toEqual({ trials: 3, within50: 1, within90: 2 });
    // z = 0, 1 and 2.5.
    expect(logScore).toBeCloseTo(-0.5 * Math.log(2 * Math.PI) - Math.log(2) - (1 + 2.5 ** 2) / 6, 12);
  });

  it('leaves out other fidelities, the initial sample, failures and what was predicted without a width', () => {
    const failed = ended(trial(4, 'high', 3).proposal, 3, 'failed');
    const trials = [
      trial(1, 'low', 3),
      trial(2, 'high', 3, { kind: 'initial' }),
      trial(3, 'high', 3, { sd: 0 }),
      failed,
      trial(5, 'high', 3, { mean: null, sd: null }),
    ];
    expect(prequential(record(trials))).toEqual({ trials: 0, within50: 0, within90: 0, logScore: null });
  });

  it('finds normal values within their intervals as often as it should', () => {
    const random = new Generator(4);
    const trials = Array.from({ length: 2000 }, (_, i) => trial(i, 'high', 3 + 2 * random.normal()));
    const { within50, within90 } = prequential(record(trials));
    // Within five standard errors.
    expect(Math.abs(within50 / 2000 - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 2000));
    expect(Math.abs(within90 / 2000 - 0.9)).toBeLessThan(5 * Math.sqrt(0.09 / 2000));
  });
});

describe('how far intervals of proposals are widened', () => {
  const { spec } = someCampaign();
  const errors = (...zs: number[]) => zs.map((z, i) => trial(i + 1, 'high', 3 + 2 * z));

  it('begins at 2 for every fidelity, and follows the errors of its own trials', () => {
    expect(widenings(spec, [], [])).toEqual([2, 2]);
    const [low, high] = widenings(spec, errors(0.5, -1, 9), []);
    expect(low).toBe(2);
    expect(high).toBeCloseTo((6 + (0.5 + 1 + 4) / Math.sqrt(2 / Math.PI)) / 6, 12);
  });

  it('counts errors in standard deviations of the surrogates, as stored with each proposal', () => {
    const [told] = errors(1);
    const basis = { fit: { widening: [1, 3] } } as unknown as Proposal['basis'];
    const widened = { ...told!, proposal: { ...told!.proposal, basis } };
    expect(widenings(spec, [widened], [])[1]).toBeCloseTo((6 + 3 / Math.sqrt(2 / Math.PI)) / 4, 12);
  });

  it('leaves out trials in flight, and those before the last thirty', () => {
    const trials = errors(...new Array<number>(10).fill(9), ...new Array<number>(30).fill(0));
    expect(widenings(spec, trials, [])[1]).toBe(0.5);
    expect(widenings(spec, errors(9), ['test/r1/p1'])).toEqual([2, 2]);
  });

  it('brings normal errors of any size into their intervals', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.6, max: 3, noNaN: true }), fc.integer(), (size, seed) => {
        const random = new Generator(seed);
        const told: ReturnType<typeof trial>[] = [];
        for (let i = 1; i <= 200; i++) {
          const [, g] = widenings(spec, told, []);
          const basis = { fit: { widening: [1, g] } } as unknown as Proposal['basis'];
          const one = trial(i, 'high', 3 + size * random.normal(), { mean: 3, sd: g! });
          told.push({ ...one, proposal: { ...one.proposal, basis } });
        }
        const inside = predictedTrials(spec, told).filter((one) => isWithin(one, 0.9)).length;
        expect(inside / 200).toBeGreaterThan(0.75);
        expect(inside / 200).toBeLessThan(0.98);
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});
