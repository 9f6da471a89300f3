import { rowKey } from '../../encode/encoded-designs.js';
import { quantile } from '../../stats/quantile.js';
import type { FitOptions, FittedSurrogate, TrainingSet } from '../contract.js';
import type { SingleLevel } from '../levels/single-level.js';
import { markedRows } from '../noise/suspects.js';
import { lossUnit } from '../outputs/loss-unit.js';
import { moments } from '../outputs/output-transform.js';
import { icmLayout } from '../process/icm-hyperparameters.js';
import { fitGp, type GpKind, targetRows } from './gp.js';

/** Rows at the target from which one may be set aside, and how many for each that is. */
const [rowsAtLeast, rowsForEach] = [8, 8];

/** Rows that are set aside at most. */
const most = 5;

/** Deviations by which a loss is off to be considered: of all others in the middle, and by what is expected of it. */
export const offBy = { usual: 6, own: 2 } as const;

/** Deviations at the middle of a normal distribution. */
export const perMedian = 1.4826;

/** Log prior odds of a row being wrong: one in fifty. */
const logOdds = Math.log(0.02 / 0.98);

/** Half-width at half the height of what a wrong loss may be, in standard deviations of the others, on their scale. */
const width = 3;

/**
 * A Gaussian process of that kind that gross errors do not spoil: it is fitted to all rows at the target, and to those that
 * are left as one after the other of the worst is set aside; of these fits the most probable is taken. What is compared is
 *
 * log p(losses kept | θ) + log p(θ) + Σ_aside [log Cauchy(t_i; 0, 3) + log dt/dloss + log odds]
 *
 * A row is considered only where its loss, left out, is off by 6 times what is usual of the fit (by the median) and by two
 * of its own standard deviations, so that most data cost a look and change nothing. A better loss than all others, which may
 * be what is searched for, must be better by more than they span. Rows of a design that was measured again with the same
 * result stay: see `confirmed`. So do rows whose noise is known: how far they may be off was said.
 *
 * Where two rows of one design contradict each other grossly, each of them is also set aside first.
 *
 * An infinite noise variance of a row is what leaves it out; of relevance pursuit that is the end where the error is gross.
 *
 * Without optimisation the rows are set aside that were so before; they are named behind the hyperparameters.
 *
 * @see Ament et al. 2024, arXiv:2410.24222 (relevance pursuit over noise variances of rows, chosen by evidence)
 */
export function fitRobust(training: TrainingSet, options: FitOptions, kind: GpKind): FittedSurrogate {
  const { size } = icmLayout({ ...kind, levels: 1 });
  const n = targetRows(training).losses.length;
  if (!options.optimise && options.previous !== null && options.previous.length > size) {
    const aside = markedRows(training, options.previous.slice(size + 1));
    return fitGp(training, options, kind, aside.length < n ? aside : []);
  }
  const plain = fitGp(training, options, kind);
  if (n < rowsAtLeast || options.suspects === false) return plain;
  let best = { fitted: plain, value: evidence(training, plain) };
  const without = (aside: readonly number[], { hyperparameters }: SingleLevel) => {
    const fitted = fitGp(training, { ...options, previous: hyperparameters }, kind, aside);
    const value = evidence(training, fitted);
    if (value > best.value) best = { fitted, value };
    return fitted;
  };
  const pursue = (from: SingleLevel) => {
    let fitted = from;
    while (fitted.suspects.length < Math.min(most, Math.floor(n / rowsForEach))) {
      const worst = worstRow(training, fitted);
      if (worst === null) return;
      fitted = without([...fitted.suspects, worst], fitted);
    }
  };
  pursue(plain);
  for (const row of contested(training)) if (!best.fitted.suspects.includes(row)) pursue(without([row], plain));
  return best.fitted;
}

/** Log evidence of all losses, in their own unit, up to a constant that all fits to these rows share. */
function evidence(training: TrainingSet, { logPosterior, scale, suspects }: SingleLevel): number {
  const { losses } = targetRows(training, suspects);
  const unit = lossUnit(losses);
  const sd = moments(losses.map((loss) => loss / unit)).sd * unit;
  return suspects.reduce(
    (sum, row) => {
      const loss = training.losses[row]!;
      const latent = scale.toLatent(loss) / width;
      return sum + logOdds - Math.log(Math.PI * width * (1 + latent * latent)) + Math.log(scale.slope(loss));
    },
    logPosterior - losses.length * Math.log(sd),
  );
}

/** The row that is off by most of its own standard deviations, among those that are off by as much as `offBy` says. */
function worstRow(training: TrainingSet, fitted: SingleLevel): number | null {
  const { mean, variance } = fitted.leaveOneOut();
  const rows = [...training.levels.keys()].filter((row) => training.levels[row] === training.levelCount - 1);
  const off = (row: number) => Math.abs(fitted.scale.toLatent(training.losses[row]!) - mean[row]!);
  const usual = perMedian * quantile(Float64Array.from(rows, off).sort(), 0.5);
  let [worst, largest] = [null as number | null, 0];
  const kept = rows.filter((row) => !fitted.suspects.includes(row));
  const saysItsNoise = (row: number) => training.noise !== undefined && !Number.isNaN(training.noise[row]!);
  const rising = Float64Array.from(kept, (row) => training.losses[row]!).sort();
  const [first, second, last] = [rising[0]!, rising[1]!, rising.at(-1)!];
  for (const row of kept) {
    if (saysItsNoise(row)) continue;
    if (training.losses[row] === first && second - first <= last - second) continue;
    const own = off(row) / Math.sqrt(variance[row]!);
    if (!(off(row) > offBy.usual * usual && own > offBy.own && own > largest)) continue;
    if (confirmed(training, fitted, row)) continue;
    [worst, largest] = [row, own];
  }
  return worst;
}

/**
 * The two rows of a design whose losses differ most, where that is by more than half of what the losses of all others span. What one
 * of them spoils, the noise of all, hides it from `worstRow`.
 */
function contested(training: TrainingSet): readonly number[] {
  const { designs, levels, losses, levelCount, noise } = training;
  const rows = [...levels.keys()].filter((row) => levels[row] === levelCount - 1);
  const places = new Map<string, number[]>();
  for (const row of rows) {
    const key = rowKey(designs, row);
    places.set(key, [...(places.get(key) ?? []), row]);
  }
  let [pair, largest] = [[] as readonly number[], 0];
  for (const group of places.values()) {
    if (group.length < 2 || group.some((row) => noise !== undefined && !Number.isNaN(noise[row]!))) continue;
    const rising = [...group].sort((a, b) => losses[a]! - losses[b]!);
    const ends = [rising[0]!, rising.at(-1)!];
    const gap = losses[ends[1]!]! - losses[ends[0]!]!;
    if (gap > largest) [pair, largest] = [ends, gap];
  }
  const others = rows.filter((row) => !pair.includes(row)).map((row) => losses[row]!);
  return largest > 0.5 * (Math.max(...others) - Math.min(...others)) ? pair : [];
}

/** Whether another row of the same design agrees with it: its loss is nearer than half of what is expected of both. */
function confirmed(training: TrainingSet, fitted: SingleLevel, row: number): boolean {
  const { designs, levels, losses } = training;
  const key = rowKey(designs, row);
  const { mean } = fitted.leaveOneOut();
  const latent = (at: number) => fitted.scale.toLatent(losses[at]!);
  const off = Math.abs(latent(row) - mean[row]!);
  return [...levels.keys()].some(
    (other) =>
      other !== row &&
      levels[other] === levels[row] &&
      rowKey(designs, other) === key &&
      !fitted.suspects.includes(other) &&
      Math.abs(latent(other) - latent(row)) < 0.5 * off,
  );
}
