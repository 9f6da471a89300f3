import type { BudgetInForce, Change } from '../models/domain/change.js';
import { committedCost } from './loop.js';
import type { CampaignStatus, ChangeOf } from './messages.js';
import { isWhole, membersOf } from './payloads.js';
import { restsOnValues } from './stop-rules.js';

/** Trials at a time that one campaign may have; the campaign file says the same. */
const maxParallel = 500;
/** The longest time that a campaign file may name, milliseconds: a hundred years. */
const longestMs = 36_500 * 86_400_000;
/** What a change may say beside who makes it. */
export const changeNames = ['parallel', 'budget', 'stop', 'fixed', 'contexts', 'after'];

/** Whether a campaign takes changes: it begins trials, or is about to end by a rule that a change may undo. */
export function takesChanges({ phase, stop }: Pick<CampaignStatus, 'phase' | 'stop'>): boolean {
  return phase === 'running' || phase === 'paused' || (phase === 'draining' && restsOnValues(stop));
}

/** Everything that is wrong with a change, a line each. What the schema of the campaign file says of it, its author is told before. */
export function changeFaults(state: CampaignStatus, change: ChangeOf): readonly string[] {
  const { parallel, budget, stop, fixed, contexts, after } = change;
  const faults: string[] = [];
  if (parallel === undefined && isEmpty(budget) && isEmpty(stop) && isEmpty(fixed) && isEmpty(contexts))
    faults.push('nothing to change was given; name parallel, budget, stop, fixed or contexts');
  if (parallel !== undefined) faults.push(...parallelFaults(parallel));
  if (budget !== undefined) faults.push(...budgetFaults(state, budget));
  if (stop !== undefined) faults.push(...stopFaults(stop));
  for (const [name, value] of Object.entries(membersOf(fixed)))
    if (value !== null && typeof value !== 'string' && !isNumber(value))
      faults.push(`${shown(name)} fixed at ${shown(value)} was given; a number or a text is wanted, or null`);
  for (const [name, value] of Object.entries(membersOf(contexts)))
    if (typeof value !== 'string' && !isNumber(value))
      faults.push(`context ${shown(name)} ${shown(value)} was given; a number or a text is wanted`);
  if (after !== undefined && !(isWhole(after) && after >= 0))
    faults.push(`after ${shown(after)} was given; the number of changes that are known is wanted`);
  return faults;
}

/** What is wrong with a number of trials at a time. */
export function parallelFaults(parallel: unknown): readonly string[] {
  if (isWhole(parallel) && parallel >= 1 && parallel <= maxParallel) return [];
  return [`parallel ${shown(parallel)} was given; a whole number from 1 to ${maxParallel} is allowed`];
}

/** What is wrong with a budget for a campaign that stands so. */
export function budgetFaults(state: CampaignStatus, budget: Partial<BudgetInForce>): readonly string[] {
  const { cost, trials, wallClockMs, ...rest } = membersOf(budget);
  const faults = unknownNames(rest, 'budget', ['cost', 'trials', 'wallClockMs']);
  const committed = state.spent + committedCost(state);
  if (!isNullOrAtLeast(cost, committed))
    faults.push(
      `budget cost ${shown(cost)} was given; null or a number from ${committed} (spent and committed) is allowed`,
    );
  const begun = state.started + state.waiting.length;
  if (!isNullOrAtLeast(trials, begun) || (typeof trials === 'number' && !Number.isInteger(trials)))
    faults.push(`budget trials ${shown(trials)} was given; null or a whole number from ${begun} (started) is allowed`);
  if (!isNullOrAtLeast(wallClockMs, 0) || (typeof wallClockMs === 'number' && wallClockMs > longestMs))
    faults.push(
      `budget wallClockMs ${shown(wallClockMs)} was given; null or milliseconds from 0 to ${longestMs} are allowed`,
    );
  return faults;
}

type StopNames = keyof NonNullable<Change['stop']>;

/** What each rule is stated by, and which numbers are allowed. */
const rules: Readonly<Record<StopNames, Readonly<Record<string, (value: number) => boolean>>>> = {
  targetReached: { value: () => true },
  noImprovement: { rounds: (value) => isWhole(value) && value >= 1 },
  regretBound: { epsilon: (value) => value > 0, probability: (value) => value > 0 && value < 1 },
};

function stopFaults(stop: unknown): readonly string[] {
  const { targetReached, noImprovement, regretBound, ...rest } = membersOf(stop);
  const faults = unknownNames(rest, 'stop', Object.keys(rules));
  for (const [type, rule] of Object.entries({ targetReached, noImprovement, regretBound })) {
    if (rule === undefined || rule === null) continue;
    const wanted = rules[type as StopNames];
    const { ...given } = membersOf(rule);
    const fits =
      Object.keys(given).every(
        (name) => Object.hasOwn(wanted, name) || (type === 'targetReached' && name === 'others'),
      ) &&
      Object.values(membersOf(given.others)).every(isNumber) &&
      Object.entries(wanted).every(([name, allows]) => isNumber(given[name]) && allows(given[name]));
    if (!fits)
      faults.push(
        `stop rule ${type} ${shown(rule)} was given; ${Object.keys(wanted).join(' and ')} are wanted, or null`,
      );
  }
  return faults;
}

function unknownNames(rest: object, where: string, known: readonly string[]): string[] {
  return Object.keys(rest).map((name) => `'${shown(name)}' of ${where} was given; ${known.join(', ')} are allowed`);
}

function isEmpty(part: unknown): boolean {
  return Object.values(membersOf(part)).every((value) => value === undefined);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isNullOrAtLeast(value: unknown, least: number): boolean {
  return value === undefined || value === null || (isNumber(value) && value >= least);
}

/** What was given, as far as it fits into a message. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
