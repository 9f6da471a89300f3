import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { quantile } from '../../models/stats/quantile.js';
import { compare } from '../../scripts/compare/compare.js';
import { comparisonDocument } from '../../scripts/compare/document.js';
import { middleOf } from '../../scripts/compare/spread.js';
import { besideSentence, comparisonLines } from '../../scripts/compare/words.js';
import { renderComparison } from '../../scripts/report/comparison/page.js';
import { simulationDocument } from '../../scripts/simulate/document.js';
import { parseStrategies, strategyLabel } from '../../scripts/simulate/strategies.js';
import { summaryText } from '../../scripts/simulate/summary.js';
import { runRecord } from '../support/runs.js';

const never = Number.POSITIVE_INFINITY;

describe('the middle of some values', () => {
  it('has quartiles between neighbours, infinite as soon as a part of them is', () => {
    // numpy.quantile([1, 2, 4, 8], [0.25, 0.5, 0.75]) of version 1.26
    expect([0.25, 0.5, 0.75].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1.75, 3, 5]);
    expect(quantile([1, never], 0.5)).toBe(never);
    expect(quantile([1, 2, never], 0.5)).toBe(2);
  });

  it('has an interval between two of them, by the binomial distribution', () => {
    const values = (n: number) => Array.from({ length: n }, (_, i) => n - i);
    // 1 − 2·P(Bin(n, ½) < k), e.g. scipy.stats.binom.cdf(k - 1, n, 0.5) of version 1.11
    expect(middleOf(values(5))).toEqual({ median: 3, low: 1, high: 5, coverage: 0.9375 });
    expect(middleOf(values(10))).toEqual({ median: 5.5, low: 2, high: 9, coverage: 1 - 22 / 1024 });
    expect(middleOf(values(20))).toMatchObject({ median: 10.5, low: 6, high: 15 });
    expect(middleOf(values(20)).coverage).toBeCloseTo(0.9586, 4);
    // Of too few, all of them, and how little that is worth.
    expect(middleOf(values(3))).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75 });
    expect(middleOf([7])).toEqual({ median: 7, low: 7, high: 7, coverage: 0 });
    expect(middleOf([3, never, never])).toMatchObject({ median: never, low: 3, high: never });
  });
});

describe('a comparison', () => {
  /** Six seeds each: a model that has 8 after four trials, random search that has 5 then. */
  const good = [1, 2, 3, 4, 5, 6].map((seed) => runRecord({ seed, values: [1, 3, 6, 8] }));
  const random = [1, 2, 3, 4, 5, 6].map((seed) =>
    runRecord({ seed, values: [1, 3, 4, seed === 6 ? 9 : 5], strategy: { acquisition: 'random' } }),
  );
  const compared = (records: readonly CampaignRecord[], ...thresholds: number[]) => compare(records, thresholds);

  it('of runs after a wanted value goes by the distance to it', () => {
    const wanted = (values: number[], more: object) => {
      const record = runRecord({ seed: 1, values, ...more });
      const objectives = [{ name: 'value', direction: 'target' as const, value: 7, tolerance: 0.5 }];
      const stop = [{ type: 'targetReached' as const, value: 7 }];
      return { ...record, campaign: { ...record.campaign, spec: { ...record.campaign.spec, objectives, stop } } };
    };
    const own = wanted([1, 4, 7.2], {});
    const [name] = Object.keys(own.trials[0]!.observation!.values);
    const named = (record: CampaignRecord): CampaignRecord => {
      const [first] = record.campaign.spec.objectives;
      const spec = { ...record.campaign.spec, objectives: [{ ...first!, name: name! }] };
      return { ...record, campaign: { ...record.campaign, spec } };
    };
    const far = wanted([1, 3, 4], { strategy: { acquisition: 'random' } });
    const { objective, compared, thresholds } = compare([named(own), named(far)]);
    expect(objective).toMatchObject({ name: `distance of ${name} to its target`, direction: 'minimise' });
    expect(compared.map(({ ends }) => ends)).toEqual([[expect.closeTo(0.2, 12)], [3]]);
    // Anything within the tolerance is what the rule wants.
    expect(thresholds).toContain(0.5);
    expect(compared[0]!.reached.find(({ threshold }) => threshold === 0.5)).toMatchObject({ seeds: 1 });
    expect(compared[0]!.beside!.at(-1)).toMatchObject({ ahead: 1, behind: 0 });
  });

  it('has random search as its baseline, last, and pairs the seeds', () => {
    const comparison = compared([...random, ...good], 6, 9);
    expect(comparison.compared.map(({ group }) => group.label)).toEqual(['default', 'random']);
    expect(comparison.baseline?.label).toBe('random');
    const [first, second] = comparison.compared;
    expect(first!.reached).toMatchObject([
      { threshold: 6, seeds: 6, cost: { median: 3 }, sooner: 6, later: 0 },
      { threshold: 9, seeds: 0, cost: { median: never }, sooner: 0, later: 1 },
    ]);
    expect(second!.reached.map(({ seeds }) => seeds)).toEqual([1, 1]);
    expect(second!.beside).toBeNull();
    expect(first!.beside!.map(({ spent, ahead, behind }) => [spent, ahead, behind])).toEqual([
      [1, 0, 0],
      [2, 0, 0],
      [4, 5, 1],
    ]);
    expect(first!.beside![2]!.gain).toMatchObject({ median: 3, low: -1, high: 3 });
  });

  it('draws the middle and the quarters of the seeds, and keeps what a run ended with', () => {
    const early = runRecord({ seed: 9, values: [2] });
    const {
      compared: [one],
    } = compared([...good.slice(0, 2), early]);
    expect(one!.curves.trials.map(({ spent, median, better, worse }) => [spent, -median, -better, -worse])).toEqual([
      [1, 1, 1.5, 1],
      [2, 3, 3, 2.5],
      [3, 6, 6, 4],
      [4, 8, 8, 5],
    ]);
  });

  it('takes thresholds of stop rules and of what was reached where none is stated', () => {
    const stop = [{ type: 'targetReached', value: 20 }];
    const both = [...good.slice(0, 2), ...random.slice(0, 2)];
    expect(compared(both).thresholds).toEqual([5, 6.5, 8]);
    const stopping = [runRecord({ seed: 1, values: [1, 7], stop })];
    expect(compared(stopping).thresholds).toEqual([7, 20]);
    expect(compared(both, 3).thresholds).toEqual([3]);
  });

  it('says in words what is sure and what may be chance', () => {
    const sure = compared([...good, ...random.map((one) => ({ ...one, trials: one.trials.slice(0, 3) }))]);
    expect(besideSentence(sure.compared[0]!, sure)).toBe(
      'default, at a cost of 3: 2 mJ better than random in the middle of the seeds (96 %: 2 to 2), ahead in 6, behind in 0 of 6 seeds.',
    );
    const unsure = compared([...good, ...random]);
    expect(besideSentence(unsure.compared[0]!, unsure)).toContain('that may be chance');
    expect(comparisonLines(compared(good, 99)).join('\n')).toMatch(/0 of 6 seeds, cost never[\s\S]*no baseline/);
  });

  it('leaves runs that were cut short out of every figure, and says so wherever it is read', () => {
    const stop = { reason: 'aborted', text: 'aborted by a person' } as const;
    const cut = (record: CampaignRecord, trials: number) => ({
      ...record,
      stop,
      trials: record.trials.slice(0, trials),
    });
    const whole = compared([...good.slice(0, 4), ...random], 6);
    const records = [...good.slice(0, 4), cut(good[4]!, 1), cut(good[5]!, 2), ...random];
    const comparison = compared(records, 6);
    expect({ ...comparison, leftOut: [] }).toEqual({ ...whole, leftOut: [] });
    expect(comparisonDocument(comparison).leftOut).toMatchObject([{ label: 'default', seeds: [5, 6] }]);
    expect(comparisonDocument(comparison).strategies[0]!.seeds).toEqual([1, 2, 3, 4]);
    const line = 'Cut short before their end, and in none of these figures: default seeds 5, 6.';
    expect(comparisonLines(comparison)).toContain(line);
    const page = renderComparison(records, [6]);
    expect(page).toContain(line);
    expect(page.match(/cut short \(not counted\)/g)).toHaveLength(2);
    expect(page.match(/<td>trial budget<\/td>/g)).toHaveLength(10);
    // A strategy none of whose runs has ended is in the table of runs alone.
    const gone = compared([...good.map((record) => cut(record, 1)), ...random]);
    expect(gone.compared.map(({ group }) => group.label)).toEqual(['random']);
    expect(gone.leftOut).toMatchObject([{ label: 'default' }]);
    const none = compared(good.map((record) => cut(record, 2)));
    expect(none.compared).toMatchObject([{ ends: Array(6).fill(-3) }]);
    expect(comparisonLines(none).join()).toContain('All runs were cut short');
  });

  it('of minimised values has better where they are lower', () => {
    const low = [1, 2, 3, 4, 5].map((seed) => runRecord({ seed, values: [4, 1], direction: 'minimise' }));
    const high = [1, 2, 3, 4, 5].map((seed) =>
      runRecord({ seed, values: [4, 3], direction: 'minimise', strategy: { acquisition: 'random' } }),
    );
    const comparison = compared([...low, ...high]);
    expect(comparison.thresholds).toEqual([3, 2, 1]);
    expect(comparison.compared[0]!.beside![2]!.gain).toMatchObject({ median: 2 });
    expect(comparison.compared[0]!.reached.map(({ seeds }) => seeds)).toEqual([5, 5, 5]);
  });

  it('tells groups of one strategy apart by what differs, and refuses what cannot be compared', () => {
    const more = runRecord({ seed: 1, values: [1, 3], parallel: 3 });
    expect(compared([...good, more]).compared.map(({ group }) => group.label)).toEqual([
      'default (parallel 1)',
      'default (parallel 3)',
    ]);
    const elsewhere = { ...more, campaign: { ...more.campaign, id: 'other' } };
    expect(compared([...good, elsewhere]).compared.map(({ group }) => group.label)).toEqual([
      'runs: default',
      'other: default',
    ]);
    const other = runRecord({ seed: 1, values: [1], direction: 'minimise' });
    expect(() => compared([...good, other])).toThrow(InvalidInputError);
    expect(() => compared([...good, good[0]!])).toThrow(/seed 1 of runs, default, is there twice/);
  });
});

describe('strategies on the command line', () => {
  it('are acquisitions, surrogates, both, or those of the file and of nobody', () => {
    expect(parseStrategies('default, file,ucb,gp,gp+log-pi,random')).toEqual([
      {},
      null,
      { acquisition: 'ucb' },
      { surrogate: 'gp' },
      { surrogate: 'gp', acquisition: 'log-pi' },
      { acquisition: 'random' },
    ]);
    expect(strategyLabel({ strategy: { surrogate: 'gp', acquisition: 'log-pi' } })).toBe('gp+log-pi');
    expect(strategyLabel({ strategy: { initial: { trials: 3 } } })).toBe('default');
  });

  it.each([
    ['defalt', /no strategy 'defalt' \(did you mean default/],
    ['randm,ucb', /no strategy 'randm' \(did you mean random/],
    ['ucb+log-pi', /'ucb\+log-pi' given/],
    ['gp+default', /'gp\+default' given/],
    ['a,,b', /no name/],
  ])('%s is refused', (text, said) => {
    expect(() => parseStrategies(text)).toThrow(said);
  });
});

describe('the table of seeds', () => {
  it('says in words what ended each, and has none that was cut short in its mean', () => {
    const [first, second, third] = [3, 5, 100].map((value, i) => runRecord({ seed: i + 1, values: [1, value] }));
    const cut = { ...third!, stop: { reason: 'aborted', text: 'aborted by a person' } } as const;
    const text = summaryText(first!.campaign, simulationDocument(first!.campaign, [first!, second!, cut]));
    expect(text.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      "runs: maximise f [mJ] at fidelity 'exact', 3 seeds",
      '',
      'seed best at 25 % best at 50 % best at 100 % trials cost best design stopped by',
      '1 - 1 3 2 2 x=0.2 trial budget',
      '2 - 1 5 2 2 x=0.2 trial budget',
      '3 - 1 100 2 2 x=0.2 cut short',
      'mean - 1 ± 0.0 4 ± 1.0',
      'cut short before their end, and in no mean: seed 3',
    ]);
    expect(summaryText(cut.campaign, simulationDocument(cut.campaign, [cut]))).not.toContain('mean  ');
  });
});
