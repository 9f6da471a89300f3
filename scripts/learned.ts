import type { MemberFit } from '../models/domain/fit-record.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { type LearnedFidelity, learnedFidelities } from '../models/strategy/explain/learned.js';
import { lastAssurances } from './outcome.js';

/** What a campaign has learned besides what is best, for `run --json`, `watch --json` and `status --json`. */
export interface Learned {
  /** Cheapest first. */
  readonly fidelities: readonly LearnedFidelity[];
  /** The weight of each surrogate at the last fit, and why; none before there was one. */
  readonly surrogates: readonly Pick<MemberFit, 'name' | 'weight' | 'score'>[];
  /** Of each stop rule `regretBound`: with which probability the best is within ε of the best possible. */
  readonly assurances: readonly Assurance[];
}

/** What is learned by the record alone. */
export async function learnedOf(record: CampaignRecord): Promise<Learned> {
  const fits = record.trials.map(({ proposal }) => proposal.basis.fit);
  const members = fits.findLast((fit) => fit !== null)?.members ?? [];
  return {
    fidelities: await learnedFidelities(record),
    surrogates: members.map(({ name, weight, score }) => ({ name, weight, score })),
    assurances: lastAssurances(record),
  };
}
