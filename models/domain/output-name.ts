import { onlyStep } from './step-name.js';
import type { Observation } from './trial.js';

/**
 * The raw output of a trial that a step gave under a name, whichever way the trial was run: those of a recipe are kept as
 * `STEP/NAME`, those of a trial that is one job as `NAME`, and its step is `run`. In `NAME` itself no `/` stands, so that one is
 * never taken for the other.
 *
 * @param step - of the recipe; absent for that of a trial that is one job, and of a recipe for the step that alone has the name
 * @returns its sha256; null where there is none, or, without a step, several
 */
export function outputNamed({ artefacts }: Pick<Observation, 'artefacts'>, name: string, step?: string): string | null {
  if (step !== undefined && step !== onlyStep) return artefacts[`${step}/${name}`] ?? null;
  const own = artefacts[name] ?? artefacts[`${onlyStep}/${name}`];
  if (own !== undefined || step !== undefined) return own ?? null;
  const found = Object.keys(artefacts).filter((key) => key.slice(key.indexOf('/') + 1) === name && key.includes('/'));
  return found.length === 1 ? artefacts[found[0]!]! : null;
}
