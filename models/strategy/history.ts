import { createHash } from 'node:crypto';
import type { Campaign } from '../domain/campaign.js';
import { lossSign } from '../domain/campaign.js';
import { type Design, designKey } from '../domain/design.js';
import { NumericalError } from '../domain/errors.js';
import { outsideOf } from '../domain/outside.js';
import type { TrialRecord } from '../domain/record.js';
import type { Observation } from '../domain/trial.js';

/** A design at a fidelity that was run or is running. */
export interface Visit {
  readonly trialId: string;
  readonly design: Design;
  readonly rowId: string | null;
  readonly level: number;
  /** Loss of a measured trial; null where nothing was measured or the trial is in flight. */
  readonly loss: number | null;
  /** Known noise variance of the loss, loss units²; null where unknown. */
  readonly noise: number | null;
  readonly pending: boolean;
  /** Whether it gave no value because of the design itself: a failure of class `chemistry`. Absent where it is not so. */
  readonly infeasible?: true;
  /** Whether its design is none that may be proposed: it is learned from all the same. Absent where it is not so. */
  readonly outside?: true;
}

/**
 * All trials of earlier rounds as the strategy sees them, in the order of their ids. A proposal that is neither in
 * flight nor observed was withdrawn: it never ran.
 *
 * @throws {NumericalError} naming the first trial that was measured with no finite value
 */
export function visitsOf(campaign: Campaign, trials: readonly TrialRecord[], pending: readonly string[]): Visit[] {
  const level = new Map(campaign.spec.fidelities.map((fidelity, i) => [fidelity.name, i]));
  const inFlight = new Set(pending);
  const sign = lossSign(campaign.spec);
  const objective = campaign.spec.objectives[0]!.name;
  const ran = trials.filter(({ proposal, observation }) => inFlight.has(proposal.id) || observation !== null);
  return ran.map(({ proposal, observation }) => {
    const isPending = inFlight.has(proposal.id);
    const measured = !isPending && observation?.outcome === 'measured';
    const infeasible = !isPending && observation?.outcome === 'failed' && observation.cause?.class === 'chemistry';
    return {
      trialId: proposal.id,
      design: proposal.design,
      rowId: proposal.rowId,
      level: level.get(proposal.fidelity)!,
      loss: measured ? sign * measuredValue(observation, objective) : null,
      noise: measured ? knownVariance(observation.noise[objective]) : null,
      pending: isPending,
      ...(infeasible ? { infeasible } : {}),
      ...(outsideOf(campaign.space, proposal) === null ? {} : { outside: true as const }),
    };
  });
}

function measuredValue({ trialId, values }: Observation, objective: string): number {
  const value = values[objective];
  if (value === undefined || !Number.isFinite(value))
    throw new NumericalError(`trial ${trialId} is measured with ${objective} = ${value}; a finite number is wanted`);
  return value;
}

/**
 * Noise variance from a reported standard deviation. One of 0 says that the value repeats exactly, not that a surrogate
 * could follow it exactly, and what it cannot follow is its noise: so none is known. Nor is it where its square is no
 * positive finite number.
 *
 * @see Gramacy and Lee 2012, Stat. Comput. 22, 713 (noise in models of deterministic computations)
 */
function knownVariance(sd: number | undefined): number | null {
  const variance = sd === undefined ? 0 : sd * sd;
  return variance > 0 && variance < Number.POSITIVE_INFINITY ? variance : null;
}

/** Number of ended trials, and sha256 over what they gave, in the order of their ids. */
export function hashVisits(visits: readonly Visit[]): { observed: number; dataHash: string } {
  const ended = visits.filter((visit) => !visit.pending);
  const rows = ended.map(({ trialId, design, level, loss, noise, infeasible }) => {
    const row = [trialId, designKey(design), level, loss];
    if (infeasible) return [...row, 'infeasible'];
    return noise === null ? row : [...row, noise];
  });
  return { observed: ended.length, dataHash: createHash('sha256').update(JSON.stringify(rows)).digest('hex') };
}
