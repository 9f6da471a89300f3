import type { Design, ParameterValue } from './design.js';
import type { Fault } from './fault.js';
import { among } from './nearest.js';
import { whyNoNumber } from './parameters/numbers.js';
import { isNumeric, type Parameter, typeOf } from './parameters/parameter.js';
import { unremarked, whyNoText } from './parameters/remark.js';

/** A value of a design that is none of its parameter. */
export interface WrongValue {
  readonly name: string;
  /** Undefined where there is no value. */
  readonly value: ParameterValue | undefined;
  /** The parameter with what it allows; null where there is none of that name. */
  readonly wanted: { readonly parameter: Parameter; readonly allowed: string } | null;
}

/**
 * A function that looks whether designs have a value for every parameter, and for no other; for many designs.
 *
 * @param refuses - why a value is none of a parameter, as what is allowed; null where it is one
 */
export function designChecker(
  parameters: readonly Parameter[],
  refuses: (parameter: Parameter, value: ParameterValue | undefined) => string | null,
): (design: Design) => readonly WrongValue[] {
  const names = new Set(parameters.map(({ name }) => name));
  return (design) => {
    const wrong: WrongValue[] = [];
    for (const name of Object.keys(design))
      if (!names.has(name)) wrong.push({ name, value: design[name], wanted: null });
    for (const parameter of parameters) {
      const { name } = parameter;
      const value = Object.hasOwn(design, name) ? design[name] : undefined;
      const allowed = refuses(parameter, value);
      if (allowed !== null) wrong.push({ name, value, wanted: { parameter, allowed } });
    }
    return wrong;
  };
}

/**
 * What keeps a design from having a value for every parameter, and for no other, in words for people; paths are names of
 * parameters.
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
  // What is not there is refused as no value of the type would be, to say what is allowed.
  const check = designChecker(parameters, (parameter, value) =>
    isMissing(value) ? typeOf(parameter).refuses(parameter, value ?? Number.NaN) : refuses(parameter, value),
  );
  return check(design).map(({ name, value, wanted }): Fault => {
    if (wanted === null) {
      const names = parameters.map((parameter) => parameter.name);
      return { path: name, message: 'not a parameter', remedy: among(name, names) };
    }
    const message = isMissing(value) ? 'no value given' : given(wanted.parameter, value);
    return { path: name, message, remedy: wanted.allowed };
  });
}

function isMissing(value: ParameterValue | undefined): value is undefined | '' {
  return value === undefined || value === '';
}

/** A value that is none, in words: what a text may have been taken for, where a number is wanted. */
function given(parameter: Parameter, value: ParameterValue): string {
  if (typeof value === 'number') return `${value} given`;
  const why = isNumeric(parameter) ? whyNoNumber(value) : whyNoText(value);
  return `'${unremarked(value)}' given${why === '' ? '' : `, ${why}`}`;
}
