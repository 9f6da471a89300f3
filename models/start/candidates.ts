import { type Design, designKey, type ParameterValue } from '../domain/design.js';
import { compositionOf } from '../domain/parameters/any-composition.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Generator } from '../random/generator.js';
import { Region } from '../search/region.js';
import { sampledDesigns } from '../search/sampled-designs.js';
import { combinations, endsOf, type Factor, isScaled, sizeOf } from './levels.js';
import { cornersOf } from './vertices.js';

/** Designs that are looked at: of a list, and beside it of samples, and of those whose corners are looked for. */
const most = { listed: 2500, samples: 300, cornered: 150 } as const;

/** Designs from which a start is chosen. */
export interface Candidates {
  /** All different, all within the space and its constraints. */
  readonly designs: readonly Design[];
  /** Spread evenly over the space: what a mean over it is taken of. */
  readonly even: readonly Design[];
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/** The designs of a list, or of any other space the ends and middles of all parameters, corners of what constraints leave, and an even sample. */
export function candidatesOf(space: Space, seed: number): Candidates {
  const random = new Generator(seed, 'start');
  const region = Region.of(space);
  const kept = (designs: readonly Design[]) => different(designs.filter((design) => region.keeps(design)));
  if (space.pool !== null) {
    const rows = kept([...space.pool.designs]);
    const designs = some(rows, most.listed, random);
    return { designs, even: designs, isAll: designs.length === rows.length };
  }
  const settled = (design: Design) => region.constraints.settled(design);
  const whole = space.parameters.map((one): Factor | null => {
    const values = typeOf(one).values(one);
    return values === null ? null : { name: one.name, values };
  });
  const listed = whole.filter((factor) => factor !== null);
  if (listed.length === whole.length && sizeOf(listed) <= most.listed) {
    const designs = kept(combinations(listed, {}).map(settled));
    return { designs, even: designs, isAll: true };
  }
  const factors = space.parameters.map((one): Factor => ({ name: one.name, values: supportOf(one) }));
  const marked =
    sizeOf(factors) <= most.listed
      ? combinations(factors, {})
      : Array.from({ length: most.listed }, () =>
          Object.fromEntries(factors.map(({ name, values }) => [name, values[random.below(values.length)]!])),
        );
  const even = sampledDesigns(space, most.samples, seed);
  const corners =
    region.isProduct || region.numbers.each.length === 0
      ? []
      : even.slice(0, most.cornered).flatMap((design) => cornersOf(region, design, random));
  return { designs: kept([...marked.map(settled), ...corners, ...even]), even, isAll: false };
}

/** Values at which a polynomial is learned best. */
function supportOf(parameter: Parameter): readonly ParameterValue[] {
  if (isScaled(parameter)) {
    const { low, high, middle } = endsOf(parameter);
    return low === high ? [low] : middle === null ? [low, high] : [low, middle, high];
  }
  return isAnyComposition(parameter) ? latticeOf(parameter) : typeOf(parameter).values(parameter)!;
}

/** Components alone, two and three in equal parts, and all. */
function latticeOf(parameter: Parameter & { readonly type: 'composition' }): string[] {
  const places = [...parameter.components.keys()];
  const sets = places.flatMap((i) => [
    [i],
    ...places.slice(0, i).flatMap((j) => [[i, j], ...places.slice(0, j).map((k) => [i, j, k])]),
  ]);
  if (places.length > 3) sets.push(places);
  return sets.map((set) =>
    compositionOf(
      parameter,
      places.map((i) => (set.includes(i) ? 1 / set.length : 0)),
    ),
  );
}

function different(designs: readonly Design[]): Design[] {
  return [...new Map(designs.map((design) => [designKey(design), design])).values()];
}

function some<T>(all: readonly T[], count: number, random: Generator): readonly T[] {
  return all.length <= count
    ? all
    : random
        .permutation(all.length)
        .slice(0, count)
        .map((i) => all[i]!);
}
