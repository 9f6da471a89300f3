import type { Design } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { Generator } from '../random/generator.js';
import { acquisitionValues, type Surface } from './acquisition-surface.js';
import { alternate } from './alternating-climb.js';
import { type Climbed, type Maximum, refine, unlearned } from './climb.js';
import type { SearchDomain } from './domain.js';
import { rawDesigns } from './raw-designs.js';

/** Points that are scored before climbing. */
export const rawPoints = 512;

/** Points that are scored where a cheaper acquisition tells which, of each fidelity. */
const promisingPoints = 128;

/** Points of each fidelity that are climbed from. */
export const starts = 4;

/** Starts that go on to the end, and the steps of L-BFGS of all and of these. */
const finalists = 2;
const steps = { first: 6, last: 40 } as const;

/** The same where more than free columns are searched: starts, those with other listed values than all before among them; turns. */
const mixed = { starts: 4, others: 4, finalists: 3, first: 2, last: 20 } as const;

/**
 * Best design and fidelity over a domain that cannot be listed.
 *
 * 512 designs spread over it and perturbations of the best designs so far (`rawDesigns`) are scored; from the best four
 * of each fidelity, continuous coordinates are refined with analytic gradients; after six steps the better two go on. Where
 * there is more than free columns, the best four and the best four that have other listed values are starts, each is moved to
 * better neighbours and refined in turn (`alternate`), and the better three go on until neither helps.
 *
 * @param best - the best designs so far
 * @param like - a surface that costs less and is high where this one is: of the points, its best 128 of each fidelity are
 *   scored; null: all are
 * @returns the best maximum that is allowed, or null if there is none
 */
export function maximiseAcquisition(
  surface: Surface,
  domain: SearchDomain,
  best: readonly Design[],
  seed: number,
  like: Surface | null = null,
): Maximum | null {
  const { encoder, crowded } = domain;
  const raw = rawDesigns(domain, best, rawPoints, seed);
  const designs = like === null ? raw : promising(like, domain, raw);
  const encoded = encoder.encode(designs);
  const values = acquisitionValues(surface, encoded);
  const found: Maximum[] = [];
  surface.levels.forEach((level, l) => {
    const climb = { surface, domain, level };
    const isCrowded = (design: Design) => crowded?.(encoder.encode([design]), 0, level) ?? false;
    const open = (i: number) => !crowded?.(encoded, i, level);
    const at = (i: number): Climbed => ({ design: designs[i]!, level, value: values[l]![i]!, learned: unlearned });
    let climbed: Climbed[];
    if (domain.neighbours === null) {
      const climbing = highest(values[l]!, starts, open).flatMap((i) => refine(climb, at(i), steps.first));
      climbing.sort((a, b) => b.value - a.value);
      climbed = climbing.flatMap((one, place) => (place < finalists ? refine(climb, one, steps.last) : one));
    } else {
      const random = new Generator(seed, 'neighbours', level);
      const turns = (rounds: number) => ({ rounds, random, like });
      const climbing = mixedStarts(domain, designs, values[l]!, open).map((i) =>
        alternate(climb, at(i), turns(mixed.first)),
      );
      climbing.sort((a, b) => b.value - a.value);
      climbed = climbing.map((one, place) =>
        place < mixed.finalists ? alternate(climb, one, turns(mixed.last)) : one,
      );
    }
    found.push(...climbed.filter(({ design }) => domain.allow(design, level) && !isCrowded(design)));
    const [first] = highest(values[l]!, 1, (i) => domain.allow(designs[i]!, level) && !crowded?.(encoded, i, level));
    if (first !== undefined) found.push({ design: designs[first]!, level, value: values[l]![first]! });
  });
  return found.reduce<Maximum | null>((a, b) => (a === null || b.value > a.value ? b : a), null);
}

/** The designs at which the surface is highest, at any level, in their order. */
function promising(surface: Surface, { encoder }: SearchDomain, designs: readonly Design[]): Design[] {
  const values = acquisitionValues(surface, encoder.encode([...designs]));
  const places = new Set(values.flatMap((own) => highest(own, promisingPoints)));
  return designs.filter((_, place) => places.has(place));
}

/** Places of the highest values that are accepted, from the highest on, the first of equal ones first. */
function highest(values: Float64Array, count: number, accept: (place: number) => boolean = () => true): number[] {
  const seen = new Uint8Array(values.length);
  const found: number[] = [];
  for (let tried = 0; tried < values.length && found.length < count; tried++) {
    let best = -1;
    for (let i = 0; i < values.length; i++) if (!seen[i] && (best < 0 || values[i]! > values[best]!)) best = i;
    seen[best] = 1;
    if (accept(best)) found.push(best);
  }
  return found;
}

/** Places of the best designs, then of the best ones of which each has other listed values than all before. */
function mixedStarts(
  { encoder: { space } }: SearchDomain,
  designs: readonly Design[],
  values: Float64Array,
  open: (place: number) => boolean,
): number[] {
  const listed = space.parameters.filter((one) => one.type !== 'continuous' && !isAnyComposition(one));
  const keyOf = (place: number) => JSON.stringify(listed.map(({ name }) => designs[place]![name]));
  const best = highest(values, mixed.starts, open);
  const seen = new Set(best.map(keyOf));
  const others = highest(values, mixed.others, (place) => {
    if (!open(place) || seen.has(keyOf(place))) return false;
    seen.add(keyOf(place));
    return true;
  });
  return [...best, ...others];
}
