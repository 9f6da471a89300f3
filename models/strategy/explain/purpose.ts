import { type CampaignSpec, targetFidelity } from '../../domain/campaign.js';
import type { Proposal, Reason } from '../../domain/proposal.js';
import { asOfRound, type TrialRecord } from '../../domain/record.js';
import { lossOf, primaryObjective } from '../../domain/standing.js';

/** What a trial is for: to make use of what is known, or to learn more. */
export type Purpose = 'exploit' | 'explore';

/**
 * What a proposal is for. It exploits where what is expected of it at the target is itself better than the best so far; where
 * its promise lies in what is not known of it, and before anything is predicted, it explores.
 *
 * @param best - of the measured values at the target, in the objective's own direction; null where there is none
 */
export function purposeOf(
  spec: CampaignSpec,
  { targetMean }: Pick<Reason, 'targetMean'>,
  best: number | null,
): Purpose {
  if (targetMean === null || best === null) return 'explore';
  const objective = primaryObjective(spec);
  return lossOf(objective, targetMean) < lossOf(objective, best) ? 'exploit' : 'explore';
}

const made = new WeakMap<readonly TrialRecord[], ReadonlyMap<string, Purpose>>();

/** What each trial was for, by its id: beside the best of what was known when it was chosen. */
export function purposesOf(spec: CampaignSpec, trials: readonly TrialRecord[]): ReadonlyMap<string, Purpose> {
  const purposes = made.get(trials) ?? makePurposes(spec, trials);
  made.set(trials, purposes);
  return purposes;
}

function makePurposes(spec: CampaignSpec, trials: readonly TrialRecord[]): ReadonlyMap<string, Purpose> {
  const objective = primaryObjective(spec);
  const target = targetFidelity(spec).name;
  const known = new Map<number, number | null>();
  const bestBefore = ({ round, basis }: Proposal): number | null => {
    const found = known.get(round);
    if (found !== undefined) return found;
    const open = new Set(basis.pending);
    let best: number | null = null;
    for (const trial of trials) {
      const { proposal } = trial;
      if (proposal.round >= round || proposal.fidelity !== target || open.has(proposal.id)) continue;
      const { observation } = asOfRound(trial, round);
      const value = observation?.outcome === 'measured' ? observation.values[objective.name] : undefined;
      if (value !== undefined && (best === null || lossOf(objective, value) < lossOf(objective, best))) best = value;
    }
    known.set(round, best);
    return best;
  };
  return new Map(trials.map(({ proposal }) => [proposal.id, purposeOf(spec, proposal.reason, bestBefore(proposal))]));
}
