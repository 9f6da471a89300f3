import { Constraints } from '../../domain/constraints/constraint.js';
import { termOf } from '../../domain/constraints/terms.js';
import type { Design, ParameterValue } from '../../domain/design.js';
import { compositionOf } from '../../domain/parameters/any-composition.js';
import { type AnyComposition, isAnyComposition } from '../../domain/parameters/composition.js';
import type { Space } from '../../domain/space.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { factorsOf } from './factors.js';

/** What is expected along one factor, all others standing as in one design. */
export interface Slice {
  /** Of the parameter, or with a point between them of the parameter and the component whose amount changes: `solvent.water`. */
  readonly name: string;
  readonly parameter: string;
  /** Where the design itself stands. */
  readonly here: ParameterValue;
  /** Only where every constraint is kept. */
  readonly points: readonly SlicePoint[];
  /** Values that were looked at and break a constraint there. */
  readonly barred: number;
}

/** A median and an interval that holds the value without measurement noise with probability 0.9, lower end first. */
export interface SlicePoint {
  readonly value: ParameterValue;
  readonly median: number;
  readonly interval: readonly [number, number];
}

/** Designs that differ from one in one factor alone. */
export interface Line {
  readonly name: string;
  readonly parameter: string;
  readonly here: ParameterValue;
  readonly values: readonly ParameterValue[];
  readonly designs: readonly Design[];
  readonly barred: number;
}

/** A space as far as its designs and constraints go. */
type Sliced = Pick<Space, 'parameters' | 'constraints' | 'properties'>;

/**
 * The lines through a design along every factor, as far as they keep the constraints of the space; its own value is always among
 * them. Along an amount of a composition all others keep their proportions (Cox's direction).
 *
 * @param steps - values along a range, and of a longer list
 * @see Cox 1971, Biometrika 58, 155
 */
export function linesThrough(space: Sliced, through: Design, steps: number): Line[] {
  const constraints = Constraints.of(space);
  return factorsOf(space, steps).flatMap(({ name, values }, p) => {
    const parameter = space.parameters[p]!;
    if (isAnyComposition(parameter)) return amountLines(space, parameter, through, steps);
    return [lineOf(constraints, { name, parameter: name, here: through[name]!, values, through })];
  });
}

function amountLines(space: Sliced, parameter: AnyComposition, through: Design, steps: number): Line[] {
  const { name, components, total } = parameter;
  const amounts = components.map((one) => termOf(`${name}.${one}`, space.parameters)!.of(through) / total);
  const values = Array.from({ length: steps }, (_, i) => (i / (steps - 1)) * total);
  return components.map((component, c) => {
    const rest = 1 - amounts[c]!;
    const shareOf = (i: number, amount: number) => {
      if (i === c) return amount;
      return rest > 0 ? (amounts[i]! / rest) * (1 - amount) : (1 - amount) / (components.length - 1);
    };
    const at = (amount: number) =>
      compositionOf(
        parameter,
        Float64Array.from(components, (_, i) => shareOf(i, amount / total)),
      );
    const here = amounts[c]! * total;
    const line = { name: `${name}.${component}`, parameter: name, here, values, through, at };
    return lineOf(Constraints.of(space), line);
  });
}

function lineOf(
  constraints: Constraints,
  given: Omit<Line, 'designs' | 'barred'> & { readonly through: Design; readonly at?: (amount: number) => string },
): Line {
  const { name, parameter, here, through, at } = given;
  const all = withOwn(given.values, here).map((value) => {
    const own = value === here ? through[parameter]! : (at?.(value as number) ?? value);
    return { value, design: { ...through, [parameter]: own } };
  });
  // A value that does not matter there is another name of the design itself.
  const kept = all.filter(
    ({ value, design }) =>
      value === here ||
      (constraints.broken(design).length === 0 && constraints.settled(design)[parameter] === design[parameter]),
  );
  return {
    ...{ name, parameter, here },
    values: kept.map(({ value }) => value),
    designs: kept.map(({ design }) => design),
    barred: all.length - kept.length,
  };
}

function withOwn(values: readonly ParameterValue[], own: ParameterValue): readonly ParameterValue[] {
  if (values.includes(own)) return values;
  return typeof own === 'number' ? [...values, own].sort((a, b) => Number(a) - Number(b)) : [own, ...values];
}

/**
 * One-dimensional slices along lines, with their bands, at a level.
 *
 * @param own - turns what the surrogates predict into a value in the outcome's own unit
 * @returns in the order of the lines
 */
export function slicesAlong(
  ensemble: Ensemble,
  lines: readonly Line[],
  level: number,
  { encode, own }: { encode(designs: readonly Design[]): EncodedDesigns; own(turned: number): number },
): Slice[] {
  return lines.map(({ designs: along, values, ...line }) => {
    const designs = encode(along);
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(designs));
    const points = values.map((value, candidate): SlicePoint => {
      const [low, median, high] = [0.05, 0.5, 0.95].map((p) =>
        own(ensemble.quantile(posteriors, { level, candidate }, p)),
      );
      return { value, median: median!, interval: [Math.min(low!, high!), Math.max(low!, high!)] };
    });
    return { ...line, points };
  });
}
