/**
 * A test function to be minimised, with what is known of it.
 *
 * Augmented problems take one or more fidelity inputs in [0, 1] besides the design; at 1 they are the plain function.
 */
export interface Problem {
  readonly name: string;
  /** Lowest and highest value of each design input, [d]. */
  readonly bounds: readonly (readonly [number, number])[];
  /** Number of fidelity inputs; 0 for plain functions. */
  readonly fidelityInputs: number;
  /** Global minimum within the bounds at full fidelity. */
  readonly minimum: number;
  /** Places of the minimum that are known, each [d]. */
  readonly minimisers: readonly (readonly number[])[];
  /**
   * Value of the function.
   * @param x - design, [d]
   * @param fidelity - [fidelityInputs], each in [0, 1]
   */
  evaluate(x: readonly number[], fidelity: readonly number[]): number;
}

/** How a problem is made known: for one number of inputs, or for any. */
export interface ProblemFamily {
  readonly name: string;
  /** Numbers of design inputs allowed, both ends included. */
  readonly dims: { readonly least: number; readonly most: number; readonly usual: number };
  /** @param dims - number of design inputs, within the range above */
  of(dims: number): Problem;
}

/** The same pair of bounds for every input. */
export function cube(dims: number, low: number, high: number): (readonly [number, number])[] {
  return Array.from({ length: dims }, () => [low, high] as const);
}

/** The same coordinate in every input. */
export function diagonal(dims: number, value: number): number[] {
  return Array.from({ length: dims }, () => value);
}
