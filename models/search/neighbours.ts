import type { Presence } from '../domain/constraints/contract.js';
import { type Design, designKey } from '../domain/design.js';
import type { Generator } from '../random/generator.js';
import { changesOf } from './changes.js';
import type { Region } from './region.js';
import { repaired } from './repair.js';

/** Neighbours that break constraints and are repaired by changing further values, at most. */
const mostRepaired = 16;

/** Smallest share of a range that a number put in gets, where nothing else says how much. */
const putIn = 0.1;

/**
 * Designs that differ from one in one value that is not a free number, or in which of several numbers are 0, all else as near to
 * it as constraints allow.
 */
export function neighboursOf(region: Region, design: Design, random: Generator): Design[] {
  const found = new Map<string, Design>();
  const own = designKey(design);
  const add = (kept: Design | null) => {
    if (kept === null) return;
    const key = designKey(kept);
    if (key !== own) found.set(key, kept);
  };
  const lame: { readonly changed: Design; readonly held: string }[] = [];
  for (const parameter of region.space.parameters)
    for (const value of changesOf(parameter, design[parameter.name]!, random)) {
      const changed = { ...design, [parameter.name]: value };
      const kept = region.nearest(changed);
      if (kept !== null) add(kept);
      else lame.push({ changed, held: parameter.name });
    }
  for (const i of random.permutation(lame.length).slice(0, mostRepaired))
    add(repaired(region, lame[i]!.changed, random, lame[i]!.held));
  for (const presence of region.presences)
    for (const changed of supports(region, design, presence)) add(region.nearest(changed));
  return [...found.values()];
}

/** The design with one number less that is not 0, one more, or another in place of one. */
function supports(region: Region, design: Design, { of, min, max, least }: Presence): Design[] {
  const { numbers } = region;
  const x = numbers.read(design);
  const places = of.flatMap((name) => numbers.place(name) ?? []);
  const zero = (i: number) => -numbers.each[i]!.low / numbers.each[i]!.width;
  const isThere = (i: number) => Math.abs(x[i]! - zero(i)) > 1e-9;
  const there = places.filter(isThere);
  const away = places.filter((i) => !isThere(i));
  const with_ = (changes: readonly (readonly [number, number])[]) => {
    const moved = x.slice();
    for (const [i, value] of changes) moved[i] = value;
    return numbers.write(design, balanced(region, moved));
  };
  const amount = (i: number) => zero(i) + Math.max(putIn, (2 * least) / numbers.each[i]!.width);
  const fewer = there.length > min ? there.map((i) => with_([[i, zero(i)]])) : [];
  const more = there.length < max ? away.map((j) => with_([[j, amount(j)]])) : [];
  const swapped = there.flatMap((i) =>
    away.map((j) =>
      with_([
        [i, zero(i)],
        [j, zero(j) + (x[i]! - zero(i)) * (numbers.each[i]!.width / numbers.each[j]!.width)],
      ]),
    ),
  );
  return [...fewer, ...more, ...swapped];
}

/** Fractions of compositions made to add up to 1 again. */
function balanced(region: Region, x: Float64Array): Float64Array {
  for (const { from, to } of region.numbers.blends) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += x[i]!;
    if (sum > 0) for (let i = from; i < to; i++) x[i] = x[i]! / sum;
  }
  return x;
}
