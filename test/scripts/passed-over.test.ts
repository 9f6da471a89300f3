import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import { conclude } from '../../scripts/commands/result.js';
import { bestOf, traceOf } from '../../scripts/outcome.js';
import { passedOver, passedOverLines } from '../../scripts/passed-over.js';
import { progressBlock, trialLine } from '../../scripts/progress.js';
import { renderComparison } from '../../scripts/report/comparison/page.js';
import { Beats } from '../../scripts/simulate/beats.js';
import { simulationDocument } from '../../scripts/simulate/document.js';
import { summaryText } from '../../scripts/simulate/summary.js';
import { tradeOffLines, tradeOffsOf } from '../../scripts/trade-offs.js';
import { wordingOf } from '../../scripts/wording.js';
import { goalsRecord, type Instead } from '../support/goals-record.js';

/** One goal with a bound: the second trial has no impurity, the third breaks its bound, the fifth lacks both worth and impurity. */
const oneGoal = (instead: Instead, seed = 3) =>
  goalsRecord({ objectives: ['yield'], trials: 5, most: 0.9, instead, seed });
const usual = { 1: { yield: 60, impurity: 0.5 }, 4: { yield: 40, impurity: 0.1 }, 5: { yield: 20 } };
const plain = { ...usual, 2: { yield: 1, impurity: 0.5 }, 3: { yield: 1, impurity: 0.5 } };
const some = { ...usual, 2: { yield: 88 }, 3: { yield: 95, impurity: 1.5 } };

const linesOf = ({ campaign, trials }: CampaignRecord) =>
  passedOverLines(campaign.spec, passedOver(campaign.spec, trials), wordingOf(campaign, trials));

describe('what is passed over', () => {
  it('is a trial that would be the best but for a bound, those first that only lack a value; worse ones are not', async () => {
    const { campaign, trials } = await oneGoal(some);
    expect(bestOf(campaign.spec, trials)!.value).toBe(60);
    const passed = passedOver(campaign.spec, trials);
    expect(passed.map(({ trialId, values, why }) => ({ trialId, values, why }))).toEqual([
      { trialId: 'test/r2/p1', values: { yield: 88 }, why: [{ outcome: 'impurity', value: null, max: 0.9 }] },
      { trialId: 'test/r3/p1', values: { yield: 95 }, why: [{ outcome: 'impurity', value: 1.5, max: 0.9 }] },
    ]);
    expect(passed[0]!.design).toEqual(trials[1]!.proposal.design);
  });

  it('is nothing where the best is the best of all that was measured', async () => {
    const record = await oneGoal({ ...some, 1: { yield: 99, impurity: 0.5 } });
    expect(linesOf(record)).toEqual([]);
  });

  it('is told the first three of, with how many more, where nothing counts', async () => {
    const record = await oneGoal({
      1: { yield: 1 },
      2: { yield: 2 },
      3: { yield: 3 },
      4: { yield: 4 },
      5: { yield: 5 },
    });
    expect(linesOf(record).map((line) => line.replace(/: .*? \(test/, ' (test'))).toEqual([
      'yield 5 % (test/r5/p1), as impurity was not measured (wanted ≤ 0.9)',
      'yield 4 % (test/r4/p1), as impurity was not measured (wanted ≤ 0.9)',
      'yield 3 % (test/r3/p1), as impurity was not measured (wanted ≤ 0.9)',
      'and 2 more',
    ]);
  });

  it('is, among several goals, what would join the front, and what is ahead of it in one and lacks another', async () => {
    const record = await goalsRecord({
      trials: 5,
      most: 0.9,
      instead: {
        1: { yield: 60, cost: 5, impurity: 0.5 },
        // As good as nothing in the front; better in cost, but breaks its bound; worse than the first in all, and breaks it too.
        2: { yield: 88, impurity: 0.5 },
        3: { yield: 30, cost: 2, impurity: 2 },
        4: { yield: 20, cost: 9, impurity: 2 },
        5: { yield: 40, impurity: 0.5 },
      },
    });
    expect(passedOver(record.campaign.spec, record.trials).map(({ trialId, why }) => [trialId, why])).toEqual([
      ['test/r2/p1', [{ outcome: 'cost', value: null }]],
      ['test/r3/p1', [{ outcome: 'impurity', value: 2, max: 0.9 }]],
    ]);
  });
});

describe('everywhere that a best is told', () => {
  const told = /yield 88 %: x=\S+ y=\S+ \(test\/r2\/p1\), as impurity was not measured \(wanted ≤ 0\.9\)/;

  it('says what is passed over: at the end of run and watch, and in the report', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-passed-'));
    try {
      const file = join(folder, 'report.html');
      const { result, text } = await conclude(await oneGoal(some), file, null, () => undefined);
      expect(result.passedOver.map(({ trialId }) => trialId)).toEqual(['test/r2/p1', 'test/r3/p1']);
      expect(text.match(/^ {2}passed over {2}.*$/gm)![0]).toMatch(told);
      const page = await readFile(file, 'utf8');
      expect(/<ul class="note" id="passed-over"><li>(.*?)<\/li>/.exec(page)![1]).toMatch(told);
      // Among the best measured, what does not count stands last and says why.
      const rows = page.slice(page.indexOf('id="top"'), page.indexOf('</table>', page.indexOf('id="top"')));
      expect(rows).toContain('does not count, as');
      expect(rows).toContain('<td>r3/p1</td><td>impurity is 1.5 (wanted ≤ 0.9)</td>');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says so in the state of a campaign, of a trial that ended, and in what simulate prints', async () => {
    const record = await oneGoal(some);
    const { campaign, trials } = record;
    const figures = { phase: 'running', createdAt: 0, best: bestOf(campaign.spec, trials), budget: null } as const;
    const none = { fidelities: [], inFlight: [], away: [], obstacles: [], waits: [], problem: null };
    const course = { worked: true, deciding: null, retrying: [] };
    const report = { ...figures, ...none, course, spent: 5, measured: 5, failed: 0, quarantined: 0, cancelled: 0 };
    const block = progressBlock(campaign, report as never, 1_000, [], trials);
    expect(block[2]).toMatch(/^ {2}passed over {2}yield 88 %/);
    expect(block[2]).toMatch(told);
    const lines = traceOf(record).map((step) => trialLine(campaign, step, trials));
    expect(lines[1]).toMatch(/ {2}88 %, but impurity was not measured \(wanted ≤ 0\.9\) {2}\(/);
    expect(lines[0]).not.toContain('but');
    const document = simulationDocument(campaign, [record]);
    expect(document.seeds[0]!.passedOver).toHaveLength(2);
    expect(/^passed over, seed \d+: (.*)$/m.exec(summaryText(campaign, document))![1]).toMatch(told);
    const said: string[] = [];
    new Beats(1, (line) => said.push(line)).done(record, 0);
    expect(said[0]).toContain('best 60 % (2 passed over)');
    const page = renderComparison([record, await oneGoal(plain, 4)]);
    const runs = page.slice(page.indexOf('id="runs"'));
    expect(runs).toContain('>passed over</th>');
    expect(
      [...runs.matchAll(/<td class="number">60<\/td><td>.*?<\/td><td class="number">(\d)<\/td>/g)].map(([, n]) => n),
    ).toEqual(['2', '0']);
    expect(renderComparison([await oneGoal(plain)])).not.toContain('passed over');
  });
});

describe('at the end of run and watch', () => {
  it('stands all that several goals have come to, as in status', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-goals-'));
    try {
      const record = await goalsRecord();
      const { campaign, trials } = record;
      const { result, text } = await conclude(record, join(folder, 'report.html'), null, () => undefined);
      const tradeOffs = tradeOffsOf(campaign.spec, trials)!;
      expect(tradeOffs.front.length).toBeGreaterThan(1);
      expect(result.tradeOffs).toEqual(tradeOffs);
      const best = trials.find(({ proposal }) => proposal.id === result.best!.trialId)!;
      expect(result.best!.values).toEqual(best.observation!.values);
      expect(text).toMatch(/^ {2}cost +[\d.]+ EUR$/m);
      for (const line of tradeOffLines(campaign.spec, tradeOffs, wordingOf(campaign, trials)))
        expect(text).toContain(line);
      const one = await conclude(await oneGoal(some), join(folder, 'one.html'), null, () => undefined);
      expect(one.result.tradeOffs).toBeNull();
      expect(one.text).not.toMatch(/^ {2}front/m);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
