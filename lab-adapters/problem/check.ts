import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import type { Problem } from '../../models/problems/contract.js';
import { problemFamily, problemNamed } from '../../models/problems/problems.js';
import type { CheckScope } from '../contract.js';
import type { ProblemSettings } from './settings.js';

/** Names of the parameters that are a problem's inputs, in order: x1, x2, … */
export function inputNames(of: Problem): string[] {
  return of.bounds.map((_, i) => `x${i + 1}`);
}

/** Fidelity inputs of an augmented problem as the settings give them; all 1 where they give none. */
export function fidelityInputs(settings: ProblemSettings, of: Problem): number[] {
  const given = settings.fidelity ?? 1;
  return Array.isArray(given) ? given : Array.from({ length: of.fidelityInputs }, () => given);
}

/** Faults of settings that their schema cannot see. */
export function settingsFaults(settings: ProblemSettings): readonly Fault[] {
  const { least, most } = problemFamily(settings.problem)!.dims;
  const dims = settings.dims;
  if (dims !== undefined && (dims < least || dims > most)) {
    const allowed = least === most ? `${least}, or leave it out` : `${least} to ${most}`;
    return [{ path: 'dims', message: `${dims} inputs, which ${settings.problem} does not have`, remedy: allowed }];
  }
  const faults: Fault[] = [];
  const { fidelityInputs: inputs } = problemNamed(settings.problem, dims);
  if (settings.fidelity !== undefined && inputs === 0)
    faults.push({
      path: 'fidelity',
      message: `${settings.problem} has no fidelity`,
      remedy: 'leave it out, or take an augmented problem',
    });
  else if (Array.isArray(settings.fidelity) && settings.fidelity.length !== inputs)
    faults.push({
      path: 'fidelity',
      message: `${settings.fidelity.length} values`,
      remedy: `one number, or ${inputs} for ${settings.problem}`,
    });
  const { delayMs, faults: ordered } = settings;
  if (typeof delayMs !== 'number' && delayMs.min > delayMs.max)
    faults.push({ path: 'delayMs', message: `min ${delayMs.min} is above max ${delayMs.max}`, remedy: 'swap them' });
  const total = ordered.failRate + ordered.unknownRate + ordered.nanRate;
  if (total > 1)
    faults.push({
      path: 'faults',
      message: `failRate, unknownRate and nanRate add up to ${total}`,
      remedy: 'at most 1 together',
    });
  return faults;
}

/** Faults of a search space that is to be a problem's inputs. */
export function spaceFaults(of: Problem, scope: CheckScope): readonly Fault[] {
  const wanted = inputNames(of);
  const given = scope.parameters.map((parameter) => parameter.name);
  const missing = wanted.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !wanted.includes(name));
  const { least, most } = problemFamily(of.name)!.dims;
  const resizable = least < most;
  const faults: Fault[] = [];
  if (missing.length > 0 || extra.length > 0)
    faults.push({
      path: 'problem',
      message: `${of.name} with ${wanted.length} inputs does not fit the parameters ${given.join(', ')}`,
      remedy: `name the parameters ${wanted.length > 3 ? `x1 … x${wanted.length}` : wanted.join(', ')}${resizable ? ', or set dims' : ''}`,
    });
  for (const parameter of scope.parameters) {
    const input = wanted.indexOf(parameter.name);
    if (input < 0) continue;
    const [low, high] = of.bounds[input]!;
    const outside = extremes(parameter).filter((value) => typeof value !== 'number' || value < low || value > high);
    if (outside.length > 0)
      faults.push({
        path: 'problem',
        message: `parameter ${parameter.name} takes ${outside.map((value) => JSON.stringify(value)).join(', ')}, outside ${of.name}`,
        remedy: `numbers from ${low} to ${high}`,
      });
  }
  if (scope.objectives.length > 1)
    faults.push({
      path: 'problem',
      message: `${scope.objectives.length} outcomes for a function with one value`,
      remedy: "give one objective and no 'outcomes'",
    });
  return faults;
}

/** Values whose fitting means that all fit. */
function extremes(parameter: CheckScope['parameters'][number]): readonly (number | string)[] {
  if (parameter.type === 'continuous' || parameter.type === 'integer') return parameter.bounds;
  const values = typeOf(parameter).values(parameter)!;
  return values.length <= 2 ? values : [values[0]!, values.at(-1)!];
}
