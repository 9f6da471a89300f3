import { Constraints } from '../domain/constraints/constraint.js';
import { keptWithin } from '../domain/constraints/contract.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { Generator } from '../random/generator.js';

/** Steps of a walk at most. */
const steps = 400;

/**
 * A random walk that only goes where the constraints of a space are broken less, with steps that shrink where none is better: for
 * what no row says, such as a curve through the space.
 *
 * @param held - a parameter whose value stays
 * @returns a design that keeps all constraints; null where the walk came to none
 */
export function walkedTowards(space: Space, from: Design, random: Generator, held?: string): Design | null {
  const constraints = Constraints.of(space);
  let [design, excess, size] = [from, constraints.excess(from), 0.2];
  for (let i = 0; i < steps; i++) {
    if (excess <= keptWithin) return design;
    const next = constraints.settled(moved(space, design, { size, random, held }));
    const there = constraints.excess(next);
    if (there < excess) [design, excess, size] = [next, there, Math.min(1, size * 1.5)];
    else size *= 0.85;
  }
  return null;
}

/** The design with continuous numbers moved by steps of a size, and now and then another value of something else. */
function moved(
  space: Space,
  design: Design,
  { size, random, held }: { readonly size: number; readonly random: Generator; readonly held: string | undefined },
): Design {
  const next: Record<string, ParameterValue> = { ...design };
  for (const parameter of space.parameters) {
    if (parameter.name === held) continue;
    if (parameter.type === 'continuous') {
      const [low, high] = parameter.bounds;
      const step = size * (high - low) * random.normal();
      next[parameter.name] = Math.min(high, Math.max(low, (design[parameter.name] as number) + step));
    } else if (random.uniform() < 0.1) next[parameter.name] = typeOf(parameter).fromUnit(parameter, random.uniform());
  }
  return next;
}
