import { concatDesigns, type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import {
  type AnchoredPosterior,
  type FittedSurrogate,
  type LevelPosterior,
  type LocalPosterior,
  lossScale,
} from '../contract.js';
import { addFeatures, type LevelFeature, plusUnknown, throughFeatures } from '../levels/level-feature.js';
import { type LevelScale, standardLoss } from '../levels/level-scale.js';
import type { RowNoise } from '../noise/row-noise.js';
import { inUnits } from '../outputs/loss-unit.js';
import type { IcmLayout } from './icm-hyperparameters.js';
import { IcmPosterior } from './icm-posterior.js';

/** What the posterior is made from. */
export interface LinearTermState {
  /** Of the lower levels that have any. */
  readonly features: readonly LevelFeature[];
  /** Rows at the target, without features, and their losses. */
  readonly designs: EncodedDesigns;
  readonly losses: Float64Array;
  readonly scale: LevelScale;
  /** What is known of the noise of the rows at the target, in standard units. */
  readonly noise: RowNoise | null;
  readonly layout: IcmLayout;
  readonly theta: Float64Array;
  /** Levels of the training set, [n]; the last level is the target. */
  readonly levels: Int32Array;
  readonly levelCount: number;
}

/**
 * A process of the target over designs and features of lower levels, f_T(x) = g(x) + Σ_l β_l·φ_l(x).
 *
 * The features are taken as they are in the fit. Of what is not known of a lower level, the target has its share to
 * first order: with b_l the posterior mean of β_l in the units of both losses, b_l²·v_l(x) is added to the target's
 * variance, and the covariance of a lower level with the target is b_l·v_l(x).
 */
export class LinearTermPosterior implements FittedSurrogate {
  private readonly inner: IcmPosterior;
  /** b_l of each feature. */
  private readonly slopes: readonly number[];

  constructor(private readonly state: LinearTermState) {
    const { features, designs, losses, scale, noise, layout, theta } = state;
    const known = addFeatures(designs, features);
    this.inner = new IcmPosterior({
      layout,
      theta,
      designs: known,
      levels: new Int32Array(designs.n),
      noise,
      y: losses.map((loss) => standardLoss(loss, scale)),
      scales: [scale],
    });
    // The mean is linear in the features, so that its slope by one is the same everywhere.
    const gradient = this.inner.local(selectDesigns(known, [0])).meanGradient[0]!;
    this.slopes = features.map((feature, f) => gradient[designs.encoding.numeric + f]! / feature.scale.sd);
  }

  get hyperparameters(): readonly number[] {
    return [...this.state.features.flatMap(({ surrogate }) => [...surrogate.hyperparameters]), ...this.state.theta];
  }

  get logPosterior(): number {
    return this.state.features.reduce((sum, { surrogate }) => sum + surrogate.logPosterior, this.inner.logPosterior);
  }

  get jitter(): number {
    return Math.max(this.inner.jitter, ...this.state.features.map(({ surrogate }) => surrogate.jitter));
  }

  get noise(): readonly number[] {
    return this.byLevel(
      (feature) => feature.surrogate.noise[0]!,
      () => 0,
      this.inner.noise[0]!,
    );
  }

  get scale() {
    const units = this.byLevel(
      (feature) => feature.scale.unit,
      () => 1,
      this.state.scale.unit,
    );
    return inUnits(lossScale, units);
  }

  get screen() {
    return null;
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const target = this.inner.posterior(addFeatures(candidates, this.state.features));
    const lower = this.state.features.map(({ surrogate }) => surrogate.posterior(candidates));
    const filled = (value: number) => () => new Float64Array(candidates.n).fill(value);
    const variance = target.variance[0]!.map((value, c) =>
      lower.reduce((sum, own, f) => sum + this.slopes[f]! ** 2 * own.variance[0]![c]!, value),
    );
    return {
      mean: this.byLevel((_, f) => lower[f]!.mean[0]!, filled(0), target.mean[0]!),
      variance: this.byLevel((_, f) => lower[f]!.variance[0]!, filled(1), variance),
      covariance: this.byLevel(
        (_, f) => lower[f]!.variance[0]!.map((value) => value * this.slopes[f]!),
        filled(0),
        variance,
      ),
    };
  }

  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array } {
    const { mean, covariance } = this.anchored(candidates);
    return { mean, covariance };
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const { features, levelCount } = this.state;
    const { numeric } = anchors.encoding;
    const known = this.inner.anchored(addFeatures(anchors, features));
    const unknown = features.map(({ surrogate }, f) => ({
      anchored: surrogate.anchored(anchors),
      slope: this.slopes[f]!,
    }));
    const place = (level: number) => features.findIndex((feature) => feature.level === level);
    const nothing = (size: number) => new Float64Array(size);
    return {
      ...plusUnknown(known, unknown),
      with: (candidates, level) => {
        const size = candidates.n * anchors.n;
        const theirs = unknown.map(({ anchored }) => anchored.with(candidates, 0));
        if (level === levelCount - 1)
          return theirs.reduce(
            (sum, own, f) => sum.map((value, at) => value + this.slopes[f]! ** 2 * own[at]!),
            known.with(addFeatures(candidates, features), 0),
          );
        const f = place(level);
        return f < 0 ? nothing(size) : theirs[f]!.map((value) => value * this.slopes[f]!);
      },
      local: (candidate, level) => {
        const theirs = unknown.map(({ anchored }) => anchored.local(candidate, 0));
        const times = (f: number, factor: number) => ({
          covariance: theirs[f]!.covariance.map((value) => value * factor),
          gradient: theirs[f]!.gradient.map((value) => value * factor),
        });
        if (level !== levelCount - 1) {
          const f = place(level);
          if (f >= 0) return times(f, this.slopes[f]!);
          return { covariance: nothing(anchors.n), gradient: nothing(anchors.n * numeric) };
        }
        const locals = features.map(({ surrogate }) => surrogate.local(candidate));
        const own = known.local(addFeatures(candidate, features), 0);
        const start = {
          covariance: own.covariance,
          gradient: throughFeatures(own.gradient, features, locals, numeric),
        };
        return features.reduce((sum, _, f) => {
          const part = times(f, this.slopes[f]! ** 2);
          return {
            covariance: sum.covariance.map((value, at) => value + part.covariance[at]!),
            gradient: sum.gradient.map((value, at) => value + part.gradient[at]!),
          };
        }, start);
      },
    };
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const { features } = this.state;
    const { numeric } = candidate.encoding;
    const { mean, variance, covariance } = this.posterior(candidate);
    const locals = features.map(({ surrogate }) => surrogate.local(candidate));
    const own = this.inner.local(addFeatures(candidate, features));
    const through = (gradient: Float64Array) => throughFeatures(gradient, features, locals, numeric);
    const none = () => new Float64Array(numeric);
    const byVariance = through(own.varianceGradient[0]!).map((value, j) =>
      locals.reduce((sum, lower, f) => sum + this.slopes[f]! ** 2 * lower.varianceGradient[0]![j]!, value),
    );
    const first = (levels: readonly Float64Array[]) => Float64Array.from(levels, (values) => values[0]!);
    return {
      mean: first(mean),
      variance: first(variance),
      covariance: first(covariance),
      meanGradient: this.byLevel((_, f) => locals[f]!.meanGradient[0]!, none, through(own.meanGradient[0]!)),
      varianceGradient: this.byLevel((_, f) => locals[f]!.varianceGradient[0]!, none, byVariance),
      covarianceGradient: this.byLevel(
        (_, f) => locals[f]!.varianceGradient[0]!.map((value) => value * this.slopes[f]!),
        none,
        byVariance,
      ),
    };
  }

  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const { state } = this;
    const at = (level: number) => [...levels.keys()].filter((row) => levels[row] === level);
    const of = (rows: readonly number[]) => losses && Float64Array.from(rows, (row) => losses[row]!);
    const features = state.features.map((feature) => {
      const rows = at(feature.level);
      if (rows.length === 0) return feature;
      const zeros = new Int32Array(rows.length);
      return { ...feature, surrogate: feature.surrogate.condition(selectDesigns(designs, rows), zeros, of(rows)) };
    });
    const rows = at(state.levelCount - 1);
    const unknown = state.noise?.typical(new Int32Array(state.designs.n), 0) ?? Number.NaN;
    const added = selectDesigns(designs, rows);
    const values =
      of(rows) ??
      this.posterior(added)
        .mean.at(-1)!
        .map((mean) => this.scale.toLoss(mean));
    return new LinearTermPosterior({
      ...state,
      features,
      designs: concatDesigns(state.designs, added),
      losses: Float64Array.from([...state.losses, ...values]),
      noise: state.noise?.extended(values.map(() => unknown)) ?? null,
    });
  }

  /** Of the rows that it was fitted to; a row keeps its own values at lower levels. NaN at levels without a feature. */
  leaveOneOut(): { mean: Float64Array; variance: Float64Array } {
    const { features, levels, designs } = this.state;
    const target = this.inner.leaveOneOut();
    const unknown = features.map(({ surrogate }) => surrogate.posterior(designs).variance[0]!);
    const variance = target.variance.map((value, i) =>
      unknown.reduce((sum, own, f) => sum + this.slopes[f]! ** 2 * own[i]!, value),
    );
    const lower = features.map(({ surrogate }) => surrogate.leaveOneOut());
    const spread = (byLevel: readonly (Float64Array | null)[]) => {
      const next = byLevel.map(() => 0);
      return Float64Array.from(levels, (level) => byLevel[level]?.[next[level]!++] ?? Number.NaN);
    };
    return {
      mean: spread(
        this.byLevel<Float64Array | null>(
          (_, f) => lower[f]!.mean,
          () => null,
          target.mean,
        ),
      ),
      variance: spread(
        this.byLevel<Float64Array | null>(
          (_, f) => lower[f]!.variance,
          () => null,
          variance,
        ),
      ),
    };
  }

  /** One entry a level: of its feature, or where it has none, and of the target. */
  private byLevel<T>(of: (feature: LevelFeature, place: number) => T, otherwise: () => T, target: T): T[] {
    const { features, levelCount } = this.state;
    return Array.from({ length: levelCount }, (_, level) => {
      if (level === levelCount - 1) return target;
      const place = features.findIndex((feature) => feature.level === level);
      return place < 0 ? otherwise() : of(features[place]!, place);
    });
  }
}
