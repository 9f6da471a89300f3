import type { Constraint } from '../domain/constraints/constraint.js';
import type { Parameter } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';

const narrowed = new WeakMap<Space, Space>();

/**
 * The space with its parameters narrowed to what constraints on one of them alone leave, so that samples need not come upon it by chance. It
 * has the same designs: lists are shorter, and numbers that equal a value are a list of that.
 *
 * @returns the same object for the same space; the space itself where nothing is narrowed
 */
export function narrowedSpace(space: Space): Space {
  const known = narrowed.get(space);
  if (known !== undefined) return known;
  const { constraints = [] } = space;
  // Where a parameter that depends on others rests is said of its values as they are.
  const dependent = new Set(constraints.flatMap((one) => (one.type === 'dependency' ? [one.parameter] : [])));
  let made = space;
  for (const constraint of constraints) {
    const parameters = made.parameters.map((parameter) =>
      dependent.has(parameter.name) ? parameter : leftBy(parameter, constraint),
    );
    if (parameters.every((parameter, p) => parameter === made.parameters[p])) continue;
    // What is left keeps it.
    made = { ...made, parameters, constraints: made.constraints!.filter((one) => one !== constraint) };
  }
  narrowed.set(space, made);
  return made;
}

function leftBy(parameter: Parameter, constraint: Constraint): Parameter {
  const { name } = parameter;
  if (constraint.type === 'linear') {
    const value = (constraint.equals ?? Number.NaN) / (constraint.terms[name] ?? Number.NaN);
    const isAlone = Object.keys(constraint.terms).length === 1;
    if (!isAlone || (parameter.type !== 'integer' && parameter.type !== 'continuous')) return parameter;
    const [low, high] = parameter.bounds;
    if (!(value >= low && value <= high) || (parameter.type === 'integer' && !Number.isInteger(value)))
      return parameter;
    // A list of one value, so that a free number is none any more.
    return { name, type: 'discrete', values: [value] };
  }
  if (constraint.type !== 'exclude' || Object.keys(constraint.when).length !== 1) return parameter;
  const given = constraint.when[name];
  const excluded: readonly unknown[] = Array.isArray(given) ? given : [given];
  const left = <T>(values: readonly T[]) => values.filter((value) => !excluded.includes(value));
  if (parameter.type === 'categorical') {
    const levels = left(parameter.levels);
    return levels.length === 0 || levels.length === parameter.levels.length ? parameter : { ...parameter, levels };
  }
  if (parameter.type !== 'discrete') return parameter;
  const values = left(parameter.values);
  return values.length === 0 || values.length === parameter.values.length ? parameter : { ...parameter, values };
}
