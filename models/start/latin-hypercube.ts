import { Constraints } from '../domain/constraints/constraint.js';
import { type Design, designKey } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Generator } from '../random/generator.js';
import type { LaidOut } from './screening.js';

/** Hypercubes of which the one is taken whose designs lie farthest apart. */
const drawn = 200;

/**
 * A Latin hypercube: each of n equal parts of every range once, each name as often as any other but for one. Of many drawn the one whose two
 * nearest designs are farthest apart.
 */
export function latinHypercube(space: Space, n: number, seed: number): LaidOut {
  const { parameters, pool } = space;
  const remedy = 'sobol or d-optimal instead';
  if (pool !== null) return [{ path: '', message: 'the space is a pool, whose rows are no ranges', remedy }];
  const blend = parameters.find(isAnyComposition);
  if (blend !== undefined)
    return [{ path: '', message: `'${blend.name}' is a mixture of any amounts, whose parts are no ranges`, remedy }];
  if (!Constraints.of(space).isEmpty)
    return [
      { path: '', message: 'a Latin hypercube has all parts of all ranges, which constraints do not leave', remedy },
    ];
  const random = new Generator(seed, 'latin-hypercube');
  let best: { readonly designs: readonly Design[]; readonly apart: number } | null = null;
  for (let i = 0; i < drawn; i++) {
    const points = parameters.map(() => random.permutation(n).map((part) => (part + random.uniform()) / n));
    const designs = Array.from(
      { length: n },
      (_, run): Design =>
        Object.fromEntries(
          parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, points[p]![run]!)]),
        ),
    );
    if (new Set(designs.map((design) => designKey(design))).size < n) continue;
    const apart = leastGap(space, designs);
    if (best === null || apart > best.apart) best = { designs, apart };
  }
  if (best === null)
    return [{ path: '', message: `none was found of ${n} designs that all differ`, remedy: `fewer trials, ${remedy}` }];
  return { designs: best.designs, words: `Latin hypercube of ${n} runs` };
}

/** Square of the least distance of two designs; names that differ are as far apart as the ends of a range. */
function leastGap({ parameters }: Space, designs: readonly Design[]): number {
  const rows = designs.map((design) =>
    parameters.map((parameter) => {
      const feature = typeOf(parameter).feature(parameter, design[parameter.name]!);
      return feature.kind === 'numeric' ? feature.value : String(design[parameter.name]);
    }),
  );
  let least = Number.POSITIVE_INFINITY;
  for (let a = 1; a < rows.length; a++)
    for (let b = 0; b < a; b++) {
      const gap = rows[a]!.reduce<number>((sum, one, p) => {
        const other = rows[b]![p]!;
        if (typeof one === 'number' && typeof other === 'number') return sum + (one - other) ** 2;
        return sum + (one === other ? 0 : 1);
      }, 0);
      least = Math.min(least, gap);
    }
  return least;
}
