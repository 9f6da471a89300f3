import { readAmounts } from '../domain/amounts.js';
import type { LinearRow } from '../domain/constraints/contract.js';
import { type Term, termOf } from '../domain/constraints/terms.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { compositionOf } from '../domain/parameters/any-composition.js';
import { isListed } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { Column, Program, Row } from './solver.js';

/** A sum of columns and a constant. */
export interface Sum {
  readonly constant: number;
  readonly coefficients: ReadonlyMap<number, number>;
}

/** That a sum lies between two numbers. */
export interface Between {
  readonly sum: Sum;
  readonly min: number;
  readonly max: number;
}

/** Several ways, of which one is to hold; each is all of its rows. */
export type Ways = readonly (readonly Between[])[];

/** What stands for a parameter: columns, and how a solution gives its value. */
interface Stand {
  /** The number of a parameter, or of one component. */
  number(component: string | null): Sum;
  /** Ways to have one of these values, or none of them. */
  oneOf(values: readonly ParameterValue[]): Ways;
  noneOf(values: readonly ParameterValue[]): Ways;
  /** Differs from a value of the parameter: one of these holds. */
  differs(value: ParameterValue): readonly Between[];
  value(solution: readonly number[]): ParameterValue;
}

/** Parts of its range in which a free number has to differ for two designs to count as two. */
export const distinctParts = 1000;

/** The designs of a space as solutions of a program: parameters get columns when rows first speak of them. */
export class SpaceProgram implements Program {
  readonly columns: Column[] = [];
  readonly rows: Row[] = [];
  private readonly stands = new Map<string, Stand>();

  constructor(private readonly parameters: readonly Parameter[]) {}

  /** The number that a term means. */
  number(term: Term): Sum {
    const component = term.name === term.parameter.name ? null : term.name.slice(term.parameter.name.length + 1);
    return this.stand(term.parameter).number(component);
  }

  /** Ways for a parameter that is no free number to have one of some values. */
  oneOf(parameter: Parameter, values: readonly ParameterValue[]): Ways {
    return this.stand(parameter).oneOf(values);
  }

  /** Ways for a parameter that is no free number to have none of some values. */
  noneOf(parameter: Parameter, values: readonly ParameterValue[]): Ways {
    return this.stand(parameter).noneOf(values);
  }

  /** A row of free numbers, by their names, as one of columns. */
  between({ coefficients, min, max }: LinearRow): Between {
    const parts = Object.entries(coefficients).map(([name, factor]) =>
      times(factor, this.number(termOf(name, this.parameters)!)),
    );
    return { sum: parts.reduce(added, zero), min, max };
  }

  /** A column of its own. */
  column(low: number, high: number, whole: boolean): Sum {
    this.columns.push({ low, high, whole });
    return { constant: 0, coefficients: new Map([[this.columns.length - 1, 1]]) };
  }

  require({ sum, min, max }: Between): void {
    this.rows.push({ coefficients: sum.coefficients, min: min - sum.constant, max: max - sum.constant });
  }

  /** Requires at least one of several ways, each of them all of its rows. */
  requireOneOf(ways: Ways): void {
    if (ways.some((way) => way.length === 0)) return;
    if (ways.length === 1) {
      for (const row of ways[0]!) this.require(row);
      return;
    }
    let chosen = zero;
    for (const way of ways) {
      const taken = this.column(0, 1, true);
      chosen = added(chosen, taken);
      for (const { sum, min, max } of way) {
        // Where the way is not taken, the row asks no more than the columns allow anyway.
        const [low, high] = this.rangeOf(sum);
        const free = added(sum, times(Math.min(0, low - min), taken));
        if (Number.isFinite(min) && low < min) this.require({ sum: free, min: low, max: Number.POSITIVE_INFINITY });
        const other = added(sum, times(Math.max(0, high - max), taken));
        if (Number.isFinite(max) && high > max) this.require({ sum: other, min: Number.NEGATIVE_INFINITY, max: high });
      }
    }
    this.require({ sum: chosen, min: 1, max: Number.POSITIVE_INFINITY });
  }

  /** Requires another design, as far as parameters with columns go. */
  requireOther(design: Design): void {
    const ways = this.spokenOf().flatMap((parameter) => this.stand(parameter).differs(design[parameter.name]!));
    this.requireOneOf(ways.map((row) => [row]));
  }

  /** Parameters that have columns. */
  spokenOf(): readonly Parameter[] {
    return this.parameters.filter(({ name }) => this.stands.has(name));
  }

  /** The design of a solution; parameters of which nothing is asked have their lowest or first value. */
  designOf(solution: readonly number[]): Design {
    return Object.fromEntries(
      this.parameters.map((parameter) => {
        const stand = this.stands.get(parameter.name);
        return [parameter.name, stand?.value(solution) ?? typeOf(parameter).fromUnit(parameter, 0)] as const;
      }),
    );
  }

  /** What a sum can be, by the bounds of its columns alone. */
  private rangeOf({ constant, coefficients }: Sum): readonly [low: number, high: number] {
    let [low, high] = [constant, constant];
    for (const [column, factor] of coefficients) {
      const ends = [factor * this.columns[column]!.low, factor * this.columns[column]!.high];
      low += Math.min(...ends);
      high += Math.max(...ends);
    }
    return [low, high];
  }

  private stand(parameter: Parameter): Stand {
    let stand = this.stands.get(parameter.name);
    if (stand === undefined) {
      stand = this.made(parameter);
      this.stands.set(parameter.name, stand);
    }
    return stand;
  }

  private made(parameter: Parameter): Stand {
    if (parameter.type === 'continuous') return this.ranged(parameter.bounds, false);
    if (parameter.type === 'integer') return this.ranged(parameter.bounds, true);
    if (parameter.type === 'composition' && !isListed(parameter)) return this.mixed(parameter);
    return this.listed(parameter, typeOf(parameter).values(parameter)!);
  }

  private ranged([low, high]: readonly [number, number], whole: boolean): Stand {
    const number = this.column(low, high, whole);
    const [column] = number.coefficients.keys();
    const step = whole ? 1 : (high - low) / distinctParts;
    const at = (runs: readonly (readonly [number, number])[]): Ways =>
      runs.filter(([from, to]) => from <= to).map(([min, max]) => [{ sum: number, min, max }]);
    return {
      number: () => number,
      oneOf: (values) => at(runsOf(values as readonly number[])),
      noneOf: (values) => at(gapsIn(runsOf(values as readonly number[]), low, high)),
      differs: (value) =>
        at([
          [low, (value as number) - step],
          [(value as number) + step, high],
        ]).flat(),
      value: (solution) => solution[column!]!,
    };
  }

  private mixed(parameter: Parameter & { type: 'composition' }): Stand {
    const { components, total } = parameter;
    const amounts = components.map(() => this.column(0, total, false));
    this.require({ sum: amounts.reduce(added, zero), min: total, max: total });
    const step = total / distinctParts;
    return {
      number: (component) => amounts[components.indexOf(component!)]!,
      oneOf: () => [],
      noneOf: () => [],
      differs: (value) => {
        const own = readAmounts(String(value));
        return components.flatMap((name, i) => {
          const amount = typeof own === 'string' ? 0 : (own.get(name) ?? 0);
          return [
            { sum: amounts[i]!, min: 0, max: amount - step },
            { sum: amounts[i]!, min: amount + step, max: total },
          ].filter(({ min, max }) => min <= max);
        });
      },
      value: (solution) => {
        const given = amounts.map(({ coefficients }) => solution[[...coefficients.keys()][0]!]! / total);
        return compositionOf(parameter, given);
      },
    };
  }

  private listed(parameter: Parameter, values: readonly ParameterValue[]): Stand {
    const first = this.columns.length;
    const taken = values.map(() => this.column(0, 1, true));
    this.require({ sum: taken.reduce(added, zero), min: 1, max: 1 });
    const place = new Map(values.map((value, i) => [value, i]));
    const sumOver = (of: (value: ParameterValue) => number): Sum => ({
      constant: 0,
      coefficients: new Map(
        values.map((value, i) => [first + i, of(value)] as const).filter(([, factor]) => factor !== 0),
      ),
    });
    const isOneOf = (wanted: readonly ParameterValue[]): Sum => {
      const set = new Set(wanted);
      return sumOver((value) => (set.has(value) ? 1 : 0));
    };
    return {
      number: (component) => {
        const term = termOf(component === null ? parameter.name : `${parameter.name}.${component}`, [parameter])!;
        return sumOver((value) => term.of({ [parameter.name]: value }));
      },
      oneOf: (wanted) => [[{ sum: isOneOf(wanted), min: 1, max: 1 }]],
      noneOf: (wanted) => [[{ sum: isOneOf(wanted), min: 0, max: 0 }]],
      differs: (value) => [{ sum: isOneOf([value]), min: 0, max: 0 }],
      value: (solution) =>
        values[
          Math.max(
            0,
            values.findIndex((value) => solution[first + place.get(value)!] === 1),
          )
        ]!,
    };
  }
}

/** Whole numbers as runs without a gap, in order. */
function runsOf(values: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const runs: [number, number][] = [];
  for (const value of [...new Set(values)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs;
}

/** What runs of whole numbers leave between two. */
function gapsIn(runs: readonly (readonly [number, number])[], low: number, high: number): [number, number][] {
  const ends = [low - 1, ...runs.map(([, to]) => to)];
  const starts = [...runs.map(([from]) => from), high + 1];
  return ends.map((end, i) => [end + 1, starts[i]! - 1]);
}

/** The sum of nothing. */
export const zero: Sum = { constant: 0, coefficients: new Map() };

/** The sum of two sums. */
export function added(a: Sum, b: Sum): Sum {
  const coefficients = new Map(a.coefficients);
  for (const [column, factor] of b.coefficients) coefficients.set(column, (coefficients.get(column) ?? 0) + factor);
  return { constant: a.constant + b.constant, coefficients };
}

function times(factor: number, { constant, coefficients }: Sum): Sum {
  return { constant: factor * constant, coefficients: new Map([...coefficients].map(([c, own]) => [c, factor * own])) };
}
