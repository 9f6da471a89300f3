import type { Design } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { SpaceEncoder } from '../encode/space-encoder.js';
import type { Generator } from '../random/generator.js';
import { sobol } from '../random/sobol.js';

/** Where a search goes: all that it asks of a space, whatever kind of space that is. */
export interface SearchDomain {
  readonly encoder: SpaceEncoder;
  /** Designs spread evenly over it. */
  sample(count: number, seed: number): Design[];
  /**
   * A design near another: what has an order goes by normal steps, the rest changes to any value with probability `scale`.
   *
   * @param scale - standard deviation of a step, in parts of a range
   * @param share - probability with which a parameter moves at all, 0 to 1
   */
  move(design: Design, scale: number, share: number, random: Generator): Design;
  /** Places, among the numeric columns of an encoded design, of what a climb may change together; all in [0, 1]. */
  readonly free: readonly number[];
  /** The design of the domain that has the free columns of another at a point, [free.length], all else being as it is. */
  project(design: Design, point: Float64Array): Design;
  /** Whether a design may be proposed at a level. */
  allow(design: Design, level: number): boolean;
  /** Whether a design, a row, is too near to others at a level, so that no climb begins there; null where none is. */
  readonly crowded: ((designs: EncodedDesigns, row: number, level: number) => boolean) | null;
}

/** Where of a space a search may go. */
export interface Within {
  /** The parameters with the values that may be drawn; those that are encoded where absent. */
  readonly parameters?: readonly Parameter[];
  /** Whether a design may not be proposed at a level; none where absent. */
  readonly refused?: (design: Design, level: number) => boolean;
  readonly crowded?: SearchDomain['crowded'];
}

/** The domain of a space in which any combination of values is a design. */
export function productDomain(
  encoder: SpaceEncoder,
  { parameters = encoder.space.parameters, refused, crowded = null }: Within = {},
): SearchDomain {
  const continuous = parameters.flatMap((parameter, p) =>
    parameter.type === 'continuous' ? [{ parameter, at: encoder.columns[p]!.at }] : [],
  );
  const designOf = (values: readonly Design[string][]): Design =>
    Object.fromEntries(parameters.map(({ name }, p) => [name, values[p]!]));
  return {
    encoder,
    sample: (count, seed) => {
      const unit = sobol(count, parameters.length, seed);
      return Array.from({ length: count }, (_, i) =>
        designOf(parameters.map((one, p) => typeOf(one).fromUnit(one, unit[i * parameters.length + p]!))),
      );
    },
    move: (design, scale, share, random) =>
      designOf(
        parameters.map((parameter) => {
          const type = typeOf(parameter);
          const value = design[parameter.name]!;
          const feature = type.feature(parameter, value);
          if (share < 1 && random.uniform() > share) return value;
          if (feature.kind === 'numeric')
            return type.fromUnit(parameter, reflect(feature.value + scale * random.normal()));
          return random.uniform() < scale ? type.fromUnit(parameter, random.uniform()) : value;
        }),
      ),
    free: continuous.map(({ at }) => at),
    project: (design, point) => {
      const moved = continuous.map(({ parameter }, i) => [
        parameter.name,
        typeOf(parameter).fromUnit(parameter, point[i]!),
      ]);
      return { ...design, ...Object.fromEntries(moved) };
    },
    allow: (design, level) => refused === undefined || !refused(design, level),
    crowded,
  };
}

/** Folds a coordinate back into [0, 1). */
function reflect(u: number): number {
  const folded = Math.abs(u % 2);
  return Math.min(1 - 2 ** -53, folded > 1 ? 2 - folded : folded);
}
