import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../models/domain/proposal.js';
import { correlations, fidelitySummary, inWords } from '../../../models/strategy/fidelity-summary.js';
import type { Visit } from '../../../models/strategy/history.js';
import { ended, someCampaign } from '../../support/campaigns.js';

function visit(x: number, level: number, loss: number | null): Visit {
  return {
    trialId: '',
    design: { x, y: 0 },
    rowId: null,
    level,
    turned: loss === null ? [] : [loss],
    noises: [],
    pending: false,
  };
}

/** Both levels at designs 0 … n − 1. */
function paired(n: number, low: (i: number) => number, high: (i: number) => number): Visit[] {
  return Array.from({ length: n }, (_, i) => [visit(i, 0, low(i)), visit(i, 1, high(i))]).flat();
}

describe('correlations', () => {
  const { fidelities } = someCampaign().spec;
  const told = (visits: readonly Visit[]) => correlations(visits, fidelities, [0.1, 1]);

  it('has the interval of Fisher, and signs', () => {
    // r = 0.5 exactly: y = x + √3·e with e orthogonal to x and of equal length.
    const x = [1, 1, -1, -1, 1, 1, -1, -1];
    const e = [1, -1, 1, -1, 1, -1, 1, -1];
    const visits = paired(
      8,
      (i) => x[i]!,
      (i) => -x[i]! - Math.sqrt(3) * e[i]!,
    );
    const [found] = told(visits);
    expect(found!.pairs).toBe(8);
    expect(found!.correlation!.value).toBeCloseTo(-0.5, 12);
    // atanh 0.5 = 0.549306, 1.644854/√5 = 0.735601
    expect(found!.correlation!.high).toBeCloseTo(Math.tanh(-0.549306 + 0.735601), 5);
    expect(found!.correlation!.low).toBeCloseTo(Math.tanh(-0.549306 - 0.735601), 5);
    expect([found!.needed, found!.pays]).toEqual([Math.sqrt(0.1), true]);
  });

  it('judges from eight pairs on, and only where the whole interval is too low', () => {
    const low = (i: number) => (i % 2 === 0 ? 1 : -1);
    const high = (i: number) => (i % 4 < 2 ? 1 : -1);
    expect(told(paired(4, low, high))[0]!.pays).toBeNull();
    expect(told(paired(12, low, high))[0]!.pays).toBe(true);
    const many = told(paired(60, low, high))[0]!;
    expect(many.pays).toBe(false);
    expect(inWords(many)).toBe(
      'low is no longer asked: its correlation with the target is 0 (90 %: -0.21 to 0.21, 60 pairs), less than the ±0.32 that its cost needs',
    );
  });

  it('says nothing where values do not differ, are missing, or are few', () => {
    const flat = paired(10, () => 3, Math.sin);
    expect(told(flat)[0]).toMatchObject({ pairs: 10, correlation: null, pays: null });
    const failed = paired(10, Math.cos, Math.sin).map((one) => (one.level === 0 ? { ...one, turned: [] } : one));
    expect(told(failed)[0]).toMatchObject({ pairs: 0, correlation: null, pays: null });
    const huge = paired(9, (i) => 1e300 * Math.sin(i), Math.sin);
    expect(told(huge)[0]!.correlation!.value).toBeCloseTo(1, 9);
  });
});

describe('fidelitySummary', () => {
  it('adds up trials and costs, with shares', () => {
    const campaign = someCampaign();
    const trials = paired(5, Math.sin, Math.sin).map(({ design, level, turned: [loss] }, i) => {
      const fidelity = campaign.spec.fidelities[level]!;
      const proposal = {
        id: `test/r${i + 1}/p1`,
        design,
        rowId: null,
        fidelity: fidelity.name,
        estimatedCost: fidelity.cost,
        reason: { kind: 'initial', text: 'because' },
      };
      return ended(proposal as unknown as Proposal, loss!, i === 0 ? 'failed' : 'measured');
    });
    const [low, high] = fidelitySummary({ campaign, phase: 'stopped', stop: null, trials, audit: [] });
    expect(low).toMatchObject({ name: 'low', trials: 4, toTarget: { pairs: 4, pays: null } });
    expect(low!.cost).toBeCloseTo(0.5, 12);
    expect(low!.share).toBeCloseTo(0.5 / 5.5, 12);
    expect(high).toMatchObject({ name: 'high', trials: 5, cost: 5, toTarget: null });
  });

  it('says in words what is known of each, and from which proposal on it was dropped', () => {
    const campaign = someCampaign();
    const say = (n: number, low: (i: number) => number, text: string) => {
      const trials = paired(n, low, Math.sin).map(({ design, level, turned: [loss] }, i) => {
        const { name: fidelity, cost: estimatedCost } = campaign.spec.fidelities[level]!;
        const reason = { kind: 'acquisition', text: i >= n ? `because; ${text}` : 'because' };
        const proposal = { id: `test/r${i + 1}/p1`, design, rowId: null, fidelity, estimatedCost, reason };
        return ended(proposal as unknown as Proposal, loss!);
      });
      return fidelitySummary({ campaign, phase: 'stopped', stop: null, trials, audit: [] });
    };
    const needs = 'a trial tells more for its cost than one at the target where the correlation is beyond ±0.32';
    const [same, target] = say(12, Math.sin, '');
    expect(target!.verdict).toBe('the target, at which the campaign is judged');
    expect(same!.verdict).toBe(`not dropped: ${needs}, and it is 1 (90 %: 1 to 1, 12 pairs)`);
    expect(say(2, Math.sin, '')[0]!.verdict).toBe(`${needs}; what it is, 2 designs measured at both do not tell`);
    expect(say(6, Math.sin, '')[0]!.verdict).toMatch(/^a trial .*; it is 1 \(.*\), and is judged from 8 pairs on$/);
    const useless = (i: number) => (i % 2 === 0 ? 1 : -1);
    const [dropped] = say(400, useless, 'low is no longer asked: its correlation');
    expect(dropped!.verdict).toMatch(/^low is no longer asked: its correlation with the target is /);
    expect(dropped!.droppedAt).toBe('test/r401/p1');
    // Another fidelity whose name ends alike.
    expect(say(400, useless, 'yellow is no longer asked: its correlation')[0]!.droppedAt).toBeNull();
  });
});
