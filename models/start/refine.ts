import type { Design } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Region } from '../search/region.js';
import { gainOf, type Told } from './exchange.js';

/** Values of a range that are tried, and halvings by which the border of what constraints leave is found. */
const [tried, halvings] = [21, 30];
/** Rounds over all runs and numbers. */
const mostRounds = 6;
/** Gain below which a move is rounding. */
const least = 1e-9;

/** What a refinement asks of designs. */
interface Means {
  row(design: Design): Float64Array;
  told(X: readonly Float64Array[]): Told | null;
  isNear(a: Design, b: Design): boolean;
  /** Designs that are run beside these. */
  readonly given: readonly Design[];
}

/**
 * Moves one number of one run at a time to where the design becomes best, at even places of its range and at the border of what constraints
 * leave, for as long as there is any.
 *
 * @see Meyer & Nachtsheim 1995, Technometrics 37, 60
 */
export function refined(space: Space, designs: readonly Design[], means: Means): Design[] {
  const region = Region.of(space);
  const numbers = space.parameters.filter(({ type }) => type === 'continuous');
  const current = [...designs];
  const X = current.map((design) => means.row(design));
  let told = means.told(X);
  if (told === null) return current;
  for (let round = 0; round < mostRounds; round++) {
    let isBetter = false;
    for (let r = 0; r < current.length; r++)
      for (const parameter of numbers) {
        const at = (u: number): Design => ({
          ...current[r]!,
          [parameter.name]: typeOf(parameter).fromUnit(parameter, u),
        });
        let [best, most] = [null as Design | null, least];
        for (const design of placesAlong((u) => region.keeps(at(u))).map(at)) {
          const gain = gainOf(told, X[r]!, means.row(design));
          if (gain <= most) continue;
          const others = [...means.given, ...current.filter((_, i) => i !== r)];
          if (!others.some((other) => means.isNear(other, design))) [best, most] = [design, gain];
        }
        if (best === null) continue;
        const before = X[r]!;
        X[r] = means.row(best);
        const next = means.told(X);
        if (next === null) {
          X[r] = before;
          continue;
        }
        current[r] = best;
        told = next;
        isBetter = true;
      }
    if (!isBetter) break;
  }
  return current.map((design) => inFewDigits(region, numbers, design));
}

/** The design with numbers to ten-thousandths of their ranges, those that constraints leave so. */
function inFewDigits(region: Region, numbers: readonly Parameter[], design: Design): Design {
  let written = design;
  for (const parameter of numbers) {
    const type = typeOf(parameter);
    const feature = type.feature(parameter, written[parameter.name]!);
    if (feature.kind !== 'numeric') continue;
    const near = Number(type.fromUnit(parameter, Math.round(feature.value * 1e4) / 1e4));
    // What counting in binary adds is no digit of anybody's.
    const short = { ...written, [parameter.name]: Number(near.toPrecision(10)) };
    if (region.keeps(short)) written = short;
  }
  return written;
}

/** Places in [0, 1] that keep constraints: even ones, and where these begin and cease to. */
function placesAlong(keeps: (u: number) => boolean): number[] {
  const even = Array.from({ length: tried }, (_, i) => i / (tried - 1));
  const kept = even.map(keeps);
  const ends = even.slice(1).flatMap((_, i) => {
    if (kept[i] === kept[i + 1]) return [];
    let [inside, outside] = kept[i] === true ? [even[i]!, even[i + 1]!] : [even[i + 1]!, even[i]!];
    for (let h = 0; h < halvings; h++) {
      const half = (inside + outside) / 2;
      if (keeps(half)) inside = half;
      else outside = half;
    }
    return [inside];
  });
  return [...even.filter((_, i) => kept[i]), ...ends];
}
