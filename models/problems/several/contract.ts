/** A test function of several objectives, all to be minimised. */
export interface SeveralProblem {
  readonly name: string;
  /** Lowest and highest value of each design input, [d]. */
  readonly bounds: readonly (readonly [number, number])[];
  /** Losses from which hypervolume is counted, [m]. */
  readonly reference: readonly number[];
  /** The hypervolume of the best front, or of the best one known. */
  readonly hypervolume: number;
  /** Values of the objectives, [m]. @param x - design, [d] */
  evaluate(x: readonly number[]): readonly number[];
}
