import { type Design, designKey } from '../domain/design.js';
import type { Parameter } from '../domain/parameters/parameter.js';
import { walkedTowards } from '../feasible/walked-towards.js';
import type { Generator } from '../random/generator.js';
import { changesOf } from './changes.js';
import type { Region } from './region.js';

/** Changes of single values that one repair makes at most, and attempts from other values where none helps. */
const [mostChanges, mostKicks] = [24, 2];

/**
 * A design near another that keeps the constraints: free numbers go to where they are kept; where that is not enough, values of the
 * parameters that broken constraints speak of are changed one after the other, the one that helps most first; and where a constraint
 * is no row, a walk goes where it is broken less.
 *
 * @param held - a parameter whose value stays
 * @returns null where none was found, which does not say that there is none
 */
export function repaired(region: Region, design: Design, random: Generator, held?: string): Design | null {
  const { constraints, space } = region;
  let here = constraints.settled(design);
  let kicks = 0;
  for (let change = 0; change < mostChanges; change++) {
    const kept = region.nearest(here);
    if (kept !== null) return kept;
    // What the numbers cannot do is left to the others.
    const eased = easedBy(region, here);
    const broken = new Set(constraints.each.filter((one) => one.excess(eased) > 1e-9).flatMap(({ names }) => names));
    const movable = space.parameters.filter(
      ({ name, type }) => broken.has(name) && name !== held && type !== 'continuous',
    );
    const next = bestChange(region, here, movable, random);
    if (next !== null) here = next;
    else if (kicks++ < mostKicks && movable.length > 0) here = kicked(here, movable, random);
    else break;
  }
  // What rows do not say neither they nor other values may mend.
  if (region.reach(here).excess === null) return null;
  const there = walkedTowards(space, here, random, held);
  return there === null ? null : (region.written(there, region.numbers.read(there)) ?? there);
}

/** The design with its free numbers where rows want them, if they can be there. */
function easedBy(region: Region, design: Design): Design {
  const there = region.reach(design).polytope.nearest(region.numbers.read(design));
  return there === null ? design : region.numbers.write(design, there);
}

function bestChange(region: Region, design: Design, movable: readonly Parameter[], random: Generator): Design | null {
  let [best, least] = [null as Design | null, region.excess(easedBy(region, design))];
  const seen = new Set([designKey(design)]);
  for (const parameter of movable)
    for (const value of changesOf(parameter, design[parameter.name]!, random)) {
      const changed = region.constraints.settled({ ...design, [parameter.name]: value });
      const key = designKey(changed);
      if (seen.has(key)) continue;
      seen.add(key);
      const kept = region.nearest(changed);
      if (kept !== null) return kept;
      const excess = region.excess(easedBy(region, changed));
      if (excess < least - 1e-12) [best, least] = [changed, excess];
    }
  return best;
}

function kicked(design: Design, movable: readonly Parameter[], random: Generator): Design {
  const parameter = movable[random.below(movable.length)]!;
  const values = changesOf(parameter, design[parameter.name]!, random);
  return values.length === 0 ? design : { ...design, [parameter.name]: values[random.below(values.length)]! };
}
