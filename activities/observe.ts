import type { JobResult, JobState } from '../lab-adapters/contract.js';
import type { Cause, Observation, Outcome } from '../models/domain/trial.js';

/**
 * The observation that a finished job amounts to. A value that is missing or not finite is quarantined, with whatever
 * came kept in the details; a job whose fate nobody can tell is quarantined too. Nothing is guessed.
 *
 * @param objectives - names of the values wanted
 */
export function observe(
  trialId: string,
  objectives: readonly string[],
  state: JobState,
  result: JobResult,
  artefacts: Readonly<Record<string, string>> = {},
): Observation {
  const wrong = state === 'succeeded' ? faultOf(objectives, result) : null;
  const outcome = wrong === null ? outcomeOf(state) : 'quarantined';
  return {
    trialId,
    outcome,
    values: outcome === 'measured' ? result.values : {},
    noise: outcome === 'measured' ? (result.noise ?? {}) : {},
    cost: Number.isFinite(result.cost) && result.cost >= 0 ? result.cost : 0,
    durationMs: Number.isFinite(result.durationMs) && result.durationMs >= 0 ? result.durationMs : 0,
    cause: outcome === 'measured' ? null : (wrong ?? result.cause ?? causeOf(state)),
    artefacts,
    details:
      wrong === null
        ? (result.details ?? {})
        : {
            ...result.details,
            answered: Object.fromEntries(Object.entries(result.values).map(([k, v]) => [k, String(v)])),
          },
  };
}

function outcomeOf(state: JobState): Outcome {
  if (state === 'succeeded') return 'measured';
  if (state === 'failed') return 'failed';
  return state === 'cancelled' ? 'cancelled' : 'quarantined';
}

function causeOf(state: JobState): Cause {
  if (state === 'cancelled') return { class: 'operator', code: 'cancelled', message: 'cancelled by a person' };
  return { class: 'unknown', code: state, message: `the adapter gave no cause for state '${state}'` };
}

function faultOf(objectives: readonly string[], result: JobResult): Cause | null {
  const bad = objectives.filter((name) => !Number.isFinite(result.values[name]));
  if (bad.length > 0) {
    const given = bad.map((name) => `${name} = ${result.values[name]}`).join(', ');
    return { class: 'unknown', code: 'notFinite', message: `the adapter answered ${given}; a finite number is wanted` };
  }
  if (!Number.isFinite(result.cost) || result.cost < 0)
    return {
      class: 'unknown',
      code: 'badCost',
      message: `the adapter answered cost ${result.cost}; at least 0 is wanted`,
    };
  return null;
}
