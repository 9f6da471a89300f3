/** A function of numbers. */
export interface NumberFunction {
  /** How many numbers it takes at least and at most. */
  readonly takes: readonly [least: number, most: number];
  of(values: readonly number[]): number;
}

const one = (of: (value: number) => number): NumberFunction => ({ takes: [1, 1], of: ([value]) => of(value!) });
const several = (of: (...values: number[]) => number): NumberFunction => ({
  takes: [2, 16],
  of: (values) => of(...values),
});

/** All functions that expressions have; beside them, properties of substances and categories are called like one. */
export const functions: ReadonlyMap<string, NumberFunction> = new Map([
  ['min', several(Math.min)],
  ['max', several(Math.max)],
  ['abs', one(Math.abs)],
  ['exp', one(Math.exp)],
  ['log', one(Math.log)],
  ['log10', one(Math.log10)],
  ['sqrt', one(Math.sqrt)],
]);
