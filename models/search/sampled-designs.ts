import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { sobol } from '../random/sobol.js';
import { narrowedSpace } from './narrowed.js';
import { Region } from './region.js';
import { SampleStream } from './sample-stream.js';

/** Points that a sequence begins with; it grows as it is asked for more. */
const first = 64;

/**
 * Designs of a space spread evenly over it, by their place: a scrambled Sobol sequence of all its parameters, or where
 * constraints or mixtures leave only a part of their combinations, what `SampleStream` makes of it. The same seed gives the
 * same designs, however many are asked for.
 *
 * @param isSpread - whether the first designs are chosen to lie far apart, which takes time, where a sequence cannot be had
 * @returns null where there are not so many designs
 */
export function designSequence(space: Space, seed: number, isSpread = false): (i: number) => Design | null {
  const narrowed = narrowedSpace(space);
  const region = Region.of(narrowed);
  if (!region.isProduct) {
    const stream = new SampleStream(region, seed, isSpread);
    return (i) => stream.at(i);
  }
  const d = narrowed.parameters.length;
  let points = sobol(first, d, seed);
  return (i) => {
    if ((i + 1) * d > points.length) points = sobol(2 * (i + 1), d, seed);
    return designAt(narrowed, points.subarray(i * d, (i + 1) * d));
  };
}

/** That many designs of a space spread evenly over it, or as many as there are. */
export function sampledDesigns(space: Space, count: number, seed: number): Design[] {
  const at = designSequence(space, seed);
  const designs: Design[] = [];
  while (designs.length < count) {
    const design = at(designs.length);
    if (design === null) break;
    designs.push(design);
  }
  return designs;
}

/** The design at a point of the unit cube, one coordinate a parameter. */
function designAt(space: Space, unit: ArrayLike<number>): Design {
  return Object.fromEntries(
    space.parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, unit[p]!)]),
  );
}
