import { Constraints } from '../domain/constraints/constraint.js';
import { keptWithin } from '../domain/constraints/contract.js';
import { isListed } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { drawnDesigns, mostAsked } from './draws.js';
import { encodeConstraint } from './encode-constraint.js';
import { solutionOf } from './solver.js';
import { SpaceProgram } from './space-program.js';

/** Constraints that leave too few designs. */
export interface Clash {
  /** Places of constraints that leave too few together, while all but any one of them leave enough. */
  readonly constraints: readonly number[];
  /** Designs that are left where all constraints of the space are kept. */
  readonly left: number;
  /** Whether there are no more for certain; else no more were found, of a formula that cannot be said in rows. */
  readonly certain: boolean;
}

/** How many designs constraints leave: so many, or at least those that are wanted. */
interface Left {
  readonly count: number;
  readonly certain: boolean;
}

/**
 * Whether the constraints of a space leave so few designs that there is nothing to search, and which of them do.
 *
 * Two designs count as two where they differ in a value, or in a number by a thousandth of its range. Without a pool they
 * are drawn, and where that does not find enough, found one after the other by a mixed-integer program; formulas that are
 * not linear in continuous numbers are looked at by draws and walks alone. A set of constraints that clash is found by
 * leaving one after the other away, for as long as too few designs are left.
 *
 * @param asked - designs that are enough, at least 1; of more than 40 those, and where without constraints there are fewer, one
 * @returns null where there are enough, or the search for them was given up
 */
export async function clashOf(space: Space, asked: number): Promise<Clash | null> {
  const { constraints = [] } = space;
  if (constraints.length === 0) return null;
  const wanted = Math.min(asked, mostAsked);
  const leaves = (places: readonly number[], many: number) => left(withOnly(space, places), many);
  const all = [...constraints.keys()];
  // Of a space that has no more anyway, constraints may leave as few as they like, but for none.
  const most = (await leaves([], wanted)).count < wanted ? 1 : wanted;
  const whole = await leaves(all, most);
  if (whole.count >= most) return null;
  // Of an empty space those are told that keep it empty, of another those that make it small.
  const enough = whole.count === 0 ? 1 : most;
  let clash = all;
  for (const place of all) {
    const rest = clash.filter((other) => other !== place);
    if ((await leaves(rest, enough)).count < enough) clash = rest;
  }
  return { constraints: clash, left: whole.count, certain: whole.certain };
}

function withOnly(space: Space, places: readonly number[]): Space {
  return { ...space, constraints: places.map((place) => space.constraints![place]!) };
}

async function left(space: Space, wanted: number): Promise<Left> {
  if (space.pool !== null) return { count: rowsLeft(space, wanted), certain: true };
  const drawn = drawnDesigns(space, wanted, false);
  if (drawn >= wanted) return { count: drawn, certain: true };
  const program = new SpaceProgram(space.parameters);
  const said = space.constraints!.map((constraint) => encodeConstraint(program, constraint, space));
  const isWhole = !said.includes(false);
  const spoken = program.spokenOf();
  // Each design of what constraints speak of is as many as there are values of all else.
  const others = space.parameters
    .filter((parameter) => !spoken.includes(parameter))
    .reduce((n, one) => n * many(one), 1);
  for (let count = 0; ; count += others) {
    if (isWhole && count >= wanted) return { count, certain: true };
    const solution = await solutionOf(program);
    if (solution === 'unknown') return { count: wanted, certain: false };
    if (solution === null) return { count, certain: true };
    if (!isWhole) return { count: drawnDesigns(space, wanted, true), certain: false };
    program.requireOther(program.designOf(solution));
  }
}

function rowsLeft(space: Space, wanted: number): number {
  const constraints = Constraints.of(space);
  let count = 0;
  for (const design of space.pool!.designs) {
    if (constraints.excess(design) <= keptWithin) count += 1;
    if (count >= wanted) break;
  }
  return count;
}

/** Values of a parameter; of a range more than are ever wanted. */
function many(parameter: Parameter): number {
  if (parameter.type === 'composition' && !isListed(parameter)) return Number.POSITIVE_INFINITY;
  return typeOf(parameter).values(parameter)?.length ?? Number.POSITIVE_INFINITY;
}
