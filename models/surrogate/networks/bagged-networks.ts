import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { logDensity } from '../../stats/normal.js';
import { noiseOf } from '../noise/out-of-bag.js';
import type { Bagged, Slopes, View } from '../process/view-posterior.js';
import type { Heads } from './heads.js';
import type { NetworkColumns } from './network-columns.js';

/** What each network says of some designs. */
export interface NetworkView extends View {
  /** What the networks see, row-major [n × inputs]. */
  readonly rows: Float64Array;
  /** Mean of each network less the mean over them, [heads][n]. */
  readonly deviations: readonly Float64Array[];
}

/** Trained networks with the rows that they were trained on. */
interface NetworkState {
  readonly columns: NetworkColumns;
  readonly heads: Heads;
  readonly designs: EncodedDesigns;
  /** Standardised losses, [n]. */
  readonly y: Float64Array;
  /** Whether a row was left out by a network, [heads][n]. */
  readonly leftOut: readonly (readonly boolean[])[];
  readonly artefact: Uint8Array;
  /** As in `hyperparameters`; found out of bag where null. */
  readonly repair: Repair | null;
}

/** By which the spread of the networks is widened, log of it; the share that no network sees; log of the noise variance. */
export type Repair = readonly [logWidth: number, unseen: number, logNoise: number];

/** Widths that are tried; the share that no network sees, of the spread at the rows and at least; distance over which it changes. */
const [widths, unseenShare, leastUnseen, reach] = [[1, 1.5, 2, 3, 4, 6, 9, 14], 0.1, 1e-3, 0.5] as const;

/**
 * Networks read together as a normal distribution over losses: their mean, and
 *
 * cov(f(x), f(x')) = c·(Σ_k (f_k(x) − f̄(x))·(f_k(x') − f̄(x'))/(K − 1) + u·exp(−‖z − z'‖²/(2·D·0.5²)))
 *
 * with z the D columns that they see. Networks that were trained on few rows agree too much with one another, so the width c and the noise
 * are those by which they foretell best what they have left out.
 *
 * @see Lakshminarayanan et al. 2017, arXiv:1612.01474 (deep ensembles)
 */
export class BaggedNetworks implements Bagged<NetworkView> {
  readonly hyperparameters: readonly number[];
  readonly noise: number;
  private readonly width: number;
  private readonly unseen: number;

  private readonly columns: NetworkColumns;
  private readonly heads: Heads;
  private readonly designs: EncodedDesigns;
  private readonly leftOut: readonly (readonly boolean[])[];
  readonly artefact: Uint8Array;

  constructor({ columns, heads, designs, y, leftOut, artefact, repair }: NetworkState) {
    this.columns = columns;
    this.heads = heads;
    this.designs = designs;
    this.leftOut = leftOut;
    this.artefact = artefact;
    const [logWidth, unseen, logNoise] = repair ?? this.repaired(y);
    this.hyperparameters = [logWidth, unseen, logNoise];
    this.width = Math.exp(logWidth);
    this.unseen = unseen;
    this.noise = Math.exp(logNoise);
  }

  view(designs: EncodedDesigns): NetworkView {
    const { n } = designs;
    const rows = this.columns.of(designs);
    const deviations = this.heads.means(rows, n);
    const mean = new Float64Array(n);
    for (const own of deviations) for (let i = 0; i < n; i++) mean[i] = mean[i]! + own[i]! / deviations.length;
    for (const own of deviations) for (let i = 0; i < n; i++) own[i] = own[i]! - mean[i]!;
    return { n, mean, rows, deviations };
  }

  slice({ mean, rows, deviations }: NetworkView, from: number, m: number): NetworkView {
    const { inputs } = this.heads.shape;
    return {
      n: m,
      mean: mean.subarray(from, from + m),
      rows: rows.subarray(from * inputs, (from + m) * inputs),
      deviations: deviations.map((own) => own.subarray(from, from + m)),
    };
  }

  covariance(a: NetworkView, b: NetworkView): Float64Array {
    const result = new Float64Array(a.n * b.n);
    const share = this.width / (a.deviations.length - 1);
    a.deviations.forEach((own, k) => {
      const other = b.deviations[k]!;
      for (let i = 0; i < a.n; i++)
        for (let j = 0; j < b.n; j++) result[i * b.n + j] = result[i * b.n + j]! + share * own[i]! * other[j]!;
    });
    for (let i = 0; i < a.n; i++)
      for (let j = 0; j < b.n; j++) result[i * b.n + j] = result[i * b.n + j]! + this.alike(a.rows, i, b.rows, j);
    return result;
  }

  variance({ n, deviations }: NetworkView): Float64Array {
    const share = this.width / (deviations.length - 1);
    return Float64Array.from({ length: n }, (_, i) =>
      deviations.reduce((all, own) => all + share * own[i]! * own[i]!, this.width * this.unseen),
    );
  }

  slopes(candidate: EncodedDesigns, others: NetworkView): Slopes {
    const d = candidate.encoding.numeric;
    const { rows, deviations } = this.view(candidate);
    const { inputs, heads } = this.heads.shape;
    const byColumn = this.heads.slopes(rows);
    const result = {
      mean: new Float64Array(d),
      variance: new Float64Array(d),
      covariance: new Float64Array(others.n * d),
    };
    const share = this.width / (heads - 1);
    for (let j = 0; j < d; j++) {
      const slope = this.columns.slope(j);
      const own = byColumn.map((by) => by.reduce((all, value, c) => all + value * slope[c]!, 0));
      const mean = own.reduce((all, value) => all + value / heads, 0);
      result.mean[j] = mean;
      result.variance[j] = own.reduce((all, value, k) => all + 2 * share * (value - mean) * deviations[k]![0]!, 0);
      for (let i = 0; i < others.n; i++) {
        let approach = 0;
        for (let c = 0; c < inputs; c++) approach += (others.rows[i * inputs + c]! - rows[c]!) * slope[c]!;
        result.covariance[i * d + j] = own.reduce(
          (all, value, k) => all + share * (value - mean) * others.deviations[k]![i]!,
          (this.alike(rows, 0, others.rows, i) * approach) / (inputs * reach ** 2),
        );
      }
    }
    return result;
  }

  outOfBag(): { mean: Float64Array; variance: Float64Array } {
    const { mean, spread } = this.outside();
    return { mean, variance: spread.map((value) => this.width * (value + this.unseen)) };
  }

  /** Mean and variance over the networks that left a row out; 0 and 1 where fewer than two have. */
  private outside() {
    const { n } = this.designs;
    const all = this.heads.means(this.columns.of(this.designs), n);
    const [mean, spread] = [new Float64Array(n), new Float64Array(n).fill(1)];
    for (let i = 0; i < n; i++) {
      const told = all.flatMap((own, k) => (this.leftOut[k]![i] ? [own[i]!] : []));
      if (told.length < 2) continue;
      const average = told.reduce((sum, value) => sum + value, 0) / told.length;
      mean[i] = average;
      spread[i] = told.reduce((sum, value) => sum + (value - average) ** 2, 0) / (told.length - 1);
    }
    return { mean, spread };
  }

  private repaired(y: Float64Array): Repair {
    const { mean, spread } = this.outside();
    const unseen = Math.max(leastUnseen, (unseenShare * spread.reduce((sum, value) => sum + value, 0)) / y.length);
    const tried = widths.map((width) => {
      const variance = spread.map((value) => width * (value + unseen));
      const noise = noiseOf({ mean, variance }, y);
      const score = y.reduce((sum, value, i) => {
        const sd = Math.sqrt(variance[i]! + noise);
        return sum + logDensity((value - mean[i]!) / sd) - Math.log(sd);
      }, 0);
      return { width, noise, score };
    });
    const { width, noise } = tried.reduce((a, b) => (b.score > a.score ? b : a));
    return [Math.log(width), unseen, Math.log(noise)];
  }

  /** The part of a covariance that no network sees. */
  private alike(a: Float64Array, i: number, b: Float64Array, j: number): number {
    const { inputs } = this.heads.shape;
    let squares = 0;
    for (let c = 0; c < inputs; c++) squares += (a[i * inputs + c]! - b[j * inputs + c]!) ** 2;
    return this.width * this.unseen * Math.exp(-squares / (2 * inputs * reach ** 2));
  }
}
