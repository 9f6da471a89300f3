import { Constraints } from './constraints/constraint.js';
import { keptWithin } from './constraints/contract.js';
import { type Design, designKey } from './design.js';
import { allDigits } from './parameters/digits.js';
import { type Parameter, typeOf } from './parameters/parameter.js';
import type { Space } from './space.js';

/** A space, as far as it says how its designs are written. */
type Written = Pick<Space, 'parameters' | 'constraints'>;

/** The design with the digits that matter of each value, and so many more; with further ones where constraints need them. */
function withDigits(space: Written, design: Design, more: number): Design {
  const constraints = Constraints.of(space);
  const keeps = (short: Design) => constraints.isEmpty || constraints.excess(short) <= keptWithin;
  for (let further = more; further < allDigits; further++) {
    const short = cutDesign(space.parameters, design, further);
    if (keeps(short)) return short;
    // Where a constraint is just kept, a number is to be rounded to one side.
    for (const other of roundedOtherwise(space.parameters, design, short, further)) if (keeps(other)) return other;
  }
  return design;
}

function cutDesign(parameters: readonly Parameter[], design: Design, more: number): Design {
  const short = { ...design } as Record<string, Design[string]>;
  for (const parameter of parameters) {
    const value = design[parameter.name];
    const { shortened } = typeOf(parameter);
    // A number outside the range would be drawn into it.
    if (shortened !== undefined && value !== undefined && typeOf(parameter).refuses(parameter, value) === null)
      short[parameter.name] = shortened(parameter, value, more);
  }
  return short;
}

/** Numbers of a design that are rounded to the other side, at most. */
const mostTurned = 5;

/** The design with some of the numbers rounded to their other side, few before many. */
function roundedOtherwise(parameters: readonly Parameter[], design: Design, short: Design, more: number): Design[] {
  const turned = parameters.flatMap((parameter) => {
    const [own, near] = [design[parameter.name], short[parameter.name]];
    if (typeof own !== 'number' || typeof near !== 'number' || own === near) return [];
    for (let away = own - near; Math.abs(away) <= Math.abs(own) + 1; away *= 2) {
      const other = typeOf(parameter).shortened!(parameter, own + away, more);
      if (other !== near) return [[parameter.name, other] as const];
    }
    return [];
  });
  const some = turned.slice(0, mostTurned);
  const sets = Array.from({ length: 2 ** some.length - 1 }, (_, set) => some.filter((__, i) => ((set + 1) >> i) & 1));
  return sets.sort((a, b) => a.length - b.length).map((pairs) => ({ ...short, ...Object.fromEntries(pairs) }));
}

/**
 * Designs as people are told them and write them down: numbers of a range, and amounts, with the digits that matter (see `roundedIn`),
 * and with more where two of these designs would else be written alike, or constraints would else be broken. What is written so is a design of the space.
 *
 * @returns one for each design, in their order; alike only where the designs are the same
 */
export function asWritten(space: Written, designs: readonly Design[]): readonly Design[] {
  const written: Design[] = [...designs];
  const write = (places: readonly number[], more: number): void => {
    const alike = new Map<string, number[]>();
    for (const place of places) {
      written[place] = withDigits(space, designs[place]!, more);
      const key = designKey(written[place]!);
      const same = alike.get(key);
      if (same === undefined) alike.set(key, [place]);
      else same.push(place);
    }
    for (const group of alike.values()) {
      const isOne = group.every((place) => designKey(designs[place]!) === designKey(designs[group[0]!]!));
      if (!isOne && more < allDigits) write(group, more + 1);
      else if (!isOne) for (const place of group) written[place] = designs[place]!;
    }
  };
  write([...designs.keys()], 0);
  return written;
}

/**
 * How many digits beyond those that matter a design was written with, where it is the other one written down.
 *
 * @returns null where it is not
 */
export function writtenWith(space: Written, design: Design, written: Design): number | null {
  const wanted = designKey(written);
  for (let more = 0; more <= allDigits; more++) if (designKey(withDigits(space, design, more)) === wanted) return more;
  return null;
}
