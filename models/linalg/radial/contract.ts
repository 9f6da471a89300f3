/** Value of a radial kernel, and minus twice its slope by r²: the derivative by a coordinate is −½·slope·∂r²/∂x. */
export interface RadialValue {
  readonly value: number;
  readonly slope: number;
}

/** A correlation that depends on the scaled squared distance r² ≥ 0 alone; 1 at 0. */
export type RadialKernel = (squared: number) => RadialValue;
