import { z } from 'zod';
import { type Amounts, readAmounts } from '../amounts.js';
import type { Design, ParameterValue } from '../design.js';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import { isListed } from '../parameters/composition.js';
import { type Parameter, typeOf } from '../parameters/parameter.js';
import { type Condition, conditionsOf, toHoldAll, whenFaults, whenSchema } from './condition.js';
import { type ConstraintType, keptWithin, type LinearRow } from './contract.js';
import { namesOf, type Term, termOf } from './terms.js';

const schema = z.strictObject({
  type: z.literal('dependency'),
  parameter: z.string().min(1).describe('the parameter that does not always matter'),
  when: whenSchema,
  otherwise: z
    .union([z.number(), z.string()])
    .optional()
    .describe('the value at which it stands where it does not matter; its lowest or first where absent'),
});
type Dependency = z.infer<typeof schema>;

/** A parameter that matters only where others have certain values, and elsewhere stands at one value. */
export const dependency: ConstraintType<Dependency> = {
  type: 'dependency',
  schema,
  faults: ({ parameter: name, when, otherwise }, { parameters }) => {
    const faults = whenFaults(when, parameters, 'when');
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) {
      const remedy = among(
        name,
        parameters.map((one) => one.name),
      );
      return [...faults, { path: 'parameter', message: `no parameter '${name}' in the space`, remedy }];
    }
    for (const other of Object.keys(when))
      if (other === name || (parameter.type === 'composition' && other.startsWith(`${name}.`)))
        faults.push({ path: `when.${other}`, message: `'${name}' depends on itself`, remedy: 'another parameter' });
    if (otherwise !== undefined) faults.push(...otherwiseFaults(parameter, otherwise));
    return faults;
  },
  compile: ({ parameter: name, when, otherwise }, { parameters }) => {
    const parameter = parameters.find((one) => one.name === name)!;
    const conditions = conditionsOf(when, parameters);
    const stated = otherwise ?? typeOf(parameter).fromUnit(parameter, 0);
    const rest = resting(parameter, stated, parameters);
    return {
      words: `${name} ${stated} unless ${conditions.map(({ words }) => words).join(' with ')}`,
      names: namesOf([parameter, ...conditions.map((one) => one.parameter)], parameters),
      excess: (design) => Math.min(toHoldAll(conditions, design), rest.distance(design)),
      rows: (design): readonly LinearRow[] => {
        const [matters, rests] = [toHoldAll(conditions, design), rest.distance(design)];
        // What is no free number is moved by neither way.
        const canMatter = conditions.every((one) => one.free || one.toHold(design) === 0);
        const canRest = rest.rows.length > 0 || rests === 0;
        if (canMatter && (matters === 0 || !canRest || matters < rests)) return held(conditions);
        return rest.rows;
      },
      settled: (design) =>
        toHoldAll(conditions, design) <= keptWithin || design[name] === stated ? design : { ...design, [name]: stated },
    };
  },
};

function otherwiseFaults(parameter: Parameter, otherwise: ParameterValue): Fault[] {
  const allowed = typeOf(parameter).refuses(parameter, otherwise);
  if (allowed === null) return [];
  return [{ path: 'otherwise', message: `'${otherwise}' is no value of '${parameter.name}'`, remedy: allowed }];
}

/** How far a parameter is from the value at which it rests, relative to its scale, and what brings it there. */
interface Resting {
  distance(design: Design): number;
  /** Empty where it is no free number. */
  readonly rows: readonly LinearRow[];
}

function resting(parameter: Parameter, stated: ParameterValue, parameters: readonly Parameter[]): Resting {
  const { name } = parameter;
  if (parameter.type === 'composition' && !isListed(parameter)) {
    const amounts = readAmounts(String(stated)) as Amounts;
    const at = parameter.components.map((one) => ({
      term: termOf(`${name}.${one}`, parameters)!,
      value: amounts.get(one) ?? 0,
    }));
    return {
      distance: (design) => at.reduce((most, { term, value }) => Math.max(most, apart(term, value, design)), 0),
      rows: at.map(({ term, value }) => ({ coefficients: { [term.name]: 1 }, min: value, max: value })),
    };
  }
  const term = termOf(name, parameters);
  if (term === null) return { distance: (design) => (design[name] === stated ? 0 : 1), rows: [] };
  const value = stated as number;
  return {
    distance: (design) => apart(term, value, design),
    rows: term.free ? [{ coefficients: { [name]: 1 }, min: value, max: value }] : [],
  };
}

function apart(term: Term, value: number, design: Design): number {
  const own = term.of(design);
  if (own === value) return 0;
  return Math.max(term.free ? 0 : 2 * keptWithin, Math.abs(own - value) / term.scale);
}

function held(conditions: readonly Condition[]): LinearRow[] {
  return conditions.filter(({ free }) => free).map((condition) => condition.holds());
}
