import type { Campaign } from '../domain/campaign.js';
import { designKey } from '../domain/design.js';
import type { Proposal } from '../domain/proposal.js';
import type { TrialRecord } from '../domain/record.js';
import { trialId } from '../domain/trial.js';
import { deriveSeed, Generator } from '../random/generator.js';

/** What a round of proposals is made from. */
export interface DecideRequest {
  readonly campaign: Campaign;
  readonly round: number;
  /** Proposals wanted. */
  readonly count: number;
  /** Ids of trials in flight; all other trials of earlier rounds have ended or were withdrawn. */
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** All trials of earlier rounds, in the order of their ids. */
  readonly trials: readonly TrialRecord[];
}

export interface Decision {
  /** At most `count`. */
  readonly proposals: readonly Proposal[];
  /** Why there are fewer than wanted: no design left, or none that the remaining budget pays. */
  readonly shortfall: 'space' | 'budget' | null;
}

/** The proposals of one round: a pure function of the request. */
export async function decide(request: DecideRequest): Promise<Decision> {
  const { campaign, round, count } = request;
  const seed = deriveSeed(campaign.spec.seed, 'round', round);
  const random = new Generator(seed);
  const fidelity = campaign.spec.fidelities.at(-1)!;
  const taken = new Set(request.trials.map((trial) => designKey(trial.proposal.design)));
  const pool = campaign.space.pool;
  const proposals: Proposal[] = [];
  let left = request.remainingCost ?? Number.POSITIVE_INFINITY;
  for (const row of random.permutation(pool?.designs.length ?? 0)) {
    if (proposals.length === count || fidelity.cost > left) break;
    const design = pool!.designs[row]!;
    if (taken.has(designKey(design))) continue;
    left -= fidelity.cost;
    const index = proposals.length + 1;
    proposals.push({
      id: trialId(campaign.id, round, index),
      round,
      index,
      design,
      rowId: pool!.ids[row]!,
      fidelity: fidelity.name,
      estimatedCost: fidelity.cost,
      reason: {
        kind: 'initial',
        acquisition: null,
        value: null,
        mean: null,
        sd: null,
        targetMean: null,
        targetSd: null,
        text: 'drawn at random',
      },
      basis: {
        seed,
        dataHash: '',
        observed: 0,
        pending: request.pending,
        remainingCost: request.remainingCost,
        count,
        fit: null,
        defaults: 'random',
      },
    });
  }
  const shortfall = proposals.length === count ? null : fidelity.cost > left ? 'budget' : 'space';
  return { proposals, shortfall };
}
