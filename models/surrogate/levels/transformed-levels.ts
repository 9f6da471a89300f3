import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { FittedSurrogate, LatentScale } from '../contract.js';

/** A process over (design, fidelity) on which the losses of each level are on a scale of their own. */
export class TransformedLevels implements FittedSurrogate {
  constructor(
    private readonly inner: FittedSurrogate,
    private readonly scales: readonly LatentScale[],
    /** Parameters of the scales, and what they add to the log posterior density. */
    private readonly learned: { readonly parameters: readonly number[]; readonly logDensity: number },
  ) {}

  get hyperparameters() {
    return [...this.inner.hyperparameters, ...this.learned.parameters];
  }

  get logPosterior() {
    return this.inner.logPosterior + this.learned.logDensity;
  }

  get levelCorrelations() {
    return this.inner.levelCorrelations!;
  }

  get jitter() {
    return this.inner.jitter;
  }

  get noise() {
    return this.inner.noise;
  }

  get screen() {
    return this.inner.screen;
  }

  get scale(): LatentScale {
    const { scales } = this;
    const last = scales.length - 1;
    return {
      toLatent: (loss, level = last) => scales[level]!.toLatent(loss),
      toLoss: (latent, level = last) => scales[level]!.toLoss(latent),
      slope: (loss) => scales[last]!.slope(loss),
    };
  }

  posterior(candidates: EncodedDesigns, lowest?: number) {
    return this.inner.posterior(candidates, lowest);
  }

  joint(candidates: EncodedDesigns) {
    return this.inner.joint(candidates);
  }

  anchored(anchors: EncodedDesigns) {
    return this.inner.anchored(anchors);
  }

  local(candidate: EncodedDesigns) {
    return this.inner.local(candidate);
  }

  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const latent = losses?.map((loss, i) => this.scale.toLatent(loss, levels[i]!));
    return new TransformedLevels(this.inner.condition(designs, levels, latent), this.scales, this.learned);
  }

  leaveOneOut() {
    return this.inner.leaveOneOut();
  }

  get priorCorrelation() {
    return this.inner.priorCorrelation;
  }

  /** On the scales of the levels: warping the losses of a level changes no order of its designs. */
  correlations() {
    return this.inner.correlations?.() ?? [];
  }
}
