import type { Design, ParameterValue } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';

/** A parameter that a start varies, with the values that it takes. */
export interface Factor {
  readonly name: string;
  /** In order: of numbers the lowest and the highest, the middle between them where there are to be three; of names all. */
  readonly values: readonly ParameterValue[];
  /** Of numbers the value in the middle, null where there is none between the ends; absent of names. */
  readonly middle?: ParameterValue | null;
}

/** Whether the values of a parameter have an order, so that it has ends and a middle. */
export function isScaled(parameter: Parameter): boolean {
  return parameter.type === 'continuous' || parameter.type === 'integer' || parameter.type === 'discrete';
}

/** Ends and middle of a parameter whose values have an order. */
export function endsOf(parameter: Parameter): {
  readonly low: ParameterValue;
  readonly high: ParameterValue;
  readonly middle: ParameterValue | null;
} {
  const type = typeOf(parameter);
  if (parameter.type === 'continuous') {
    const [low, high] = parameter.bounds;
    return { low, high, middle: type.fromUnit(parameter, 0.5) };
  }
  if (parameter.type === 'integer') {
    const [low, high] = parameter.bounds;
    return { low, high, middle: high - low < 2 ? null : Math.floor((low + high) / 2) };
  }
  const sorted = [...type.values(parameter)!].sort((a, b) => Number(a) - Number(b));
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const half = (Number(low) + Number(high)) / 2;
  const inner = sorted.slice(1, -1).map(Number);
  const middle = inner.reduce<number | null>(
    (best, one) => (best === null || Math.abs(one - half) < Math.abs(best - half) ? one : best),
    null,
  );
  return { low, high, middle };
}

/** How many combinations of values there are. */
export function sizeOf(factors: readonly Factor[]): number {
  return factors.reduce((product, { values }) => product * values.length, 1);
}

/** All combinations of values, the last factor running fastest, on top of what is the same in all. */
export function combinations(factors: readonly Factor[], rest: Design): Design[] {
  let designs: Design[] = [rest];
  for (const { name, values } of factors)
    designs = designs.flatMap((design) => values.map((value) => ({ ...design, [name]: value })));
  return designs;
}
