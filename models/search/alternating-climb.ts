import type { Design } from '../domain/design.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { Generator } from '../random/generator.js';
import { acquisitionValues, type Surface } from './acquisition-surface.js';
import { type Climb, type Climbed, refine, unlearned } from './climb.js';

/** Moves to a neighbour in a row, and steps of a climb, before the other has its turn. */
const [moves, steps] = [4, 10];

/** Gain of a turn of both that goes on to another: of logarithms, and of losses as a part of them. */
const worthGoingOn = { logarithm: 1e-6, loss: 1e-9 } as const;

/** Neighbours that are valued where a cheaper acquisition tells which. */
const promisingNeighbours = 16;

/**
 * The acquisition followed upwards over all that a design is made of: to the best of its neighbours, again and again, as long as that
 * is better; then over its free columns; and so in turn until neither helps.
 *
 * @param start - with its value
 * @param rounds - turns of both at most
 * @param like - a surface that costs less, see `maximiseAcquisition`
 */
export function alternate(
  climb: Climb,
  start: Climbed,
  { rounds, random, like }: { readonly rounds: number; readonly random: Generator; readonly like: Surface | null },
): Climbed {
  const { domain, level } = climb;
  const isListed = domain.free.length === 0;
  let here = start;
  const isBetter = (value: number, than: number) =>
    value > than + (isLogarithm(climb.surface) ? worthGoingOn.logarithm : worthGoingOn.loss * Math.abs(than));
  for (let round = 0; round < rounds; round++) {
    const before = here.value;
    for (let move = 0; move < moves; move++) {
      const all = domain.neighbours?.(here.design, random) ?? [];
      // Without free columns what may not be proposed leads nowhere.
      const near = promising(climb, isListed ? all.filter((design) => domain.allow(design, level)) : all, like);
      const next = bestOf(climb, near);
      if (next === null || !isBetter(next.value, here.value)) break;
      here = { ...next, level, learned: unlearned };
    }
    const [climbed] = refine(climb, here, steps);
    if (climbed !== undefined && climbed.value > here.value) here = climbed;
    if (!isBetter(here.value, before)) break;
  }
  return here;
}

function promising({ domain, level }: Climb, designs: Design[], like: Surface | null): Design[] {
  if (like === null || designs.length <= promisingNeighbours) return designs;
  const values = valuesAt(like, level, domain.encoder.encode(designs));
  const order = [...designs.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  return order.slice(0, promisingNeighbours).map((i) => designs[i]!);
}

function bestOf(
  { surface, domain, level }: Climb,
  designs: readonly Design[],
): { design: Design; value: number } | null {
  if (designs.length === 0) return null;
  const values = valuesAt(surface, level, domain.encoder.encode(designs));
  const best = values.reduce((a, value, i) => (value > values[a]! ? i : a), 0);
  return { design: designs[best]!, value: values[best]! };
}

function valuesAt(surface: Surface, level: number, candidates: EncodedDesigns): Float64Array {
  if ('values' in surface) return surface.values(candidates)[surface.levels.indexOf(level)]!;
  return acquisitionValues({ ...surface, levels: [level] }, candidates)[0]!;
}

function isLogarithm(surface: Surface): boolean {
  return 'values' in surface || surface.lossPower !== null;
}
