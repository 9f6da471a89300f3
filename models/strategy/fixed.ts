import type { Constraint } from '../domain/constraints/constraint.js';
import type { Design, ParameterValue } from '../domain/design.js';
import type { Fault } from '../domain/fault.js';
import { among } from '../domain/nearest.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';

/** Parameters that keep to one value for a round, by name. */
export type Fixed = Readonly<Record<string, ParameterValue>>;

/** What is wrong with values that parameters are to keep to, with the parameters' names as paths. */
export function fixedFaults(fixed: Fixed, { parameters }: Pick<Space, 'parameters'>): Fault[] {
  return Object.entries(fixed).flatMap(([name, value]): Fault[] => {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) {
      const names = parameters.map((one) => one.name);
      return [{ path: name, message: 'no such parameter', remedy: among(name, names) }];
    }
    if (isAnyComposition(parameter))
      return [
        {
          path: name,
          message: 'a composition of any amounts',
          remedy: 'constraints of the campaign file on its amounts',
        },
      ];
    const remedy = typeOf(parameter).refuses(parameter, value);
    return remedy === null ? [] : [{ path: name, message: `${JSON.stringify(value)} given`, remedy }];
  });
}

const narrowed = new WeakMap<Space, Map<string, Space>>();

/**
 * The space with the constraints that some parameters keep to a value. Its parameters stay as they are, so that columns, and what
 * was learned of them, mean what they did; what was measured elsewhere is learned from and not proposed.
 *
 * @returns the same object for the same values
 */
export function fixedSpace(space: Space, fixed: Fixed): Space {
  const key = JSON.stringify(Object.entries(fixed).sort(([a], [b]) => (a < b ? -1 : 1)));
  const known = narrowed.get(space) ?? new Map<string, Space>();
  narrowed.set(space, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  const kept = space.parameters.flatMap((parameter) =>
    Object.hasOwn(fixed, parameter.name) ? constraintsOf(parameter, fixed[parameter.name]!) : [],
  );
  const made = { ...space, constraints: [...(space.constraints ?? []), ...kept] };
  known.set(key, made);
  return made;
}

/** A design of such a space with the values themselves, which a search keeps to 1e-9. */
export function withFixed(design: Design, fixed: Fixed): Design {
  return { ...design, ...fixed };
}

function constraintsOf(parameter: Parameter, value: ParameterValue): Constraint[] {
  const { name, type } = parameter;
  if (type === 'continuous' || type === 'integer')
    return [{ type: 'linear', terms: { [name]: 1 }, equals: Number(value) }];
  const others = (typeOf(parameter).values(parameter) ?? []).filter((other) => other !== value);
  return others.length === 0 ? [] : [{ type: 'exclude', when: { [name]: others } }];
}
