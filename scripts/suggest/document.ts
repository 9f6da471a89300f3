import { type Campaign, targetFidelity } from '../../models/domain/campaign.js';
import { standingsOf } from '../../models/domain/design-standings.js';
import { outsideOf } from '../../models/domain/outside.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { isReached, primaryObjective } from '../../models/domain/standing.js';
import type { Decision } from '../../models/strategy/decision.js';
import { outliersOf } from '../../models/strategy/explain/outliers.js';
import { purposeAmong, purposeOf } from '../../models/strategy/explain/purpose.js';
import { lastSourceFits, sourceInWords } from '../../models/strategy/explain/source-words.js';
import { bestOf, withoutBest } from '../outcome.js';
import { outlierLines } from '../outlier-lines.js';
import { passedOver, passedOverLines } from '../passed-over.js';
import { tradeOffLines, tradeOffsOf } from '../trade-offs.js';
import { formatExpected, formatNumber, meanWords, targetText, wantedText, wordingOf } from '../wording.js';
import { namedByLine, tableLines, withoutValue, withoutValueLines } from './table-lines.js';

/** Mean and standard deviation of the objective, in its own unit. */
interface Expected {
  readonly mean: number;
  readonly sd: number;
}

function expected(mean: number | null, sd: number | null): Expected | null {
  return mean === null || sd === null ? null : { mean, sd };
}

/** What was learned of each earlier campaign, as numbers and in words. */
function earlierCampaigns({ sources = [] }: Campaign['space'], proposals: readonly Proposal[]) {
  const fits = lastSourceFits(proposals.map((proposal) => ({ proposal })));
  return sources.map((source, i) => {
    const fit = fits?.[i] ?? null;
    return { name: source.name, rows: source.values.length, fit, inWords: sourceInWords(source, fit) };
  });
}

/** What `athanor suggest` says, as plain JSON. */
export type SuggestDocument = Awaited<ReturnType<typeof suggestDocument>>;

/**
 * The next proposals with what is expected of them and why, after the results they were made from.
 *
 * @param trials - the results as the planner took them in, before it was asked
 * @param lines - line of each of them in its table, from 1, where they stand in one
 */
export async function suggestDocument(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  decision: Decision,
  lines: readonly number[] = [],
) {
  const outliers = await outliersOf(campaign, trials, decision.proposals);
  const { spec } = campaign;
  const best = bestOf(spec, trials);
  const standing = standingsOf(spec, trials).front;
  const tradeOffs = tradeOffsOf(spec, trials);
  const lineOf = tableLines(trials, lines);
  const lacking = withoutValue(spec, trials, lineOf);
  const passed = passedOver(spec, trials);
  const ended = (outcome: string) => trials.filter((trial) => trial.observation?.outcome === outcome).length;
  const objective = primaryObjective(spec);
  const { name, direction, unit } = objective;
  return {
    campaign: campaign.id,
    objective: { name, direction, unit: unit ?? null },
    target: targetFidelity(spec).name,
    budget: spec.budget,
    results: {
      measured: ended('measured'),
      failed: ended('failed'),
      quarantined: ended('quarantined'),
      pending: trials.filter((trial) => trial.state === 'running').length,
      /** Of designs that are none of the space, and so are learned from but never proposed. */
      outside: trials.filter(({ proposal }) => outsideOf(campaign.space, proposal) !== null).length,
      cost: trials.reduce((sum, { observation }) => sum + (observation?.cost ?? 0), 0),
    },
    quarantined: trials.flatMap(({ proposal: { design, rowId }, observation }, i) =>
      observation?.outcome === 'quarantined'
        ? [
            {
              line: lines[i] ?? null,
              rowId,
              design,
              value: answered(observation.details.answered, name),
              why: observation.cause?.message ?? null,
            },
          ]
        : [],
    ),
    best:
      best === null
        ? null
        : {
            value: best.value,
            /** How many measurements that is the mean of; absent where it is a single one. */
            ...(best.measuredIn === undefined ? {} : { measurements: best.measuredIn.length }),
            design: best.design,
            rowId: best.rowId,
            /** Why it is none that may be proposed; null where it is one. */
            outside: outsideOf(campaign.space, best),
            /** Of an objective with a target: how far it is from there, and whether that is within the tolerance. */
            ...(direction === 'target'
              ? { distance: Math.abs(best.value - objective.value!), reached: isReached(objective, best.value) }
              : {}),
          },
    /** The trials that none is better than; absent with one objective. */
    ...(tradeOffs === null
      ? {}
      : {
          tradeOffs: {
            ...tradeOffs,
            front: tradeOffs.front.map((one) => ({ ...one, line: lineOf.get(one.trialId) ?? null })),
          },
        }),
    /** Results that would be the best, or of the front, did they count, and why they do not; absent where there are none. */
    ...(passed.length === 0
      ? {}
      : { passedOver: passed.map((one) => ({ ...one, line: lineOf.get(one.trialId) ?? null })) }),
    /** Measured results without a value of an objective; absent where there are none. */
    ...(lacking.length === 0 ? {} : { withoutValue: lacking }),
    proposals: decision.proposals.map(({ design, rowId, fidelity, estimatedCost, reason }: Proposal) => ({
      design,
      rowId,
      fidelity,
      estimatedCost,
      expected: expected(reason.mean, reason.sd),
      expectedAtTarget: expected(reason.targetMean, reason.targetSd),
      kind: reason.kind,
      /** Of each objective and bounded outcome beside the first, at the target; absent where there is none. */
      ...(reason.outcomes === undefined ? {} : { outcomes: reason.outcomes }),
      /** Probability that the bounds are kept; absent where there are none. */
      ...(reason.within === undefined ? {} : { within: reason.within }),
      purpose:
        spec.objectives.length > 1
          ? purposeAmong(spec, reason, standing)
          : purposeOf(spec, reason, best?.value ?? null),
      acquisition: reason.acquisition,
      acquisitionValue: reason.value,
      why: namedByLine(reason.text, lineOf),
    })),
    /** Values that all others speak against, each with its line in the table. */
    outliers: outliers.map((one) => ({ ...one, line: lineOf.get(one.trialId) ?? null })),
    shortfall: decision.shortfall,
    ...(campaign.space.sources === undefined ? {} : { earlier: earlierCampaigns(campaign.space, decision.proposals) }),
  };
}

/** The value that was answered for an objective, kept beside what was quarantined; null where there is none. */
function answered(kept: unknown, objective: string): number | null {
  const value = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>)[objective] : undefined;
  return typeof value === 'number' ? value : null;
}

/** The document as a table for people. @param trials - the results it was made from */
export function suggestText(campaign: Campaign, trials: readonly TrialRecord[], document: SuggestDocument): string {
  const { spec } = campaign;
  const next = document.proposals.map(({ design }) => ({ proposal: { design }, observation: null }));
  const wording = wordingOf(campaign, [...trials, ...next]);
  const { results, best, objective, proposals } = document;
  const { measured, failed, quarantined, pending, cost } = results;
  const known = measured + failed + quarantined + pending;
  const beyond = quarantined === 0 ? '' : `, ${quarantined} quarantined`;
  const of = spec.budget.cost === undefined ? '' : ` of ${formatNumber(spec.budget.cost)}`;
  const towards = best === null ? null : targetText(primaryObjective(spec), best.value);
  const bestText =
    best === null
      ? withoutBest(spec, trials)
      : `best ${objective.name} so far ${wording.value(best.value)}${meanWords(best.measurements)}${towards === null ? '' : `, ${towards}`}: ${wording.design(best.design, best.rowId)}${best.outside === null ? '' : `; ${best.outside}, so it is learned from and not proposed again`}`;
  const passed = document.passedOver ?? [];
  const toldLines = new Map(
    [...(document.tradeOffs?.front ?? []), ...passed].flatMap(({ trialId, line }) =>
      line === null ? [] : [[trialId, line] as const],
    ),
  );
  const lines = [
    `${document.campaign}: ${wantedText(spec)}; ${known} result${known === 1 ? '' : 's'} (${measured} measured, ${failed} failed${beyond}, ${pending} pending), cost ${formatNumber(cost)}${of}`,
    ...(document.tradeOffs === undefined
      ? [bestText]
      : tradeOffLines(spec, document.tradeOffs, wording).map((line) => namedByLine(line, toldLines))),
    ...passedOverLines(spec, passed, wording).map((line) => `passed over: ${namedByLine(line, toldLines)}`),
    ...withoutValueLines(spec, document.withoutValue ?? []),
  ];
  if (results.outside > 0)
    lines.push(
      `${results.outside} of them ${results.outside === 1 ? 'is' : 'are'} of designs that ${campaign.space.pool === null ? 'the space does' : 'the pool does'} not have: learned from, never proposed`,
    );
  for (const { line, design, rowId, why } of document.quarantined) {
    const place = line === null ? '' : `line ${line}, `;
    lines.push(
      `quarantined, not learned from: ${why ?? 'no reason is known'} (${place}${wording.design(design, rowId)})`,
    );
  }
  lines.push(...outlierLines(campaign, document.outliers, trials));
  for (const { inWords } of document.earlier ?? []) lines.push(`earlier campaign ${inWords}`);
  if (proposals.length === 0) return lines.join('\n');
  const several = spec.fidelities.length > 1;
  const further = spec.objectives.slice(1);
  const pooled = campaign.space.pool !== null;
  const shown = (value: Expected | null) => (value === null ? '-' : formatExpected(value.mean, value.sd));
  const rows = proposals.map((proposal, i) => [
    String(i + 1),
    ...(pooled ? [proposal.rowId ?? '-'] : []),
    wording.design(proposal.design, null),
    ...(several ? [proposal.fidelity] : []),
    shown(proposal.expected),
    ...(several ? [shown(proposal.expectedAtTarget)] : []),
    ...further.map(({ name }) => shown(proposal.outcomes?.find((one) => one.name === name) ?? null)),
    `${proposal.purpose}: ${proposal.why}`,
  ]);
  const head = [
    '',
    ...(pooled ? ['row'] : []),
    'design',
    ...(several ? ['fidelity'] : []),
    further.length === 0 ? 'expected' : objective.name,
    ...(several ? ['at the target'] : []),
    ...further.map(({ name }) => name),
    'why',
  ];
  const exploring = proposals.filter(({ purpose }) => purpose === 'explore').length;
  lines.push(`${purposes(proposals.length - exploring, exploring)}`);
  return [...lines, '', ...aligned([head, ...rows])].join('\n');
}

/** How many trials are for what, in words. */
function purposes(exploiting: number, exploring: number): string {
  return `next: ${exploiting} to exploit what is known (expected to better the best so far), ${exploring} to explore where little is known`;
}

/** Rows of cells as lines, each column as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
