import type { Design, ParameterValue } from './design.js';
import type { Fault } from './fault.js';
import { among } from './nearest.js';
import { whyNoNumber } from './parameters/numbers.js';
import { isNumeric, type Parameter, typeOf } from './parameters/parameter.js';
import { unremarked, whyNoText } from './parameters/remark.js';

/**
 * What keeps a design from having a value for every parameter, and for no other; paths are names of parameters.
 *
 * @param refuses - why a value is none of a parameter, as what is allowed; null where it is one. By the type of the
 *   parameter where absent
 */
export function designFaults(
  parameters: readonly Parameter[],
  design: Design,
  refuses: (parameter: Parameter, value: ParameterValue) => string | null = (parameter, value) =>
    typeOf(parameter).refuses(parameter, value),
): Fault[] {
  const names = parameters.map((parameter) => parameter.name);
  const faults: Fault[] = Object.keys(design)
    .filter((name) => !names.includes(name))
    .map((name) => ({ path: name, message: 'not a parameter', remedy: among(name, names) }));
  for (const parameter of parameters) {
    const value = design[parameter.name];
    const isMissing = value === undefined || value === '';
    // What is not there is refused as no value of the type would be, to say what is allowed.
    const allowed = isMissing ? typeOf(parameter).refuses(parameter, value ?? Number.NaN) : refuses(parameter, value);
    if (allowed === null) continue;
    const message = isMissing ? 'no value given' : given(parameter, value);
    faults.push({ path: parameter.name, message, remedy: allowed });
  }
  return faults;
}

/** A value that is none, in words: what a text may have been taken for, where a number is wanted. */
function given(parameter: Parameter, value: ParameterValue): string {
  if (typeof value === 'number') return `${value} given`;
  const why = isNumeric(parameter) ? whyNoNumber(value) : whyNoText(value);
  return `'${unremarked(value)}' given${why === '' ? '' : `, ${why}`}`;
}
