import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { LevelScale } from '../levels/level-scale.js';
import type { RowNoise } from '../noise/row-noise.js';
import type { IcmLayout } from './icm-hyperparameters.js';

/** Rows that a process is conditioned on, their values apart. */
export interface IcmRows {
  readonly designs: EncodedDesigns;
  /** Fidelity of each row, [n]. */
  readonly levels: Int32Array;
  /** What is known of the noise of each row; null: nothing. */
  readonly noise: RowNoise | null;
}

/** What a process is conditioned on, at which hyperparameters. */
export interface IcmState extends IcmRows {
  readonly layout: IcmLayout;
  readonly theta: Float64Array;
  /** Standardised losses, [n]. */
  readonly y: Float64Array;
  readonly scales: readonly LevelScale[];
}

/** Gradient of minus the log posterior density by the data. */
export interface DataGradient {
  /** By the values: α = K⁻¹r, [n]. */
  readonly values: Float64Array;
  /** By the noise variance of each row: −½·(α_i² − (K⁻¹)_ii), [n]. */
  readonly noise: Float64Array;
}
