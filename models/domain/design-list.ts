import type { Design, ParameterValue } from './design.js';
import { ShapeError } from './errors.js';

/** Designs by their row: an array of them, or something that makes them when asked. */
export type DesignList = Pick<readonly Design[], 'length' | 'at' | typeof Symbol.iterator>;

/** Values of one parameter, one a row. */
export type DesignColumn = Float64Array | readonly string[];

/**
 * Designs kept as one column a parameter, and made anew each time one is asked for: a number takes 8 bytes instead of
 * the 24 and more that it takes in an object, and a million rows are no work for the garbage collector.
 *
 * As JSON it is the list of its designs. Threads are sent its columns, of which the other side makes it anew, with
 * `revivedDesigns`.
 */
export class DesignColumns implements DesignList {
  readonly length: number;

  /**
   * @param names - of the parameters, in their order
   * @param columns - values of each, all of one length
   * @throws {ShapeError} if their lengths differ
   */
  constructor(
    readonly names: readonly string[],
    readonly columns: readonly DesignColumn[],
    length: number,
  ) {
    if (names.length !== columns.length || columns.some((column) => column.length !== length))
      throw new ShapeError(
        `${names.length} names and columns of ${columns.map((c) => c.length)} for ${length} designs`,
      );
    this.length = length;
  }

  at(row: number): Design | undefined {
    const whole = Math.trunc(row);
    const from = whole < 0 ? whole + this.length : whole;
    if (!(from >= 0 && from < this.length)) return undefined;
    const design: Record<string, ParameterValue> = {};
    this.names.forEach((name, p) => {
      design[name] = this.columns[p]![from]!;
    });
    return design;
  }

  *[Symbol.iterator](): ArrayIterator<Design> {
    for (let row = 0; row < this.length; row++) yield this.at(row)!;
  }

  toJSON(): Design[] {
    return [...this];
  }
}

/** Lists of designs one after another, none of them copied. As JSON it is the list of its designs. */
export class JoinedDesigns implements DesignList {
  readonly length: number;
  private readonly parts: readonly DesignList[];
  /** Row of the whole with which each part begins. */
  private readonly starts: readonly number[];

  constructor(lists: readonly DesignList[]) {
    this.parts = lists.flatMap((list) => (list instanceof JoinedDesigns ? list.parts : [list]));
    let length = 0;
    this.starts = this.parts.map((part) => {
      length += part.length;
      return length - part.length;
    });
    this.length = length;
  }

  at(row: number): Design | undefined {
    const whole = Math.trunc(row);
    const from = whole < 0 ? whole + this.length : whole;
    if (!(from >= 0 && from < this.length)) return undefined;
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= from) low = middle;
      else high = middle - 1;
    }
    return this.parts[low]!.at(from - this.starts[low]!);
  }

  *[Symbol.iterator](): ArrayIterator<Design> {
    for (const part of this.parts) yield* part;
  }

  toJSON(): Design[] {
    return [...this];
  }
}

/** The values as a column: numbers close together, texts as they are. */
export function designColumn(values: readonly ParameterValue[]): DesignColumn {
  return values.every((value) => typeof value === 'number') ? Float64Array.from(values) : (values as readonly string[]);
}

/** The list as it was before it was cloned for another thread, which keeps values but no class. */
export function revivedDesigns(cloned: DesignList): DesignList {
  if (Array.isArray(cloned)) return cloned;
  const { names, columns, length } = cloned as DesignColumns;
  return new DesignColumns(names, columns, length);
}
