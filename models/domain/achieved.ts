import { type Design, designKey, type ParameterValue } from './design.js';
import { designFaults } from './design-faults.js';
import type { Fault } from './fault.js';
import { isEncodable, type Placed } from './outside.js';
import { type Parameter, typeOf } from './parameters/parameter.js';
import type { Observation } from './trial.js';

/**
 * Where a trial was run: as it was proposed, unless its observation says what was achieved in its place. A design that differs
 * from that of its row of the pool is in none.
 */
export function placeRun(proposal: Placed, observation: Pick<Observation, 'achieved'> | null): Placed {
  const { design, rowId } = proposal;
  if (observation?.achieved === undefined) return { design, rowId };
  const own = { ...design, ...observation.achieved };
  return designKey(own) === designKey(design) ? { design, rowId } : { design: own, rowId: null };
}

/** What keeps a design, or what was achieved in place of one, from being learned from: it may lie outside the space. */
export function learnableFaults(parameters: readonly Parameter[], design: Design): Fault[] {
  const refuses = (parameter: Parameter, value: ParameterValue) =>
    isEncodable(parameter, value) ? null : typeOf(parameter).refuses(parameter, value);
  return designFaults(parameters, design, refuses);
}
