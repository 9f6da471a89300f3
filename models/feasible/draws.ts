import { Constraints } from '../domain/constraints/constraint.js';
import { keptWithin } from '../domain/constraints/contract.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Generator } from '../random/generator.js';
import { distinctParts } from './space-program.js';
import { walkedTowards } from './walked-towards.js';

/** Designs that are drawn, and walks from the best of them towards what keeps the constraints. */
const counts = { draws: 4_000, walks: 40 } as const;

/** Designs that are asked for at most: as many as walks alone can find. */
export const mostAsked = counts.walks;

/** The same draws for every space: what is found of one does not depend on the seed of a campaign. */
const seed = 1;

/**
 * How many distinct designs that keep the constraints are found by drawing, up to so many: two are distinct where they
 * differ in more than a thousandth of the range of some number, or in anything else.
 *
 * @param walk - whether to look further where draws alone do not find them
 */
export function drawnDesigns(space: Space, wanted: number, walk: boolean): number {
  const constraints = Constraints.of(space);
  const generator = new Generator(seed, 'feasible');
  const found = new Set<string>();
  const near: { readonly design: Design; readonly excess: number }[] = [];
  for (let i = 0; i < counts.draws && found.size < wanted; i++) {
    const design = constraints.settled(drawn(space, generator));
    const excess = constraints.excess(design);
    if (excess <= keptWithin) found.add(cellOf(space, design));
    else near.push({ design, excess });
  }
  if (!walk) return found.size;
  near.sort((a, b) => a.excess - b.excess);
  for (const { design } of near.slice(0, counts.walks)) {
    if (found.size >= wanted) break;
    const kept = walkedTowards(space, design, generator);
    if (kept !== null) found.add(cellOf(space, kept));
  }
  return found.size;
}

function drawn(space: Space, generator: Generator): Design {
  return Object.fromEntries(space.parameters.map((parameter) => [parameter.name, value(parameter, generator)]));
}

function value(parameter: Parameter, generator: Generator): ParameterValue {
  return typeOf(parameter).fromUnit(parameter, generator.uniform());
}

function cellOf({ parameters }: Space, design: Design): string {
  return JSON.stringify(
    parameters.map((parameter) => {
      const own = design[parameter.name]!;
      if (parameter.type !== 'continuous') return own;
      const [low, high] = parameter.bounds;
      return Math.floor((distinctParts * ((own as number) - low)) / (high - low));
    }),
  );
}
