import type { Design } from '../../domain/design.js';
import { deriveSeed } from '../../random/generator.js';
import type { Place } from '../candidates.js';
import { ranked } from '../history.js';
import { factorsOf } from './factors.js';
import { type Coverage, coverageOf, explained, type LeftOut, leftOut } from './leave-one-out.js';
import { type FittedOutcome, fittedOutcomes } from './outcomes-behind.js';
import { permutationImportance } from './permutation.js';
import { reaches } from './reach.js';
import { type Line, linesThrough, type Slice, slicesAlong } from './slices.js';
import type { Learned } from './surrogates-behind.js';

/** How much a factor matters, by two measures that need not agree. */
export interface Importance {
  readonly name: string;
  /** See `PermutationImportance`; null where too little was measured. */
  readonly permutation: { readonly fall: number; readonly sd: number } | null;
  /** See `Reach`; null where no surrogate has lengthscales. */
  readonly lengthscale: { readonly variation: number; readonly share: number; readonly half: number | null } | null;
}

/** What the surrogates have learned of an outcome, after the last trial; values in its own unit. */
export interface OutcomeInsight {
  readonly name: string;
  /** In the order of what predictions lose without a factor, else of what lengthscales say. */
  readonly importance: readonly Importance[];
  readonly slices: readonly Slice[];
  readonly leaveOneOut: {
    readonly trials: readonly LeftOut[];
    /** Null where values do not differ. */
    readonly r2: number | null;
    readonly coverage: readonly Coverage[];
  };
  /** The surrogates that speak, and their weights. */
  readonly surrogates: readonly { readonly name: string; readonly weight: number }[];
}

/** What the surrogates have learned, after the last trial. */
export interface Insight {
  /** The best design measured at the target, through which slices go: of several goals, the first in a list of the front. */
  readonly through: Place & { readonly trialId: string };
  /** Of every outcome that goals are stated on, the first objective before all others. */
  readonly outcomes: readonly OutcomeInsight[];
}

/** Values along a slice through a range. */
const sliceSteps = 33;

/** Values along a range by which lengthscales are judged. */
const reachSteps = 17;

/**
 * What a campaign has learned of its factors, and how well it predicts: a pure function of the record. Null before the first fit,
 * where another version made it, and where nothing was measured at the target.
 *
 * @remarks Cost: that of `fittedOutcomes`, and a posterior at some thousand designs for each.
 */
export async function insightOf(record: Learned): Promise<Insight | null> {
  const [first, ...others] = await fittedOutcomes(record);
  if (first === undefined) return null;
  const { spec } = record.campaign;
  const level = spec.fidelities.length - 1;
  const best = ranked(
    spec,
    first.visits.filter((visit) => visit.level === level),
  );
  // Through one that may be proposed, where there is one.
  const through = best.find(({ outside }) => outside === undefined) ?? best[0];
  if (through === undefined) return null;
  const { trialId, design, rowId } = through;
  const lines = linesThrough(first.prepared.space, design, sliceSteps);
  const seed = deriveSeed(spec.seed, 'insight');
  return {
    through: { trialId, design, rowId },
    outcomes: [first, ...others].map((outcome) => outcomeInsight(outcome, { design, lines, level, seed })),
  };
}

function outcomeInsight(
  outcome: FittedOutcome,
  where: { readonly design: Design; readonly lines: readonly Line[]; readonly level: number; readonly seed: number },
): OutcomeInsight {
  const { name: outcomeName, place, own, prepared, ensemble, visits } = outcome;
  const { design, lines, level, seed } = where;
  const encode = (designs: readonly Design[]) => prepared.encoder.encode(designs);
  const medians = (designs: readonly Design[]) => {
    const encoded = encode(designs);
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(encoded));
    return designs.map((_, candidate) => own(ensemble.quantile(posteriors, { level, candidate }, 0.5)));
  };
  const names = prepared.space.parameters.map(({ name }) => name);
  const atTarget = visits.filter((visit) => visit.level === level);
  const measured = atTarget.map(({ turned }) => own(turned[place]!));
  const trials = { designs: atTarget.map((visit) => visit.design), measured };
  const permuted = permutationImportance(medians, names, trials, seed);
  const reach = reaches(ensemble, encode, factorsOf(prepared.space, reachSteps), design);
  const importance = names.map((name, p): Importance => {
    const [fall, range] = [permuted[p], reach[p]];
    return {
      name,
      permutation: fall === undefined ? null : { fall: fall.fall, sd: fall.sd },
      lengthscale: range === undefined ? null : { variation: range.variation, share: range.share, half: range.half },
    };
  });
  const weightOf = ({ permutation, lengthscale }: Importance) => permutation?.fall ?? lengthscale?.share ?? 0;
  const left = leftOut(outcome, place).map((one): LeftOut => inOwnUnit(one, own));
  return {
    name: outcomeName,
    importance: importance.sort((a, b) => weightOf(b) - weightOf(a)),
    slices: slicesAlong(ensemble, lines, level, { encode, own }),
    leaveOneOut: { trials: left, r2: explained(left), coverage: coverageOf(left) },
    surrogates: ensemble.members.map(({ name, weight }) => ({ name, weight })),
  };
}

function inOwnUnit(
  { trialId, measured, predicted, interval, rank }: LeftOut,
  own: (turned: number) => number,
): LeftOut {
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
