import type { Design } from '../../domain/design.js';
import { ownValue, primaryObjective } from '../../domain/standing.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import type { Place } from '../candidates.js';
import { primaryTurned, ranked } from '../history.js';
import { factorsOf } from './factors.js';
import { type Coverage, coverageOf, explained, type LeftOut, leftOut } from './leave-one-out.js';
import { permutationImportance } from './permutation.js';
import { reaches } from './reach.js';
import { type Slice, slicesThrough } from './slices.js';
import { type Learned, lastFittedEnsemble } from './surrogates-behind.js';

/** How much a factor matters, by two measures that need not agree. */
export interface Importance {
  readonly name: string;
  /** See `PermutationImportance`; null where too little was measured. */
  readonly permutation: { readonly fall: number; readonly sd: number } | null;
  /** See `Reach`; null where no surrogate has lengthscales. */
  readonly lengthscale: { readonly variation: number; readonly share: number; readonly half: number | null } | null;
}

/** What the surrogates have learned, after the last trial; values in the objective's own unit. */
export interface Insight {
  /** In the order of what predictions lose without a factor, else of what lengthscales say. */
  readonly importance: readonly Importance[];
  /** Through the best design measured at the target. */
  readonly slices: { readonly through: Place & { readonly trialId: string }; readonly factors: readonly Slice[] };
  readonly leaveOneOut: {
    readonly trials: readonly LeftOut[];
    /** Null where values do not differ. */
    readonly r2: number | null;
    readonly coverage: readonly Coverage[];
  };
  /** The surrogates that speak, and their weights. */
  readonly surrogates: readonly { readonly name: string; readonly weight: number }[];
}

/** Values along a slice through a range. */
const sliceSteps = 33;

/** Values along a range by which lengthscales are judged. */
const reachSteps = 17;

/**
 * What a campaign has learned of its factors, and how well it predicts: a pure function of the record. Null before the first fit,
 * where another version made it, and where nothing was measured at the target.
 *
 * @remarks Cost: that of `lastCalibrations`, and a posterior at some thousand designs.
 */
export async function insightOf(record: Learned): Promise<Insight | null> {
  const fitted = await lastFittedEnsemble(record);
  if (fitted === null) return null;
  const { prepared, ensemble, visits } = fitted;
  const { spec } = record.campaign;
  const level = spec.fidelities.length - 1;
  const objective = primaryObjective(spec);
  const own = (loss: number) => ownValue(objective, loss);
  const atTarget = visits.filter((visit) => visit.level === level);
  const [best] = ranked(spec, atTarget);
  if (best === undefined) return null;
  const encode = (designs: readonly Design[]): EncodedDesigns => prepared.encoder.encode(designs);
  const medians = (designs: readonly Design[]) => {
    const encoded = encode(designs);
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(encoded));
    return designs.map((_, candidate) => own(ensemble.quantile(posteriors, { level, candidate }, 0.5)));
  };
  const names = prepared.space.parameters.map(({ name }) => name);
  const measured = atTarget.map((visit) => own(primaryTurned(visit)!));
  const trials = { designs: atTarget.map(({ design }) => design), measured };
  const permuted = permutationImportance(medians, names, trials, deriveSeed(spec.seed, 'insight'));
  const reach = reaches(ensemble, encode, factorsOf(prepared, reachSteps), best.design);
  const importance = names.map((name, p): Importance => {
    const [fall, range] = [permuted[p], reach[p]];
    return {
      name,
      permutation: fall === undefined ? null : { fall: fall.fall, sd: fall.sd },
      lengthscale: range === undefined ? null : { variation: range.variation, share: range.share, half: range.half },
    };
  });
  const weightOf = ({ permutation, lengthscale }: Importance) => permutation?.fall ?? lengthscale?.share ?? 0;
  const factors = { factors: factorsOf(prepared, sliceSteps), through: best.design, level };
  const left = leftOut(fitted).map((one): LeftOut => inOwnUnit(one, own));
  return {
    importance: importance.sort((a, b) => weightOf(b) - weightOf(a)),
    slices: {
      through: { trialId: best.trialId, design: best.design, rowId: best.rowId },
      factors: slicesThrough(ensemble, factors, encode, own),
    },
    leaveOneOut: { trials: left, r2: explained(left), coverage: coverageOf(left) },
    surrogates: ensemble.members.map(({ name, weight }) => ({ name, weight })),
  };
}

function inOwnUnit({ trialId, measured, predicted, interval, rank }: LeftOut, own: (loss: number) => number): LeftOut {
  const [a, b] = interval.map(own);
  const turned = own(1) < 0;
  return {
    trialId,
    measured: own(measured),
    predicted: own(predicted),
    interval: [Math.min(a!, b!), Math.max(a!, b!)],
    rank: turned ? 1 - rank : rank,
  };
}
