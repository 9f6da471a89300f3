import type { StopRule } from '../models/domain/campaign.js';
import type { Change, InForce, StopChange } from '../models/domain/change.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { LoopSettings, LoopState } from './loop.js';
import { firstRuleMet, reopened, stopping } from './stop-rules.js';

/**
 * What is in force after a change. A rule that is stated anew is wanted, also where a person had lifted it.
 *
 * @param sinceRound - the first round that is decided with it
 */
export function afterChange(
  before: InForce,
  { parallel, budget, stop, fixed, contexts }: Change,
  sinceRound: number,
): InForce {
  const { fixed: kept, contexts: said, ...others } = before;
  return {
    ...others,
    parallel: parallel ?? before.parallel,
    budget: { ...before.budget, ...budget },
    stop: stop === undefined ? before.stop : changedRules(before.stop, stop),
    lifted: stop === undefined ? before.lifted : before.lifted.filter((reason) => !Object.hasOwn(stop, reason)),
    ...keptAfter(kept, fixed),
    ...saidAfter(said, contexts, sinceRound),
  };
}

/** Parameters that keep to a value, in the order of their names. */
function keptAfter(before: InForce['fixed'], change: Change['fixed']): Pick<InForce, 'fixed'> {
  const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null);
  if (kept.length === 0) return {};
  return { fixed: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))) as NonNullable<InForce['fixed']> };
}

/** What was said of contexts, in the order of their names. */
function saidAfter(
  before: InForce['contexts'],
  change: Change['contexts'] = {},
  sinceRound: number,
): Pick<InForce, 'contexts'> {
  const newer = Object.entries(change).map(([name, value]) => [name, { value, sinceRound }] as const);
  const all = Object.entries({ ...before, ...Object.fromEntries(newer) });
  if (all.length === 0) return {};
  return { contexts: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Rules with others in the place of the first of their type, and of all of it; a type that was not there comes last. */
function changedRules(rules: readonly StopRule[], change: StopChange): readonly StopRule[] {
  let changed = rules;
  for (const type of ruleTypes) {
    const given = change[type];
    if (given === undefined) continue;
    const first = changed.findIndex((rule) => rule.type === type);
    const place = first < 0 ? changed.length : first;
    const others = changed.filter((rule) => rule.type !== type);
    const stated = given === null ? [] : [{ type, ...given } as StopRule];
    changed = [...others.slice(0, place), ...stated, ...others.slice(place)];
  }
  return changed;
}

const ruleTypes = ['targetReached', 'noImprovement', 'regretBound'] as const satisfies readonly StopRule['type'][];

/**
 * The state after a change by a person. A rule that is stated anew is looked at at once, by what counts now: met, it stops the
 * campaign; if it is the one for which the campaign is about to stop, and is met no more, that goes on. A bound on the regret that
 * it does not yet keep comes with the next round.
 */
export function applyChange(settings: LoopSettings, state: LoopState, change: Change): LoopState {
  const { fixed: kept, ...known } = state;
  const before: InForce = {
    ...{ parallel: known.parallel, budget: { ...known.budget, wallClockMs: null }, stop: known.rules },
    ...{ lifted: known.lifted, fixed: kept, contexts: known.contexts },
  };
  const { parallel, budget, stop: rules, lifted, fixed, contexts } = afterChange(before, change, state.round + 1);
  const { cost, trials } = budget;
  // What was short may not be any more.
  const shortfall = change.budget === undefined && change.fixed === undefined ? state.shortfall : null;
  const next: LoopState = {
    ...{ ...known, parallel, budget: { cost, trials }, rules, lifted, shortfall },
    ...(fixed === undefined ? {} : { fixed }),
    ...(contexts === undefined ? {} : { contexts }),
  };
  const { stop } = change;
  if (stop === undefined) return next;
  const isStated = (reason: string) => Object.hasOwn(stop, reason);
  const isUndone = next.phase === 'draining' && isStated(next.stop!.reason) && !isAssured(rules, next.assured);
  const open = isUndone ? reopened(next, true) : next;
  // Rules that nobody spoke of are looked at when a trial ends, as ever, unless one of them is why it should stop instead.
  const looked = isUndone ? rules : rules.filter(({ type }) => isStated(type));
  const met = firstRuleMet(settings, { ...next, rules: looked });
  return met === null ? open : stopping(open, met.reason, met.text);
}

/** Whether what a decision said of the regret is enough for a rule: what is within an ε is within any larger one. */
export function isAssured(rules: readonly StopRule[], assurances: readonly Assurance[] = []): boolean {
  return rules.some(
    (rule) =>
      rule.type === 'regretBound' &&
      assurances.some((given) => given.epsilon <= rule.epsilon && given.probability >= rule.probability),
  );
}
