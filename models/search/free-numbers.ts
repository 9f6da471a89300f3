import type { LinearRow } from '../domain/constraints/contract.js';
import type { Design } from '../domain/design.js';
import { amountPlaces, compositionOf } from '../domain/parameters/any-composition.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import { amountColumns, columnsOfParameters } from '../encode/space-columns.js';
import { Polytope, type Row } from '../optimiser/polytope.js';

/** A number that may be any of its range: a continuous parameter, or the amount of a component of a composition of any amounts. */
interface FreeNumber {
  /** As constraints name it: `temperature`, `blend.A`. */
  readonly name: string;
  /** Its place among the numeric columns of an encoded design. */
  readonly at: number;
  /** Its value at the coordinate 0, and the width of its range. */
  readonly low: number;
  readonly width: number;
}

/** The free numbers of a space, as coordinates in [0, 1]. */
export class FreeNumbers {
  readonly each: readonly FreeNumber[];
  private readonly parameters: readonly Parameter[];
  /** The fractions of each composition of any amounts add up to 1. */
  private readonly sums: readonly Row[];
  private readonly placeOf: ReadonlyMap<string, number>;

  constructor(parameters: readonly Parameter[]) {
    const { columns } = columnsOfParameters(parameters);
    this.parameters = parameters.filter((one) => one.type === 'continuous' || isAnyComposition(one));
    this.each = parameters.flatMap((parameter, p): FreeNumber[] => {
      const { name } = parameter;
      const { at } = columns[p]!;
      if (isAnyComposition(parameter))
        return parameter.components.map((component, c) => ({
          name: `${name}.${component}`,
          at: at + c,
          low: 0,
          width: parameter.total,
        }));
      if (parameter.type !== 'continuous') return [];
      const [low, high] = parameter.bounds;
      return [{ name, at, low, width: high - low }];
    });
    this.placeOf = new Map(this.each.map(({ name }, i) => [name, i]));
    this.sums = this.parameters.filter(isAnyComposition).map(({ name, components }) => {
      const a = new Float64Array(this.each.length);
      for (const component of components) a[this.placeOf.get(`${name}.${component}`)!] = 1;
      return { a, min: 1, max: 1 };
    });
  }

  /** Places of the amounts of each composition, from the first to before another. */
  get blends(): readonly { readonly from: number; readonly to: number }[] {
    return this.parameters.filter(isAnyComposition).map(({ name, components }) => {
      const from = this.placeOf.get(`${name}.${components[0]}`)!;
      return { from, to: from + components.length };
    });
  }

  /** Place of a number by its name; undefined where it is none of them. */
  place(name: string): number | undefined {
    return this.placeOf.get(name);
  }

  /** Coordinates of a design. */
  read(design: Design): Float64Array {
    return Float64Array.from(
      this.parameters.flatMap((parameter) => {
        const feature = typeOf(parameter).feature(parameter, design[parameter.name]!);
        if (isAnyComposition(parameter)) return [...amountColumns(parameter, feature)];
        return feature.kind === 'numeric' ? [feature.value] : [];
      }),
    );
  }

  /** The design with numbers at other coordinates. @param places - to which amounts are rounded, see `compositionOf` */
  write(design: Design, x: ArrayLike<number>, places: keyof typeof amountPlaces = 'all'): Design {
    const written: Record<string, Design[string]> = { ...design };
    let at = 0;
    for (const parameter of this.parameters)
      if (isAnyComposition(parameter)) {
        const { length } = parameter.components;
        const fractions = Array.from({ length }, (_, c) => x[at + c]!);
        written[parameter.name] = compositionOf(parameter, fractions, amountPlaces[places]);
        at += length;
      } else written[parameter.name] = typeOf(parameter).fromUnit(parameter, x[at++]!);
    return written;
  }

  /** Coordinates that keep linear rows in own units, and the sums of compositions. */
  within(rows: readonly LinearRow[]): Polytope {
    const d = this.each.length;
    const scaled = rows.map(({ coefficients, min, max }): Row => {
      const a = new Float64Array(d);
      let fixed = 0;
      for (const [name, factor] of Object.entries(coefficients)) {
        const i = this.placeOf.get(name)!;
        a[i] = factor * this.each[i]!.width;
        fixed += factor * this.each[i]!.low;
      }
      return { a, min: min - fixed, max: max - fixed };
    });
    return new Polytope([new Float64Array(d), new Float64Array(d).fill(1)], [...this.sums, ...scaled]);
  }
}
