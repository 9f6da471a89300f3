import type { Design } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Region } from '../search/region.js';
import { exchange, gainsOf, type Told } from './exchange.js';

/** Values of a range that are tried, and halvings by which the border of what constraints leave is found. */
const [tried, halvings] = [{ most: 21, least: 3 }, 30];
/** Rounds over all runs and numbers, those that there is to be time for at least, and products of two numbers in all. */
const most = { rounds: 6, sure: 3, work: 1.5e9 } as const;
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
  if (numbers.length === 0 || current.length === 0) return current;
  const X = current.map((design) => means.row(design));
  const p = X[0]!.length;
  const share = most.work / most.sure / (current.length * numbers.length * p ** 2);
  // An odd number, as the middle is among them.
  const places = Math.max(tried.least, Math.min(tried.most, 2 * Math.floor((share - 1) / 2) + 1));
  let left = Math.max(most.work / p ** 2, current.length * numbers.length * places);
  for (let round = 0; round < most.rounds && left > 0; round++) {
    const told = means.told(X);
    if (told === null) break;
    let isBetter = false;
    for (let r = 0; r < current.length; r++)
      for (const parameter of numbers) {
        const at = (u: number): Design => ({
          ...current[r]!,
          [parameter.name]: typeOf(parameter).fromUnit(parameter, u),
        });
        let [best, gained] = [null as Design | null, least];
        const gainOf = gainsOf(told, X[r]!);
        for (const design of placesAlong(places, (u) => region.keeps(at(u))).map(at)) {
          left--;
          const gain = gainOf(means.row(design));
          if (gain <= gained) continue;
          const others = [...means.given, ...current.filter((_, i) => i !== r)];
          if (!others.some((other) => means.isNear(other, design))) [best, gained] = [design, gain];
        }
        if (best === null) continue;
        const row = means.row(best);
        exchange(told, X[r]!, row);
        [X[r], current[r]] = [row, best];
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
function placesAlong(count: number, keeps: (u: number) => boolean): number[] {
  const even = Array.from({ length: count }, (_, i) => i / (count - 1));
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
