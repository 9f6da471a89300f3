import type { StopRule } from '../models/domain/campaign.js';
import type { Stop, StopReason } from '../models/domain/record.js';
import { type Judged, leader, lossReaching, ownValue } from '../models/domain/standing.js';
import type { Standing } from './ended-trial.js';
import type { LoopSettings, LoopState } from './loop.js';

/** The first stop rule in force that the state fulfils, in their order; failures come first. */
export function firstRuleMet(settings: LoopSettings, state: LoopState): { reason: StopReason; text: string } | null {
  if (state.consecutiveFailures >= settings.maxConsecutiveFailures && !state.lifted.includes('failures'))
    return { reason: 'failures', text: `${state.consecutiveFailures} designs in a row failed as chemistry` };
  for (const rule of state.rules) {
    const best = leader(state.front);
    if (best === null || state.lifted.includes(rule.type)) continue;
    const objective = settings.goals.objectives[0]!;
    const reached = `${shown(ownValue(objective, best.losses[0]!))}${meanWords(best)}`;
    const text = rule.type === 'targetReached' ? reachedText(settings, state, rule) : null;
    if (text !== null) return { reason: 'targetReached', text };
    const improved = Math.max(...state.front.map(({ round }) => round));
    if (rule.type === 'noImprovement' && state.round - improved >= rule.rounds) {
      const text =
        settings.goals.combine !== undefined
          ? `nothing better in all than ${best.trialId} for ${rule.rounds} rounds`
          : settings.goals.objectives.length === 1 && objective.direction !== 'target'
            ? `no better value than the ${reached} of ${best.trialId} for ${rule.rounds} rounds`
            : `nothing better than the ${state.front.length} trials of the front for ${rule.rounds} rounds`;
      return { reason: 'noImprovement', text };
    }
  }
  return null;
}

/** What a trial reached of all that a rule wants of it, in words; null where none reached it. */
function reachedText(
  { goals: { objectives } }: LoopSettings,
  { front }: LoopState,
  { value, others = {} }: Extract<StopRule, { readonly type: 'targetReached' }>,
): string | null {
  const wanted = objectives.flatMap((goal, k) => {
    const least = k === 0 ? value : others[goal.name];
    return least === undefined ? [] : [{ goal, k, value: least }];
  });
  const isThere = ({ losses }: Judged) => wanted.every((one) => losses[one.k]! <= lossReaching(one.goal, one.value));
  const found = leader(front.filter(isThere));
  if (found === null) return null;
  if (objectives.length === 1 && objectives[0]!.direction !== 'target')
    return `${found.trialId} reached ${shown(ownValue(objectives[0]!, found.losses[0]!))}${meanWords(found)}, wanted was ${shown(value)}`;
  const parts = wanted.map((one) => {
    const loss = found.losses[one.k]!;
    const { name, direction, tolerance = 0, within } = one.goal;
    const width = within === undefined ? '' : ` (± ${shown(within)})`;
    if (direction === 'target')
      return `${name} ${loss === 0 ? 'on its target' : `${shown(loss + tolerance)} from its target${width}`}`;
    return `${name} ${shown(ownValue(one.goal, loss))} (wanted was ${shown(one.value)})`;
  });
  return `${found.trialId} reached ${parts.join(' and ')}${meanWords(found)}`;
}

/** That values are means of several measurements, after them; nothing of single ones. */
function meanWords({ measurements }: Standing): string {
  return measurements === undefined ? '' : ` (mean of ${measurements})`;
}

/** Rules by which what trials gave stops a campaign, not what was spent on them or what a person ordered. */
export const valueRules = [
  'targetReached',
  'noImprovement',
  'regretBound',
  'failures',
] as const satisfies readonly StopReason[];

/** Whether a campaign stopped for what trials gave, which people may rule on. */
export function restsOnValues(stop: Stop | null): boolean {
  return valueRules.some((rule) => rule === stop?.reason);
}

/** Stops making new trials; the first reason stays, unless a person aborts. */
export function stopping(state: LoopState, reason: StopReason, text: string): LoopState {
  const stop = state.stop === null || reason === 'aborted' ? { reason, text } : state.stop;
  const before = state.phase === 'paused' ? { wasPaused: true as const } : {};
  return { ...state, ...before, phase: state.phase === 'aborting' ? 'aborting' : 'draining', stop };
}

/** As before a rule stopped it. A bound on the regret comes with the next round, from what counts then. */
export function reopened({ wasPaused, assured: _, ...state }: LoopState, again: boolean): LoopState {
  const retries = again ? state.retries : [];
  return { ...state, phase: wasPaused === true ? 'paused' : 'running', stop: null, retries };
}

/** Six digits that matter: sums of decimals have more that do not. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A probability as people read it: three decimals, cut off and not rounded up. */
export function shownProbability(probability: number): string {
  return (Math.floor(probability * 1000) / 1000).toFixed(3);
}
