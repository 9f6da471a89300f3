import { type Design, designKey } from '../domain/design.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Place, PreparedSpace } from './candidates.js';

/** Part of a range by which a trial may differ from the design that it was meant to be. */
const rounding = 0.01;

/**
 * Which of the places that were laid out were run already: those that were asked for as they are, each as often as it was;
 * then, where designs cannot be listed, for every other trial the nearest place that is left within a hundredth of every
 * range. People write designs down in fewer digits and set instruments to whole degrees; the trial is what they say it was,
 * but the place is not to be run a second time.
 *
 * @param places - in their order
 * @param asked - trials at the same fidelity
 */
export function alreadyRun<P extends Place>(
  { space, listed }: PreparedSpace,
  places: readonly P[],
  asked: readonly Place[],
): Set<P> {
  const run = new Set<P>();
  const open = new Map<string, Place[]>();
  for (const trial of asked) {
    const same = open.get(designKey(trial.design));
    if (same === undefined) open.set(designKey(trial.design), [trial]);
    else same.push(trial);
  }
  for (const place of places) if (open.get(designKey(place.design))?.pop() !== undefined) run.add(place);
  if (listed !== null) return run;
  for (const { design } of [...open.values()].flat()) {
    let [nearest, least] = [null as P | null, rounding];
    for (const place of places) {
      if (run.has(place)) continue;
      const gap = gapBetween(space.parameters, place.design, design);
      if (gap <= least) [nearest, least] = [place, gap];
    }
    if (nearest !== null) run.add(nearest);
  }
  return run;
}

/** Largest difference of two designs in any number or free amount, as a part of its range; infinite where they differ in anything else. */
function gapBetween(parameters: readonly Parameter[], a: Design, b: Design): number {
  let gap = 0;
  for (const parameter of parameters) {
    const [one, other] = [a[parameter.name]!, b[parameter.name]!];
    if (one === other) continue;
    const [from, to] = [typeOf(parameter).feature(parameter, one), typeOf(parameter).feature(parameter, other)];
    if (isAnyComposition(parameter) && from.kind === 'mixture' && to.kind === 'mixture')
      for (const name of parameter.components)
        gap = Math.max(gap, Math.abs((from.fractions[name] ?? 0) - (to.fractions[name] ?? 0)));
    else if (from.kind !== 'numeric' || to.kind !== 'numeric') return Number.POSITIVE_INFINITY;
    else gap = Math.max(gap, Math.abs(from.value - to.value));
  }
  return gap;
}
