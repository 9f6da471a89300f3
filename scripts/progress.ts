import type { Campaign, CampaignSpec } from '../models/domain/campaign.js';
import type { BudgetInForce } from '../models/domain/change.js';
import { durationMs } from '../models/domain/duration.js';
import { needs, type Stop, type TrialRecord } from '../models/domain/record.js';
import { judgedAt, lacksPrimary, primaryObjective } from '../models/domain/standing.js';
import { expectedEnd, type FidelityDurations } from '../models/strategy/explain/durations.js';
import { type Purpose, purposesOf } from '../models/strategy/explain/purpose.js';
import type { Progress } from '../models/strategy/progress.js';
import type { CampaignReport } from './durable/course.js';
import { durationText } from './duration-text.js';
import { cleanLine, failureLine } from './failure-line.js';
import { type TraceStep, withoutBest } from './outcome.js';
import { notCountingText, passedOver, passedOverLines } from './passed-over.js';
import { obstacleText, waitText } from './stillness-lines.js';
import { tradeOffLines, tradeOffsOf, valuesText } from './trade-offs.js';
import { formatNumber, hasNamedRows, meanWords, targetText, type Wording, wordingOf } from './wording.js';

/**
 * Milliseconds until the budget is used up if the campaign goes on as fast as so far; null while that cannot be told, or
 * without a budget. The wall clock bounds it.
 */
export function remainingMs(campaign: Campaign, report: CampaignReport, now: number): number | null {
  const budget = budgetOf(campaign, report);
  const { createdAt } = report;
  const ended = endedTrials(report);
  if (ended === 0 || report.phase !== 'running') return null;
  const elapsed = now - createdAt;
  const shares = [
    budget.cost === null ? null : report.spent / budget.cost,
    budget.trials === null ? null : ended / budget.trials,
  ].filter((share) => share !== null && share > 0);
  const estimates = shares.map((share) => (elapsed * Math.max(0, 1 - share!)) / share!);
  const { wallClockMs } = budget;
  if (wallClockMs !== null) estimates.push(Math.max(0, wallClockMs - elapsed));
  return estimates.length === 0 ? null : Math.min(...estimates);
}

/**
 * The state of a running campaign as a block of lines: best, cost by fidelity, trials in flight, time left.
 *
 * @param durations - how long trials took so far, by which ends of those in flight are predicted
 * @param trials - those from which the best is to be told apart; of those in flight, they tell what each is for
 */
export function progressBlock(
  campaign: Campaign,
  report: CampaignReport,
  now: number,
  durations: readonly FidelityDurations[] = [],
  trials: readonly TrialRecord[] = [],
): readonly string[] {
  const { spec } = campaign;
  const wording = wordingOf(campaign, trials);
  const { best } = report;
  const budget = budgetOf(campaign, report);
  const left = remainingMs(campaign, report, now);
  const ofCost = budget.cost === null ? '' : ` of ${formatNumber(budget.cost)}`;
  const ofTrials = budget.trials === null ? '' : ` of ${budget.trials}`;
  const time = `${durationText(now - report.createdAt)}${left === null ? '' : `, about ${durationText(left)} left at most`}`;
  const front = tradeOffLines(spec, tradeOffsOf(spec, trials), wording);
  const lines = [
    `${campaign.id}: ${report.phase}, ${time}`,
    ...(front.length > 0
      ? front.map((line, i) => (i === 0 ? `  front    ${line}` : `           ${line}`))
      : [
          `  best     ${best === null ? withoutBest(spec, trials) : `${bestText(spec, best.value, wording)}${meanWords(best.measuredIn?.length)}, ${wording.design(best.design, best.rowId)}`}`,
        ]),
    ...passedOverLines(spec, passedOver(spec, trials), wording).map((line) => `  passed over  ${line}`),
    `  cost     ${formatNumber(report.spent)}${ofCost}${byFidelity(campaign, report)}`,
    `  trials   ${endedTrials(report)}${ofTrials} ended${failures(report)}`,
    `  running  ${inFlight(report, now, { spec, durations, purposes: purposesOf(spec, trials) })}`,
  ];
  if (report.problem !== null) lines.push(`  problem  ${report.problem}`);
  const people = waitForPeople(trials);
  if (people !== null) lines.push(`  waiting  for people: ${people}; athanor inbox ${campaign.id}`);
  if (report.course.worked === false && report.phase !== 'stopped')
    lines.push('  waiting  no worker runs, so nothing goes on: athanor worker');
  for (const { name, since, trials } of report.away)
    lines.push(`  waiting  ${awayText(name, now - since, trials.length)}`);
  for (const obstacle of report.obstacles) {
    lines.push(`  standing ${obstacleText(obstacle, now)}`);
    lines.push(...obstacle.remedies.map((command) => `           ${command}`));
  }
  for (const wait of report.waits.slice(0, mostWaits)) lines.push(`  waiting  ${waitText(wait, now)}`);
  if (report.waits.length > mostWaits)
    lines.push(`  waiting  ${report.waits.length - mostWaits} more trials for slots`);
  const { deciding } = report.course;
  if (deciding !== null) lines.push(`  deciding ${progressText(deciding)}, for ${durationText(now - deciding.since)}`);
  for (const { id, attempt, message } of report.course.retrying.slice(0, 3))
    lines.push(`  waiting  ${id}, attempt ${attempt}: ${cleanLine(message.split('\n')[0]!)}`);
  return lines;
}

/** The best value, and how near it is to its target where there is one. */
function bestText(spec: CampaignSpec, value: number, wording: Wording): string {
  const objective = primaryObjective(spec);
  const towards = targetText(objective, value);
  return `${objective.name} ${wording.value(value)}${towards === null ? '' : ` (${towards})`}`;
}

/** How many trials wait for what of people; null where none does. */
function waitForPeople(trials: readonly TrialRecord[]): string | null {
  const words = { approval: 'for approval', result: 'for a result', resolution: 'for a word on their jobs' } as const;
  const parts = needs.flatMap((need) => {
    const count = trials.filter((trial) => trial.needs === need).length;
    return count === 0 ? [] : [{ count, what: words[need] }];
  });
  if (parts.length === 0) return null;
  return parts
    .map(({ count, what }, i) => `${count}${i > 0 ? '' : count === 1 ? ' trial' : ' trials'} ${what}`)
    .join(', ');
}

/** Trials that wait for a slot which are named. */
const mostWaits = 4;

/** One line for a trial that has ended, with where the campaign stood then. @param trials - those to be told apart */
export function trialLine(
  campaign: Campaign,
  { trial, cumulativeCost, best, measurements }: TraceStep,
  trials: readonly TrialRecord[],
): string {
  const { spec } = campaign;
  const wording = wordingOf(campaign, trials);
  const { proposal, observation } = trial;
  const value = observation?.values[primaryObjective(spec).name];
  const cause = observation?.cause ?? null;
  const outcome =
    observation?.outcome === 'measured'
      ? `measured, without ${primaryObjective(spec).name}`
      : `${observation?.outcome}, ${cause === null ? 'no cause given' : failureLine(cause)}`;
  const values = observation?.values ?? {};
  const measured =
    spec.objectives.length > 1 ? valuesText(spec, values) : value === undefined ? '' : wording.value(value);
  const isJudged = observation !== null && judgedAt(spec, proposal.fidelity, observation) !== null;
  const why = isJudged && value !== undefined ? notCountingText(spec, values) : null;
  const told = value === undefined ? outcome : `${measured}${why === null ? '' : `, but ${why}`}`;
  const label = wording.design(proposal.design, proposal.rowId);
  const purpose = purposesOf(spec, trials).get(proposal.id);
  const stand = `${purpose === undefined ? '' : `${purpose}; `}best ${best === null ? 'none yet' : `${wording.value(best)}${meanWords(measurements)}`}, cost ${formatNumber(cumulativeCost)}`;
  return `${proposal.id}  ${proposal.fidelity}  ${label}  ${told}  (${stand})`;
}

/** Trials that wait for a home of which no worker is at work. */
export function awayText(name: string, forMs: number, trials: number): string {
  return `${trials} trial${trials === 1 ? '' : 's'} for home ${name}, away for ${durationText(forMs)}: start a worker there, or 'athanor retry'`;
}

/** What a decision is doing, as people say it. */
export function progressText({ stage, observations, made, count }: Progress): string {
  const trials = `${observations} observation${observations === 1 ? '' : 's'}`;
  if (stage === 'prepare') return 'reading the space and its trials';
  if (stage === 'fit') return `fitting ${trials}`;
  return `looking for proposal ${made + 1} of ${count} after ${trials}`;
}

/** Trials that are over, whatever came of them. */
export function endedTrials(report: CampaignReport): number {
  return report.measured + report.failed + report.quarantined + report.cancelled;
}

/** The budget in force: that of the campaign file until a person changes it. */
function budgetOf({ spec }: Campaign, { budget }: CampaignReport): BudgetInForce {
  const { cost, trials, wallClock } = spec.budget;
  const wallClockMs = wallClock === undefined ? null : durationMs(wallClock);
  return budget ?? { cost: cost ?? null, trials: trials ?? null, wallClockMs };
}

function byFidelity(campaign: Campaign, report: CampaignReport): string {
  const parts = campaign.spec.fidelities.flatMap(({ name }) => {
    const found = report.fidelities.find(({ fidelity }) => fidelity === name);
    return found === undefined ? [] : [`${name} ${formatNumber(found.cost)} (${found.trials})`];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function failures(report: CampaignReport): string {
  const parts = (['failed', 'quarantined', 'cancelled'] as const).flatMap((outcome) =>
    report[outcome] === 0 ? [] : [`${report[outcome]} ${outcome}`],
  );
  return parts.length === 0 ? '' : `, of which ${parts.join(', ')}`;
}

function inFlight(
  report: CampaignReport,
  now: number,
  {
    spec,
    durations,
    purposes,
  }: {
    readonly spec: Campaign['spec'];
    readonly durations: readonly FidelityDurations[];
    readonly purposes: ReadonlyMap<string, Purpose>;
  },
): string {
  if (report.inFlight.length === 0) return 'nothing at the moment';
  const shown = report.inFlight.slice(0, 4).map(({ id, rowId, fidelity, startedAt }) => {
    const since = startedAt === null ? '' : runningText(fidelity, now - startedAt, durations);
    const purpose = purposes.get(id);
    const told = purpose === undefined ? '' : `, to ${purpose}`;
    const name = rowId !== null && hasNamedRows(spec) ? rowId : id.slice(report.id.length + 1);
    return `${name} at ${fidelity}${told}${since}`;
  });
  const more = report.inFlight.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** How long a trial has run and when it is expected to end. */
function runningText(fidelity: string, elapsedMs: number, durations: readonly FidelityDurations[]): string {
  const since = ` for ${durationText(elapsedMs)}`;
  const known = durations.find(({ name }) => name === fidelity);
  const end = known === undefined ? null : expectedEnd(known, elapsedMs);
  if (end === null) return since;
  if (end.kind === 'in') return `${since} (about ${durationText(end.remainingMs)} more)`;
  return `${since} (longer than any before: ${durationText(end.longestMs)})`;
}

/** Why the last trials failed, newest first: a line for each of at most `most` different reasons, with how often. */
export function failureLines(trials: readonly TrialRecord[], most = 3): readonly string[] {
  const reasons = new Map<string, { id: string; times: number }>();
  for (const { proposal, observation } of [...trials].reverse()) {
    if (observation === null || observation.cause === null || observation.outcome === 'cancelled') continue;
    const reason = `${observation.outcome}, ${failureLine(observation.cause)}`;
    const known = reasons.get(reason);
    reasons.set(reason, { id: known?.id ?? proposal.id, times: (known?.times ?? 0) + 1 });
  }
  return [...reasons]
    .slice(0, most)
    .map(([reason, { id, times }]) => `${id}: ${reason}${times === 1 ? '' : ` (${times} times)`}`);
}

/**
 * Which trials gave no value through no fault of their designs, newest first, and how one is measured after all; null where
 * there are none. What failed as chemistry is a finding, and stays.
 */
export function againLine(
  { spec, stop }: { readonly spec: CampaignSpec; readonly stop: Stop | null },
  trials: readonly TrialRecord[],
  most = 3,
): string | null {
  const lost = trials.filter(
    ({ observation }) =>
      (observation !== null && lacksPrimary(spec, observation)) ||
      (observation?.outcome === 'failed' && observation.cause?.class !== 'chemistry') ||
      observation?.outcome === 'quarantined' ||
      // As by a safe stop; with the campaign it was called off.
      (observation?.outcome === 'cancelled' && stop?.reason !== 'aborted'),
  );
  if (lost.length === 0) return null;
  const [first, ...others] = lost.map(({ proposal }) => proposal.id).reverse();
  const count = `${lost.length} ${lost.length === 1 ? 'trial' : 'trials'} gave no value for reasons other than the design`;
  const more = others.length > most - 1 ? ` and ${others.length - most + 1} more` : '';
  const also = others.length === 0 ? '' : ` (or ${others.slice(0, most - 1).join(', ')}${more})`;
  return `${count}; to measure again: athanor retry ${first}${also}`;
}
