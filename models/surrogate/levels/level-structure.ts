import type { Hyperparameter } from '../../kernel/contract.js';

/** Covariances of the levels, one matrix a term, row-major [L × L] in fidelity order. */
export interface LevelCovariances {
  readonly B: readonly Float64Array[];
  /**
   * Adds Σ_q Σ_ab M_q[a, b]·∂B_q[a, b]/∂θ to `gradient`, one entry a hyperparameter.
   *
   * @param M - derivatives by each B_q[a, b], row-major [L × L]
   */
  pullback(M: readonly Float64Array[], gradient: Float64Array): void;
}

/**
 * How the values of one design at several levels hang together: K[(x, l), (x', l')] = Σ_q B_q[l, l']·k_q(x, x'), a sum
 * of separable terms.
 */
export interface LevelStructure {
  /** Those of all B_q together. */
  readonly hyperparameters: readonly Hyperparameter[];
  /** Hyperparameters whose sign a search from one start does not change; their turned values are tried too. */
  readonly signed: readonly number[];
  /** @param theta - values of the hyperparameters; what follows them is not read */
  evaluate(theta: Float64Array): LevelCovariances;
}
