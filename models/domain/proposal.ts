import type { ArtefactRef } from './artefact.js';
import type { Design } from './design.js';
import type { FitRecord } from './fit-record.js';

/** With which probability, by the surrogates, the best trial at the target is within ε of the best there is. */
export interface Assurance {
  /** The best trial at the target so far. */
  readonly trialId: string;
  /** Of the stop rule, in the objective's unit. */
  readonly epsilon: number;
  readonly probability: number;
}

/**
 * All a proposal was made from. With the campaign and the observations of earlier rounds that are not in `pending`,
 * the proposal can be recomputed bit for bit.
 */
export interface Basis {
  /** Seed of the round, derived from the campaign's seed. */
  readonly seed: number;
  /** Sha256 over the observations used, ordered by trial id. */
  readonly dataHash: string;
  /** Number of ended trials used. */
  readonly observed: number;
  /** Trials in flight when the proposal was made. */
  readonly pending: readonly string[];
  /** Budget that could still be committed; null without a cost budget. */
  readonly remainingCost: number | null;
  /** Places asked for in this round. */
  readonly count: number;
  /** The fit used, null for an initial design. */
  readonly fit: FitRecord | null;
  /** Version of the numerical defaults. */
  readonly defaults: string;
  /** For each stop rule `regretBound`, what held when the proposal was made; absent where there is none, or no fit. */
  readonly assurances?: readonly Assurance[] | undefined;
  /** The artefacts that the proposal was made with; absent where there is none. */
  readonly artefacts?: readonly ArtefactRef[] | undefined;
}

/**
 * What a trial was chosen for: `target` to be the best, `informs` to tell at a lower fidelity whether it may be, `paired` to
 * be measured at both; or `guarded`, for what the target alone says of it, whatever lower fidelities or earlier campaigns do.
 */
export const steps = ['target', 'informs', 'paired', 'guarded'] as const;
/** One of the steps. */
export type Step = (typeof steps)[number];

/** Why this design at this fidelity. */
export interface Reason {
  readonly kind: 'initial' | 'supplied' | 'acquisition';
  /** Name of the acquisition, null for an initial or supplied design. */
  readonly acquisition: string | null;
  /** Step of the rule of two steps, or of that with earlier campaigns; absent by other rules. */
  readonly step?: Step | undefined;
  /** Acquisition value (a logarithm for log acquisitions). */
  readonly value: number | null;
  /** Posterior of the objective at the proposed fidelity, in the objective's own unit and direction. */
  readonly mean: number | null;
  readonly sd: number | null;
  /** Posterior at the target fidelity, same unit. */
  readonly targetMean: number | null;
  readonly targetSd: number | null;
  /** Median and sd at the target of each modelled outcome beside that of the first objective; absent where there is none. */
  readonly outcomes?: readonly { readonly name: string; readonly mean: number; readonly sd: number }[] | undefined;
  /** One sentence for people. */
  readonly text: string;
}

/** A design to be run at a fidelity, and why. */
export interface Proposal {
  readonly id: string;
  readonly round: number;
  readonly index: number;
  readonly design: Design;
  /** Row of the pool, null outside pools. */
  readonly rowId: string | null;
  /** Name of the fidelity. */
  readonly fidelity: string;
  readonly estimatedCost: number;
  readonly reason: Reason;
  readonly basis: Basis;
}
