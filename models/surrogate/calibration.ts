import { type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import type { FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { type Contender, Ensemble, type Member } from './ensemble.js';
import { normalised, ofLargeWeight } from './weights.js';

/** Groups in which target rows are left out, at most; up to so many each is left out by itself. */
const mostFolds = 20;

/** Rows up to which hyperparameters are fitted anew without those left out; of more, one hardly matters to them. */
const refittedUpTo = 150;

/**
 * Least share of the largest weight with which another one has a part in intervals. These are to leave one
 * of twenty values out at either end: who has less weight than that cannot say where, but would widen them.
 */
const leastShare = 0.05;

/** Weight of a row that errs as much as is said, beside all others together. */
const said = 0.05;

/** What squares of errors are made larger by, as measured: 1 + 7/N, N the rows that the surrogate learned from, those below the target by halves. */
const fittedRows = 7;

/** Errors beyond so many standard deviations count as so many, lest one outlier decides. */
const largestError = 4;

/** E √|z| of a standard normal z: 2^¼·Γ(¾)/√π. */
const rootOfNormal = 0.8221789586624588;

/** The least and the most that standard deviations are multiplied by. */
const range = [0.3, 3] as const;

/**
 * An ensemble as intervals of designs in general are read from it: of the members with at least a twentieth as
 * much as the likeliest, each as wide as its errors at the target bear out.
 *
 * √f = (0.05 + Σ_i w_i·(1 + 7/N)^¼·√min(|z_i|, 4)/E√|N(0, 1)|)/1.05, f within [0.3, 3]; 1 of fewer than two target rows
 *
 * z_i is the error at target row i, in standard deviations, of the surrogate fitted without it, hyperparameters included:
 * a row that helped to choose these is predicted better than another design would be. w_i is the share of all designs that
 * the row represents (`representedShares`): rows lie where losses are expected to be low, or at the ends of what a lower
 * fidelity says, and there a surrogate errs more or less than elsewhere. Intervals are to hold nine of ten errors, so the
 * few largest are not to decide: roots and not squares are averaged. A mixture of members that are each as wide as they
 * err is wider than it errs, so as few as may be take part.
 *
 * @param contenders - that the ensemble was fitted from
 * @param candidates - representative designs
 * @see Yao et al. 2018, Bayesian Analysis 13, 917 (leave-one-out); Gneiting and Ranjan 2013, Electron. J. Stat. 7, 1747
 *   (a linear pool of calibrated members is too wide)
 */
export async function calibrated(
  ensemble: Ensemble,
  contenders: readonly Contender[],
  training: TrainingSet,
  { candidates, seed }: { readonly candidates: EncodedDesigns; readonly seed: number },
): Promise<Ensemble> {
  const typeOf = ({ name }: Member) => contenders.find(({ type }) => type.name === name)!.type;
  const members: Member[] = [];
  for (const member of normalised(ofLargeWeight(ensemble.members, leastShare))) {
    const calibration = await calibrationOf(member.surrogate, typeOf(member), training, candidates, seed);
    members.push({ ...member, calibration });
  }
  return new Ensemble(members);
}

async function calibrationOf(
  surrogate: FittedSurrogate,
  type: SurrogateType,
  training: TrainingSet,
  candidates: EncodedDesigns,
  seed: number,
): Promise<number> {
  const target = training.levelCount - 1;
  const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target);
  const n = rows.length;
  if (n < 2) return 1;
  const { mean } = surrogate.leaveOneOut();
  const shares = representedShares(
    rows.map((row) => mean[row]!),
    surrogate.posterior(candidates).mean[target]!,
  );
  const optimise = training.levels.length <= refittedUpTo;
  const { hyperparameters: previous, artefact } = surrogate;
  const options = { seed, previous, artefact, optimise };
  const folds = Math.min(n, mostFolds);
  const learned = surrogate.levelCorrelations === undefined ? n : (n + training.levels.length) / 2;
  const larger = (1 + fittedRows / learned) ** 0.25;
  let sum = said;
  for (let fold = 0; fold < folds; fold++) {
    const own = [...rows.keys()].filter((i) => i % folds === fold);
    const left = own.map((i) => rows[i]!);
    const fitted = await type.fit(without(training, left), options);
    errorsAt(left, fitted, training).forEach((z, k) => {
      sum += (shares[own[k]!]! * larger * Math.sqrt(Math.min(Math.abs(z), largestError))) / rootOfNormal;
    });
  }
  return Math.max(range[0], Math.min(range[1], (sum / (1 + said)) ** 2));
}

/** How far losses at the target are from what is predicted, noise included, in standard deviations. */
function errorsAt(
  rows: readonly number[],
  fitted: FittedSurrogate,
  { designs, losses, levelCount, noise }: TrainingSet,
) {
  const target = levelCount - 1;
  const { mean, variance } = fitted.posterior(selectDesigns(designs, rows));
  return rows.map((row, i) => {
    const loss = losses[row]!;
    const known = Math.sqrt(noise?.[row] ?? Number.NaN) * fitted.scale.slope(loss);
    const own = Number.isNaN(known) ? fitted.noise[target]! : known * known;
    return (fitted.scale.toLatent(loss) - mean[target]![i]!) / Math.sqrt(variance[target]![i]! + own);
  });
}

function without(training: TrainingSet, rows: readonly number[]): TrainingSet {
  const { designs, levels, losses, noise } = training;
  const gone = new Set(rows);
  const kept = [...levels.keys()].filter((row) => !gone.has(row));
  return {
    ...training,
    designs: selectDesigns(designs, kept),
    levels: Int32Array.from(kept, (row) => levels[row]!),
    losses: Float64Array.from(kept, (row) => losses[row]!),
    ...(noise !== undefined && { noise: Float64Array.from(kept, (row) => noise[row]!) }),
  };
}

/**
 * Share of the candidates that each row represents: those whose rank among all candidates is nearest to its own, by what
 * is expected of both; rows that are equally near share a candidate.
 *
 * @param rows - expected of each row, [n]
 * @param candidates - expected of each candidate, [m]
 * @returns [n], with a sum of 1
 */
export function representedShares(rows: readonly number[], candidates: Float64Array): Float64Array {
  const rising = Float64Array.from(candidates).sort();
  const m = rising.length;
  const ranks = rows.map((value) => {
    let below = 0;
    while (below < m && rising[below]! < value) below++;
    return below / m;
  });
  const shares = new Float64Array(rows.length);
  for (let j = 0; j < m; j++) {
    const distances = ranks.map((rank) => Math.abs(rank - (j + 0.5) / m));
    const least = Math.min(...distances);
    const nearest = [...distances.keys()].filter((i) => distances[i]! <= least + 1e-9);
    for (const i of nearest) shares[i] = shares[i]! + 1 / (m * nearest.length);
  }
  return shares;
}
