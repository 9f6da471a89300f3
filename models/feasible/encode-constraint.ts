import type { When } from '../domain/constraints/condition.js';
import { type Constraint, Constraints } from '../domain/constraints/constraint.js';
import type { Compiled, LinearRow, Scope } from '../domain/constraints/contract.js';
import { type Term, termNames, termOf } from '../domain/constraints/terms.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import { keepsNone } from './boxes.js';
import { added, type Between, type SpaceProgram, type Sum, type Ways, zero } from './space-program.js';

/** Combinations of what a formula speaks of, beside free numbers, up to which each is looked at. */
const mostCombinations = 5_000;

/**
 * Requires a constraint of the solutions of a program.
 *
 * @param constraint - one without faults
 * @returns whether all of it could be said in rows: not so of a formula that is not linear in free numbers, or speaks of too
 *   many combinations of all else, which then asks less of solutions than of designs
 */
export function encodeConstraint(program: SpaceProgram, constraint: Constraint, scope: Scope): boolean {
  const { parameters } = scope;
  switch (constraint.type) {
    case 'linear': {
      const { terms, equals, min = equals, max = equals } = constraint;
      program.require(
        program.between({
          coefficients: terms,
          min: min ?? Number.NEGATIVE_INFINITY,
          max: max ?? Number.POSITIVE_INFINITY,
        }),
      );
      return true;
    }
    case 'exclude':
      program.requireOneOf(conditions(program, constraint.when, parameters).flatMap(({ ends }) => ends));
      return true;
    case 'dependency': {
      const holds = conditions(program, constraint.when, parameters).map((one) => one.holds);
      const matters = holds.reduce<Ways>((all, ways) => both(all, ways), [[]]);
      const parameter = parameters.find(({ name }) => name === constraint.parameter)!;
      program.requireOneOf([...matters, ...rests(program, parameter, constraint.otherwise)]);
      return true;
    }
    case 'cardinality': {
      const [{ presence }] = Constraints.of({ ...scope, constraints: [constraint] }).each as [Compiled];
      const { of, min, max, least } = presence!;
      let present: Sum = zero;
      for (const name of of) present = added(present, presenceOf(program, termOf(name, parameters)!, least));
      program.require({ sum: present, min, max });
      return true;
    }
    case 'formula':
      return encodeFormula(program, Constraints.of({ ...scope, constraints: [constraint] }).each[0]!, parameters);
  }
}

/** Ways in which conditions, each by itself, hold, and in which they do not. */
function conditions(program: SpaceProgram, when: When, parameters: readonly Parameter[]) {
  return Object.entries(when).map(([name, wanted]): { readonly holds: Ways; readonly ends: Ways } => {
    const term = termOf(name, parameters);
    const parameter = term?.parameter ?? parameters.find((one) => one.name === name)!;
    if (typeof wanted === 'object' && !Array.isArray(wanted)) {
      const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = wanted;
      if (term!.free || parameter.type === 'integer') {
        const step = term!.free ? 0 : 1;
        const sum = program.number(term!);
        const [from, to] = step === 0 ? [above, below] : [Math.floor(above) + 1, Math.ceil(below) - 1];
        const { low, high } = term!;
        const ways = (runs: readonly (readonly [number, number])[]): Ways =>
          runs.filter(([min, max]) => min <= max && max >= low && min <= high).map(([min, max]) => [{ sum, min, max }]);
        return {
          holds: ways([[from, to]]),
          ends: ways([
            [low, from - step],
            [to + step, high],
          ]),
        };
      }
      const values = typeOf(parameter)
        .values(parameter)!
        .filter((value) => {
          const number = term!.of({ [parameter.name]: value });
          return number > above && number < below;
        });
      return { holds: program.oneOf(parameter, values), ends: program.noneOf(parameter, values) };
    }
    const values = Array.isArray(wanted) ? wanted : [wanted];
    return { holds: program.oneOf(parameter, values), ends: program.noneOf(parameter, values) };
  });
}

/** Ways of one and of another together. */
function both(a: Ways, b: Ways): Ways {
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

/** Ways for a parameter to stand at its value where it does not matter. */
function rests(program: SpaceProgram, parameter: Parameter, otherwise: ParameterValue | undefined): Ways {
  const value = otherwise ?? lowest(parameter);
  const { name } = parameter;
  const at = { [name]: value };
  const terms = parameter.type === 'composition' ? parameter.components.map((one) => `${name}.${one}`) : [name];
  const numbers = terms.map((one) => termOf(one, [parameter]));
  if (numbers.some((term) => term === null || !term.free)) return program.oneOf(parameter, [value]);
  return [numbers.map((term) => ({ sum: program.number(term!), min: term!.of(at), max: term!.of(at) }))];
}

/** 1 where a number is present, and 0 where it is 0; nothing between is allowed. */
function presenceOf(program: SpaceProgram, term: Term, least: number): Sum {
  const { parameter, free, high } = term;
  const present = program.column(0, 1, true);
  const absent: Between = { sum: present, min: 0, max: 0 };
  const here: Between = { sum: present, min: 1, max: 1 };
  if (free || parameter.type === 'integer') {
    const sum = program.number(term);
    const lowest = free ? least : Math.max(1, Math.ceil(least));
    program.requireOneOf([
      [absent, { sum, min: 0, max: 0 }],
      [here, { sum, min: lowest, max: high }],
    ]);
    return present;
  }
  const amounts = typeOf(parameter)
    .values(parameter)!
    .map((value) => ({ value, amount: term.of({ [parameter.name]: value }) }));
  const where = (is: (amount: number) => boolean) =>
    amounts.filter(({ amount }) => is(amount)).map(({ value }) => value);
  program.requireOneOf([
    ...both(
      [[absent]],
      program.oneOf(
        parameter,
        where((amount) => amount === 0),
      ),
    ),
    ...both(
      [[here]],
      program.oneOf(
        parameter,
        where((amount) => amount > 0 && amount >= least),
      ),
    ),
  ]);
  return present;
}

function encodeFormula(program: SpaceProgram, formula: Compiled, parameters: readonly Parameter[]): boolean {
  const spoken = parameters.filter(({ name }) => formula.names.includes(name));
  const lists = spoken.map((parameter) => typeOf(parameter).values(parameter));
  const fixed = spoken.flatMap((parameter, i) => {
    const values = lists[i] ?? null;
    return values === null ? [] : [{ parameter, values }];
  });
  const isEndless = spoken.some((parameter, i) => lists[i] === null && parameter.type === 'integer');
  const count = fixed.reduce((product, { values }) => product * values.length, 1);
  if (isEndless || count > mostCombinations) return false;
  const resting: Design = Object.fromEntries(spoken.map((parameter) => [parameter.name, lowest(parameter)]));
  // Combinations that differ in the longest list alone, and ask the same of free numbers, are one way.
  const [longest, ...others] = [...fixed].sort((a, b) => b.values.length - a.values.length);
  const ranges = new Map(
    spoken.flatMap(termsOf).flatMap(({ name, free, low, high }) => (free ? [[name, [low, high]] as const] : [])),
  );
  const ways: Ways[] = [];
  let isWhole = true;
  for (const design of combinations(others, resting)) {
    const asked = new Map<string, { readonly rows: readonly LinearRow[]; readonly values: ParameterValue[] }>();
    for (const value of longest?.values ?? [null]) {
      const at = value === null ? design : { ...design, [longest!.parameter.name]: value };
      const own = formula.ways!(at);
      const none = own === null && keepsNone(formula, at, ranges);
      // What is not linear, and may hold, is left open.
      isWhole &&= own !== null || none;
      for (const rows of own ?? (none ? [] : [[]])) {
        const key = JSON.stringify(rows.map(({ coefficients, min, max }) => [coefficients, String(min), String(max)]));
        const known = asked.get(key) ?? { rows, values: [] };
        asked.set(key, known);
        if (value !== null) known.values.push(value);
      }
    }
    const here = others.reduce<Ways>(
      (all, { parameter }) => both(all, program.oneOf(parameter, [design[parameter.name]!])),
      [[]],
    );
    for (const { rows, values } of asked.values()) {
      const own = longest === undefined ? [[]] : program.oneOf(longest.parameter, values);
      ways.push(both(both(here, own), [rows.map((row) => program.between(row))]));
    }
  }
  program.requireOneOf(ways.flat());
  return isWhole;
}

function termsOf(parameter: Parameter): readonly Term[] {
  return termNames([parameter]).map((name) => termOf(name, [parameter])!);
}

function* combinations(
  lists: readonly { readonly parameter: Parameter; readonly values: readonly ParameterValue[] }[],
  design: Design,
): Generator<Design> {
  const [first, ...rest] = lists;
  if (first === undefined) yield design;
  else for (const value of first.values) yield* combinations(rest, { ...design, [first.parameter.name]: value });
}

/** The lowest or first value of a parameter. */
function lowest(parameter: Parameter): ParameterValue {
  return typeOf(parameter).fromUnit(parameter, 0);
}
