import type { StopRule } from '../models/domain/campaign.js';
import { type BudgetInForce, type Changed, changesOf, type InForce } from '../models/domain/change.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { durationText } from './duration-text.js';
import { cleanLine } from './failure-line.js';
import { formatNumber } from './wording.js';

/** Characters of a change with what was before and why. */
const longest = 400;

/** All that people may change of a campaign, as it is in force, in one line. */
export function inForceLine({ parallel, budget, stop, lifted, fixed, contexts }: InForce): string {
  const rules = stop.map((rule) => `${ruleText(rule)}${lifted.includes(rule.type) ? ' (lifted)' : ''}`);
  const kept = Object.entries(fixed ?? {}).map(([name, value]) => `${name} = ${shownValue(value)}`);
  const told = [`parallel ${parallel}`, ...limits(budget), rules.length === 0 ? 'no stop rule' : rules.join(', ')];
  const said = Object.entries(contexts ?? {}).map(
    ([name, { value, sinceRound }]) => `${name} said to be ${shownValue(value)} from round ${sinceRound} on`,
  );
  return [...told, ...(kept.length === 0 ? [] : [`fixed ${kept.join(', ')}`]), ...said].join('; ');
}

/** A change in one line: what is so since, what was before, by whom, from when, and why. */
export function changeLine({ n, who, action, details, told }: Changed): string {
  const { note } = details;
  const why = typeof note === 'string' ? `: ${note}` : '';
  if (told === null) return cleanLine(`${n}: ${action} by ${who}${why}`);
  const parts = differences(told.was, told.is);
  const what = parts.length === 0 ? 'nothing that was not so' : parts.join(', ');
  return cleanLine(`${n}: ${what} by ${who} from round ${told.sinceRound} on${why}`, longest);
}

/** The cost budget of a record, as it was in force last; null where unlimited. */
export function lastCostBudget({ campaign, audit }: Pick<CampaignRecord, 'campaign' | 'audit'>): number | null {
  const told = changesOf(audit).findLast((changed) => changed.told !== null)?.told;
  return told == null ? (campaign.spec.budget.cost ?? null) : told.is.budget.cost;
}

/** What differs, as it is now and, in brackets, as it was. */
export function differences(was: InForce, is: InForce): readonly string[] {
  const parts: string[] = [];
  if (was.parallel !== is.parallel) parts.push(`parallel ${is.parallel} (was ${was.parallel})`);
  const [before, after] = [limits(was.budget, true), limits(is.budget, true)];
  for (const [i, limit] of after.entries()) {
    const [name] = limit.split(' ');
    if (limit !== before[i]) parts.push(`${limit} (was ${before[i]!.slice(name!.length + 1)})`);
  }
  const types = new Set([...was.stop, ...is.stop].map(({ type }) => type));
  for (const type of types) {
    const [old, now] = [was, is].map(({ stop }) =>
      stop
        .filter((rule) => rule.type === type)
        .map(ruleText)
        .join(', '),
    );
    if (old === now) continue;
    if (now === '') parts.push(`no rule ${type} (was ${old})`);
    else parts.push(`${now} (${old === '' ? 'there was none' : `was ${old!.replace(/^\w+ /, '')}`})`);
  }
  for (const reason of was.lifted) if (!is.lifted.includes(reason)) parts.push(`${reason} lifted no more`);
  for (const reason of is.lifted) if (!was.lifted.includes(reason)) parts.push(`${reason} lifted`);
  for (const name of new Set([...Object.keys(was.fixed ?? {}), ...Object.keys(is.fixed ?? {})].sort())) {
    const [old, now] = [was, is].map(({ fixed }) => fixed?.[name]);
    if (old === now) continue;
    const before = old === undefined ? 'was free' : `was ${shownValue(old)}`;
    parts.push(now === undefined ? `${name} free (${before})` : `${name} fixed at ${shownValue(now)} (${before})`);
  }
  for (const [name, { value, sinceRound }] of Object.entries(is.contexts ?? {})) {
    const old = was.contexts?.[name];
    if (old?.value === value && old.sinceRound === sinceRound) continue;
    parts.push(
      `${name} is ${shownValue(value)} (${old === undefined ? 'nobody had said' : `was ${shownValue(old.value)}`})`,
    );
  }
  return parts;
}

function shownValue(value: number | string): string {
  return typeof value === 'number' ? formatNumber(value) : value;
}

function otherText([name, value]: readonly [string, number]): string {
  return `and ${name} ${formatNumber(value)}`;
}

/** A stop rule as people say it. */
function ruleText(rule: StopRule): string {
  switch (rule.type) {
    case 'targetReached':
      return ['target', formatNumber(rule.value), ...Object.entries(rule.others ?? {}).map(otherText)].join(' ');
    case 'noImprovement':
      return `patience ${rule.rounds} rounds`;
    case 'regretBound':
      return `regret ${formatNumber(rule.epsilon)} with probability ${formatNumber(rule.probability)}`;
  }
}

/** @param all - also those that are not limited */
function limits({ cost, trials, wallClockMs }: BudgetInForce, all = false): string[] {
  const told = [
    ['cost', cost === null ? null : formatNumber(cost)],
    ['trials', trials],
    ['time', wallClockMs === null ? null : durationText(wallClockMs)],
  ] as const;
  return told.flatMap(([name, limit]) => (limit === null && !all ? [] : [`${name} ${limit ?? 'unlimited'}`]));
}
