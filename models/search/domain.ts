import type { Design, ParameterValue } from '../domain/design.js';
import { amountPlaces, compositionOf } from '../domain/parameters/any-composition.js';
import { type AnyComposition, isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { SpaceEncoder } from '../encode/space-encoder.js';
import type { Generator } from '../random/generator.js';
import { neighboursOf } from './neighbours.js';
import { type Reach, Region } from './region.js';
import { repaired } from './repair.js';
import { sampledDesigns } from './sampled-designs.js';

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
  /** Where the free columns of a design may be; null where anywhere in [0, 1]. */
  reach(design: Design): Reach | null;
  /** The design of the domain that has the free columns of another at a point, [free.length]; null where there is none. */
  project(design: Design, point: Float64Array): Design | null;
  /** Designs near one that differ from it in more than free columns; null where there is nothing else. */
  readonly neighbours: ((design: Design, random: Generator) => Design[]) | null;
  /** Whether a design may be proposed at a level. */
  allow(design: Design, level: number): boolean;
  /** Whether a design, a row, is too near to others at a level, so that no climb begins there; null where none is. */
  readonly crowded: ((designs: EncodedDesigns, row: number, level: number) => boolean) | null;
}

/** Where of a space a search may go. */
export interface Within {
  /** The space whose designs they are; that of the encoder, which may know more values, where absent. */
  readonly space?: Space;
  /** Whether a design may not be proposed at a level; none where absent. */
  readonly refused?: (design: Design, level: number) => boolean;
  readonly crowded?: SearchDomain['crowded'];
}

/** The domain of the designs of a space that keep its constraints. */
export function spaceDomain(
  encoder: SpaceEncoder,
  { space = encoder.space, refused, crowded = null }: Within = {},
): SearchDomain {
  const { parameters } = space;
  const region = Region.of(space);
  const { numbers, isProduct } = region;
  const isAllFree = parameters.every((one) => one.type === 'continuous' || isAnyComposition(one));
  return {
    encoder,
    sample: (count, seed) => sampledDesigns(space, count, seed),
    move: (design, scale, share, random) => {
      const values = parameters.map((parameter) =>
        movedValue(parameter, design[parameter.name]!, { scale, share, random }),
      );
      const moved = Object.fromEntries(parameters.map(({ name }, p) => [name, values[p]!]));
      return isProduct ? moved : (region.nearest(moved) ?? repaired(region, moved, random) ?? design);
    },
    free: numbers.each.map(({ at }) => at),
    reach: (design) => (isProduct ? null : region.reach(design)),
    project: (design, point) => (isProduct ? numbers.write(design, point) : region.written(design, point)),
    neighbours:
      isAllFree && region.presences.length === 0 ? null : (design, random) => neighboursOf(region, design, random),
    allow: (design, level) => region.keeps(design) && (refused === undefined || !refused(design, level)),
    crowded,
  };
}

/** How far values move, and how many of them. */
interface Moving {
  readonly scale: number;
  readonly share: number;
  readonly random: Generator;
}

function movedValue(parameter: Parameter, value: ParameterValue, { scale, share, random }: Moving): ParameterValue {
  const type = typeOf(parameter);
  const feature = type.feature(parameter, value);
  if (share < 1 && random.uniform() > share) return value;
  if (feature.kind === 'numeric') return type.fromUnit(parameter, reflect(feature.value + scale * random.normal()));
  if (isAnyComposition(parameter) && feature.kind === 'mixture')
    return movedAmounts(parameter, feature.fractions, scale, random);
  return random.uniform() < scale ? type.fromUnit(parameter, random.uniform()) : value;
}

/** Share of the components that are not there and stay away. */
const stayAway = 0.7;

function movedAmounts(
  parameter: AnyComposition,
  fractions: Readonly<Record<string, number>>,
  scale: number,
  random: Generator,
): string {
  const moved = parameter.components.map((name) => {
    const own = fractions[name]!;
    const stays = own === 0 && random.uniform() < stayAway;
    return stays ? 0 : Math.max(0, own + scale * random.normal());
  });
  const sum = moved.reduce((total, one) => total + one, 0);
  return compositionOf(parameter, sum > 0 ? moved.map((one) => one / sum) : Object.values(fractions), amountPlaces.few);
}

/** Folds a coordinate back into [0, 1). */
function reflect(u: number): number {
  const folded = Math.abs(u % 2);
  return Math.min(1 - 2 ** -53, folded > 1 ? 2 - folded : folded);
}
