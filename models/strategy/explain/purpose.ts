import type { CampaignSpec } from '../../domain/campaign.js';
import { type DesignStanding, DesignStandings } from '../../domain/design-standings.js';
import type { Proposal, Reason } from '../../domain/proposal.js';
import { seenBy, type TrialRecord } from '../../domain/record.js';
import {
  goalsOf,
  type Judged,
  joined,
  judged,
  leader,
  lossOf,
  primaryGoal,
  primaryObjective,
} from '../../domain/standing.js';
import type { Observation } from '../../domain/trial.js';

/** What a trial is for: to make use of what is known, or to learn more. */
export type Purpose = NonNullable<Reason['purpose']>;

/**
 * What a proposal for several objectives is for: it exploits where what is expected of them at the target would join the front. What its
 * reason says goes before that.
 *
 * @param front - of what was measured at the target
 */
export function purposeAmong(
  spec: CampaignSpec,
  { targetMean, outcomes = [], purpose }: Pick<Reason, 'targetMean' | 'outcomes' | 'purpose'>,
  front: readonly Judged[],
): Purpose {
  if (purpose !== undefined) return purpose;
  if (targetMean === null || front.length === 0) return 'explore';
  const means = {
    ...Object.fromEntries(outcomes.map(({ name, mean }) => [name, mean])),
    [primaryObjective(spec).name]: targetMean,
  };
  // As if it kept the bounds: what is expected of them the reason says.
  return joined(front, { ...judged(goalsOf(spec), means), feasible: true }) === front ? 'explore' : 'exploit';
}

/**
 * What a proposal is for. It exploits where what is expected of it at the target is itself better than the best so far; where
 * its promise lies in what is not known of it, and before anything is predicted, it explores. What its reason says goes before that.
 *
 * @param best - of the measured values at the target, in the objective's own direction; null where there is none
 */
export function purposeOf(
  spec: CampaignSpec,
  { targetMean, purpose }: Pick<Reason, 'targetMean' | 'purpose'>,
  best: number | null,
): Purpose {
  if (purpose !== undefined) return purpose;
  if (targetMean === null || best === null) return 'explore';
  const goal = primaryGoal(spec);
  return lossOf(goal, targetMean) < lossOf(goal, best) ? 'exploit' : 'explore';
}

const made = new WeakMap<readonly TrialRecord[], ReadonlyMap<string, Purpose>>();

/** What each trial was for, by its id: beside the best of what was known when it was chosen. */
export function purposesOf(spec: CampaignSpec, trials: readonly TrialRecord[]): ReadonlyMap<string, Purpose> {
  const purposes = made.get(trials) ?? makePurposes(spec, trials);
  made.set(trials, purposes);
  return purposes;
}

function makePurposes(spec: CampaignSpec, trials: readonly TrialRecord[]): ReadonlyMap<string, Purpose> {
  const { name } = primaryObjective(spec);
  const known = new Map<number, readonly DesignStanding<TrialRecord>[]>();
  // Most rounds see what the one before saw, and some trials more.
  let standings = new DesignStandings<TrialRecord>(spec);
  let seen = new Set<Observation>();
  const frontBefore = ({ round, basis }: Proposal) => {
    const found = known.get(round);
    if (found !== undefined) return found;
    const told = seenBy(trials, round, basis.pending);
    let added = told.filter(({ observation }) => observation !== null && !seen.has(observation));
    const ended = told.reduce((count, { observation }) => count + (observation === null ? 0 : 1), 0);
    if (ended - added.length < seen.size) {
      standings = new DesignStandings(spec);
      seen = new Set();
      added = told.filter(({ observation }) => observation !== null);
    }
    for (const trial of added) {
      seen.add(trial.observation!);
      standings.add(trial);
    }
    const best = standings.front;
    known.set(round, best);
    return best;
  };
  const isAmong = spec.objectives.length > 1;
  return new Map(
    trials.map(({ proposal }) => {
      const best = frontBefore(proposal);
      const { reason } = proposal;
      const purpose = isAmong
        ? purposeAmong(spec, reason, best)
        : purposeOf(spec, reason, leader(best)?.values[name] ?? null);
      return [proposal.id, purpose];
    }),
  );
}
