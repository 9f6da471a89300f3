import { Constraints } from './constraints/constraint.js';
import type { Design, ParameterValue } from './design.js';
import { type Parameter, typeOf } from './parameters/parameter.js';
import type { Space } from './space.js';

/** A design, with its row where there is a pool. */
export interface Placed {
  readonly design: Design;
  readonly rowId: string | null;
}

const known = new WeakMap<Space['parameters'] | Constraints, WeakMap<Design, string | null>>();

/**
 * Why a design that was measured is none that may be proposed, in words; null where it is one. It is learned from all the
 * same: a training design may be any that can be encoded, a candidate only one of the space.
 */
export function outsideOf(space: Space, { design, rowId }: Placed): string | null {
  const constraints = Constraints.of(space);
  if (space.pool !== null && rowId === null) return 'in no row of the pool';
  if (space.pool !== null && constraints.isEmpty) return null;
  const told = known.get(constraints.isEmpty ? space.parameters : constraints) ?? new WeakMap<Design, string | null>();
  known.set(constraints.isEmpty ? space.parameters : constraints, told);
  const before = told.get(design);
  if (before !== undefined) return before;
  const strange = space.pool === null ? strangeValues(space, design) : [];
  const broken = constraints.broken(design).map((words) => `against '${words}'`);
  const why = strange.length + broken.length === 0 ? null : [...strange, ...broken].join(', ');
  told.set(design, why);
  return why;
}

/** Values of a design that its parameters do not allow, in words. */
function strangeValues({ parameters }: Space, design: Design): readonly string[] {
  return parameters.flatMap((parameter) => {
    const value = design[parameter.name]!;
    const allowed = typeOf(parameter).refuses(parameter, value);
    if (allowed === null) return [];
    // Of a range there is no list of values.
    const why = 'bounds' in parameter ? `not ${allowed}` : 'none of its values';
    return [`${parameter.name} ${value} is ${why}`];
  });
}

/** Whether a value that a parameter does not allow can still be encoded beside those that it does. */
export function isEncodable(parameter: Parameter, value: ParameterValue): boolean {
  return typeOf(parameter).encodes(parameter, value);
}

/**
 * The space with the molecules that its earlier campaigns measured beside its own, so that these are encoded, too; the space itself where
 * there is none.
 */
export function withSourceMolecules(space: Space): Space {
  const designs = (space.sources ?? []).flatMap((source) => source.designs);
  const isTold = ({ type }: Parameter) => type === 'substance';
  return designs.length === 0 ? space : widened(space, designs, isTold);
}

/**
 * The space as it is encoded where such designs were measured: lists of molecules and mixtures have theirs, too. The space
 * itself where nothing has to be added, so that it is encoded as ever.
 *
 * @param designs - those outside the space
 */
export function widenedSpace(space: Space, designs: readonly Design[]): Space {
  return designs.length === 0 ? space : widened(space, designs, () => true);
}

function widened(space: Space, designs: readonly Design[], isTold: (parameter: Parameter) => boolean): Space {
  const parameters = space.parameters.map((parameter) => {
    const type = typeOf(parameter);
    if (type.widened === undefined || !isTold(parameter)) return parameter;
    const own = new Set(type.values(parameter));
    const strange = [...new Set(designs.map((design) => design[parameter.name]!))].filter((value) => !own.has(value));
    return strange.length === 0 ? parameter : type.widened(parameter, strange.map(String));
  });
  return parameters.every((parameter, p) => parameter === space.parameters[p]) ? space : { ...space, parameters };
}
