import { Constraints } from '../domain/constraints/constraint.js';
import { type Design, designKey } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Generator } from '../random/generator.js';
import type { LaidOut } from './screening.js';

/** Hypercubes of which the one is taken whose designs lie farthest apart, and pairs of designs that are looked at in all of them. */
const most = { drawn: 200, pairs: 1e8 } as const;

/**
 * A Latin hypercube: each of n equal parts of every range once, each name as often as any other but for one. Of many drawn the one whose two
 * nearest designs are farthest apart; beyond a thousand designs of fewer the more there are.
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
  let left = Math.floor((2 * most.pairs) / n ** 2);
  for (let i = 0; i < most.drawn && (best === null || left > 0); i++) {
    const points = parameters.map(() => random.permutation(n).map((part) => (part + random.uniform()) / n));
    const designs = Array.from(
      { length: n },
      (_, run): Design =>
        Object.fromEntries(
          parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, points[p]![run]!)]),
        ),
    );
    if (new Set(designs.map((design) => designKey(design))).size < n) continue;
    left--;
    const apart = leastGap(rowsOf(space, designs), best?.apart ?? Number.NEGATIVE_INFINITY);
    if (apart !== null) best = { designs, apart };
  }
  if (best === null)
    return [{ path: '', message: `none was found of ${n} designs that all differ`, remedy: `fewer trials, ${remedy}` }];
  return { designs: best.designs, words: `Latin hypercube of ${n} runs` };
}

/** Numbers of designs, a row each, by which distances are told. */
interface Rows {
  readonly d: number;
  /** [n, d]: places in ranges from 0 to 1, or numbers of names. */
  readonly at: Float64Array;
  /** Of each column whether it holds names, which are as far apart as the ends of a range wherever they differ. */
  readonly isName: readonly boolean[];
}

function rowsOf({ parameters }: Space, designs: readonly Design[]): Rows {
  const d = parameters.length;
  const at = new Float64Array(designs.length * d);
  const isName = parameters.map((parameter, p) => {
    const { name } = parameter;
    const places = new Map<string, number>();
    designs.forEach((design, i) => {
      const feature = typeOf(parameter).feature(parameter, design[name]!);
      const own = String(design[name]);
      if (feature.kind !== 'numeric' && !places.has(own)) places.set(own, places.size);
      at[i * d + p] = feature.kind === 'numeric' ? feature.value : places.get(own)!;
    });
    return places.size > 0;
  });
  return { d, at, isName };
}

/** Square of the least distance of two designs; null where it is no more than one already known. */
function leastGap({ d, at, isName }: Rows, known: number): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (let a = d; a < at.length; a += d)
    for (let b = 0; b < a; b += d) {
      let gap = 0;
      for (let p = 0; p < d && gap < least; p++) {
        const by = at[a + p]! - at[b + p]!;
        gap += isName[p] ? Number(by !== 0) : by ** 2;
      }
      if (gap >= least) continue;
      least = gap;
      if (least <= known) return null;
    }
  return least > known ? least : null;
}
