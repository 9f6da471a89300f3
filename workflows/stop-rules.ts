import type { StopReason } from '../models/domain/record.js';
import type { LoopSettings, LoopState } from './loop.js';

/** The first stop rule that the state fulfils, in the order of the file; failures come first. */
export function firstRuleMet(settings: LoopSettings, state: LoopState): { reason: StopReason; text: string } | null {
  if (state.consecutiveFailures >= settings.maxConsecutiveFailures && !state.lifted.includes('failures'))
    return { reason: 'failures', text: `${state.consecutiveFailures} designs in a row failed as chemistry` };
  for (const rule of settings.stop) {
    if (state.incumbent === null || state.lifted.includes(rule.type)) continue;
    const { trialId, loss, round } = state.incumbent;
    const value = (own: number) => (settings.sign === undefined ? null : shown(settings.sign * own));
    if (rule.type === 'targetReached' && loss <= rule.value) {
      const wanted = value(rule.value);
      const numbers = wanted === null ? 'the wanted value' : `${value(loss)}, wanted was ${wanted}`;
      return { reason: 'targetReached', text: `${trialId} reached ${numbers}` };
    }
    if (rule.type === 'noImprovement' && state.round - round >= rule.rounds) {
      const best = value(loss) === null ? trialId : `the ${value(loss)} of ${trialId}`;
      return { reason: 'noImprovement', text: `no better value than ${best} for ${rule.rounds} rounds` };
    }
  }
  return null;
}

/** Six digits that matter: sums of decimals have more that do not. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A probability as people read it: three decimals, cut off and not rounded up. */
export function shownProbability(probability: number): string {
  return (Math.floor(probability * 1000) / 1000).toFixed(3);
}
