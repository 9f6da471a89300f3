import type { ParameterValue } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Generator } from '../random/generator.js';

/** Values without order that are all tried; of more, that many at random. */
const mostUnordered = 20;

/** Numbers up to which all are tried; of more, steps of these sizes and shares of the list to both sides, and some at random. */
const mostOrdered = 12;
const steps = [1, 2, 5] as const;
const shares = [0.1, 0.3] as const;
const atRandom = 3;

/** Compositions of a list that are tried: the nearest ones, and some at random. */
const nearest = 12;

/** Other values that a parameter may be changed to from one of its own in a local search; none of a free number. */
export function changesOf(parameter: Parameter, value: ParameterValue, random: Generator): readonly ParameterValue[] {
  if (parameter.type === 'continuous' || isAnyComposition(parameter)) return [];
  if (parameter.type === 'integer') {
    const [low, high] = parameter.bounds;
    const places = orderedChanges(high - low + 1, (value as number) - low, random);
    return places.map((place) => low + place);
  }
  const type = typeOf(parameter);
  const all = type.values(parameter) ?? [];
  const at = all.indexOf(value);
  if (parameter.type === 'discrete') return orderedChanges(all.length, at, random).map((place) => all[place]!);
  if (all.length <= mostUnordered + 1) return all.filter((_, place) => place !== at);
  if (parameter.type === 'composition') {
    const near = nearCompositions(parameter, all, value);
    const far = Array.from({ length: atRandom }, () => random.below(all.length));
    return [...new Set([...near, ...far])].filter((place) => place !== at).map((place) => all[place]!);
  }
  const drawn = new Set<number>();
  for (let i = 0; i < mostUnordered; i++) drawn.add(random.below(all.length));
  drawn.delete(at);
  return [...drawn].map((place) => all[place]!);
}

/** Other places of an ordered list near one, or all where they are few. */
function orderedChanges(count: number, at: number, random: Generator): number[] {
  if (count <= mostOrdered) return Array.from({ length: count }, (_, place) => place).filter((place) => place !== at);
  const sizes = [...steps, ...shares.map((share) => Math.round(share * count))];
  const places = sizes.flatMap((size) => [at - size, at + size]);
  for (let i = 0; i < atRandom; i++) places.push(random.below(count));
  return [...new Set(places)].filter((place) => place >= 0 && place < count && place !== at);
}

const fractions = new WeakMap<readonly ParameterValue[], { readonly width: number; readonly rows: Float64Array }>();

/** Places of the compositions with the least differences of fractions, added up. */
function nearCompositions(parameter: Parameter, all: readonly ParameterValue[], value: ParameterValue): number[] {
  let known = fractions.get(all);
  const own = fractionsOf(parameter, value);
  if (known === undefined) {
    known = { width: own.length, rows: Float64Array.from(all.flatMap((one) => fractionsOf(parameter, one))) };
    fractions.set(all, known);
  }
  const { width, rows } = known;
  const gaps = Float64Array.from(all, (_, place) => {
    let gap = 0;
    for (let c = 0; c < width; c++) gap += Math.abs(rows[place * width + c]! - own[c]!);
    return gap;
  });
  const limit = Float64Array.from(gaps).sort()[Math.min(nearest, gaps.length - 1)]!;
  return [...gaps.keys()].filter((place) => gaps[place]! <= limit).slice(0, 2 * nearest);
}

function fractionsOf(parameter: Parameter, value: ParameterValue): number[] {
  const feature = typeOf(parameter).feature(parameter, value);
  return feature.kind === 'mixture' ? Object.values(feature.fractions) : [];
}
