import { Constraints } from '../domain/constraints/constraint.js';
import { keptWithin } from '../domain/constraints/contract.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import { Generator } from '../random/generator.js';
import { distinctParts } from './space-program.js';

/** Designs that are drawn, walks from the best of them towards what keeps the constraints, and steps of each. */
const counts = { draws: 4_000, walks: 40, steps: 400 } as const;

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
    const kept = walked(space, design, generator);
    if (kept !== null) found.add(cellOf(space, kept));
  }
  return found.size;
}

/** A random walk that only goes where the constraints are broken less, with steps that shrink where none is better. */
function walked(space: Space, from: Design, generator: Generator): Design | null {
  const constraints = Constraints.of(space);
  let [design, excess, size] = [from, constraints.excess(from), 0.2];
  for (let i = 0; i < counts.steps; i++) {
    if (excess <= keptWithin) return design;
    const next = constraints.settled(moved(space, design, size, generator));
    const there = constraints.excess(next);
    if (there < excess) [design, excess, size] = [next, there, Math.min(1, size * 1.5)];
    else size *= 0.85;
  }
  return null;
}

function drawn(space: Space, generator: Generator): Design {
  return Object.fromEntries(space.parameters.map((parameter) => [parameter.name, value(parameter, generator)]));
}

/** The design with continuous numbers moved by steps of a size, and now and then another value of something else. */
function moved(space: Space, design: Design, size: number, generator: Generator): Design {
  const next: Record<string, ParameterValue> = { ...design };
  for (const parameter of space.parameters) {
    if (parameter.type === 'continuous') {
      const [low, high] = parameter.bounds;
      const step = size * (high - low) * generator.normal();
      next[parameter.name] = Math.min(high, Math.max(low, (design[parameter.name] as number) + step));
    } else if (generator.uniform() < 0.1) next[parameter.name] = value(parameter, generator);
  }
  return next;
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
