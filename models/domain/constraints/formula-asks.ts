import type { Design } from '../design.js';
import type { Properties } from '../expression/check.js';
import { evaluate, type Values } from '../expression/evaluate.js';
import { type Interval, type Surely, surely } from '../expression/interval.js';
import { namesIn, type Operator, type Tree } from '../expression/tree.js';
import { type Affine, affineOf } from './affine.js';
import { keptWithin, type LinearRow } from './contract.js';
import type { Term } from './terms.js';

/** What a comparison becomes where it is not to hold. */
const opposite: Partial<Record<Operator, Operator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** Rows; null where what is asked is not linear; `never` where no numbers can keep what all else breaks. */
type Rows = readonly LinearRow[] | null | 'never';

/** Ways to keep one formula that are told apart. */
const mostWays = 64;

/** What a comparison, or several joined, asks of designs. */
export class Asked {
  /** Parts in which a free number has a say. */
  private readonly free = new Map<Tree, boolean>();

  constructor(
    private readonly tree: Tree,
    /** The number behind each name; null where it is a text. */
    private readonly terms: ReadonlyMap<string, Term | null>,
    private readonly properties: Properties,
  ) {}

  excess(design: Design): number {
    return this.excessOf(this.tree, true, this.valuesOf(design));
  }

  /** Whether it holds of the numbers as they stand, without rounding. */
  holds(design: Design): boolean {
    return evaluate(this.tree, this.valuesOf(design)) === true;
  }

  rows(design: Design): readonly LinearRow[] | null {
    const rows = this.rowsOf(this.tree, true, this.valuesOf(design));
    return rows === 'never' ? [] : rows;
  }

  /** See `Compiled.ways`. */
  ways(design: Design): readonly (readonly LinearRow[])[] | null {
    return this.waysOf(this.tree, true, this.valuesOf(design));
  }

  /** See `Compiled.surely`. */
  surely(design: Design, numbers: ReadonlyMap<string, Interval>): Surely {
    const { of } = this.valuesOf(design);
    return surely(this.tree, {
      of: (name) => {
        const own = numbers.get(name) ?? of(name);
        return typeof own === 'number' ? [own, own] : own;
      },
      properties: this.properties,
    });
  }

  private valuesOf(design: Design): Values {
    return { of: (name) => this.terms.get(name)?.of(design) ?? design[name]!, properties: this.properties };
  }

  /** @param holds - whether the part is to hold, or not to */
  private excessOf(tree: Tree, holds: boolean, values: Values): number {
    if (tree.kind === 'unary') return this.excessOf(tree.of, !holds, values);
    if (tree.kind === 'choice') return this.excessOf(this.chosen(tree, values), holds, values);
    const { sign, left, right } = tree as Tree & { kind: 'binary' };
    if (sign === '&&' || sign === '||') {
      const [a, b] = [this.excessOf(left, holds, values), this.excessOf(right, holds, values)];
      return (sign === '&&') === holds ? Math.max(a, b) : Math.min(a, b);
    }
    const [a, b] = [evaluate(left, values), evaluate(right, values)];
    if (typeof a !== 'number' || typeof b !== 'number') return (a === b) === ((sign === '==') === holds) ? 0 : 1;
    const scale = this.sizeOf(left, values) + this.sizeOf(right, values) || 1;
    return apart(holds ? sign : opposite[sign]!, (a - b) / scale, this.isFree(tree));
  }

  private rowsOf(tree: Tree, holds: boolean, values: Values): Rows {
    if (!this.isFree(tree)) return this.excessOf(tree, holds, values) <= keptWithin ? [] : 'never';
    if (tree.kind === 'unary') return this.rowsOf(tree.of, !holds, values);
    if (tree.kind === 'choice')
      return this.isFree(tree.test) ? null : this.rowsOf(this.chosen(tree, values), holds, values);
    const { sign, left, right } = tree as Tree & { kind: 'binary' };
    if (sign === '&&' || sign === '||') {
      const [a, b] = [this.rowsOf(left, holds, values), this.rowsOf(right, holds, values)];
      if ((sign === '&&') !== holds) return this.nearer([left, a], [right, b], holds, values);
      if (a === 'never' || b === 'never') return 'never';
      return a === null || b === null ? null : [...a, ...b];
    }
    const [a, b] = [this.affine(left, values), this.affine(right, values)];
    return a === null || b === null ? null : difference(holds ? sign : opposite[sign]!, a, b);
  }

  private waysOf(tree: Tree, holds: boolean, values: Values): readonly (readonly LinearRow[])[] | null {
    const joined = tree.kind === 'binary' && (tree.sign === '&&' || tree.sign === '||');
    if (tree.kind === 'unary') return this.waysOf(tree.of, !holds, values);
    if (!joined || !this.isFree(tree)) {
      const rows = this.rowsOf(tree, holds, values);
      return rows === null ? null : rows === 'never' ? [] : [rows];
    }
    const [a, b] = [this.waysOf(tree.left, holds, values), this.waysOf(tree.right, holds, values)];
    const isBoth = (tree.sign === '&&') === holds;
    // Whatever the other way is: one that asks nothing, or one that there is not, decides.
    if (isBoth && (a?.length === 0 || b?.length === 0)) return [];
    if (a === null || b === null) return null;
    const all = isBoth ? a.flatMap((one) => b.map((other) => [...one, ...other])) : [...a, ...b];
    return all.length > mostWays ? null : all;
  }

  /** Of two ways to keep it the one that is kept more nearly; one that asks nothing, or is linear, where both are kept. */
  private nearer(a: readonly [Tree, Rows], b: readonly [Tree, Rows], holds: boolean, values: Values): Rows {
    if (a[1] === 'never') return b[1];
    if (b[1] === 'never') return a[1];
    const distance = ([tree]: readonly [Tree, Rows]) => this.excessOf(tree, holds, values);
    const [first, second] = distance(a) <= distance(b) ? [a, b] : [b, a];
    if (distance(second) > distance(first)) return first[1];
    return second[1]?.length === 0 || first[1] === null ? second[1] : first[1];
  }

  private chosen(tree: Tree & { kind: 'choice' }, values: Values): Tree {
    return evaluate(tree.test, values) === true ? tree.yes : tree.no;
  }

  private affine(tree: Tree, values: Values): Affine | null {
    return affineOf(tree, values, (part) => this.isFree(part));
  }

  private isFree(tree: Tree): boolean {
    let free = this.free.get(tree);
    if (free === undefined) {
      free = namesIn(tree).some((name) => this.terms.get(name)?.free);
      this.free.set(tree, free);
    }
    return free;
  }

  /** How large the numbers are of which a value is the sum, so that rounding can be told from a difference. */
  private sizeOf(tree: Tree, values: Values): number {
    switch (tree.kind) {
      case 'name':
        return this.terms.get(tree.name)!.scale;
      case 'unary':
        return this.sizeOf(tree.of, values);
      case 'binary': {
        const [a, b] = [this.sizeOf(tree.left, values), this.sizeOf(tree.right, values)];
        if (tree.sign === '+' || tree.sign === '-') return a + b;
        if (tree.sign === '*') return a * b;
        break;
      }
      case 'choice':
        return this.sizeOf(this.chosen(tree, values), values);
    }
    return Math.abs(evaluate(tree, values) as number);
  }
}

/** By how much a difference, relative to its terms, breaks a comparison with 0; 1 where there is none. */
function apart(sign: Operator, difference: number, free: boolean): number {
  if (Number.isNaN(difference)) return 1;
  if (sign === '==') return Math.abs(difference);
  if (sign === '!=') return Math.abs(difference) <= keptWithin ? 1 : 0;
  const over = sign.startsWith('<') ? difference : -difference;
  // At the border of a free number both sides are kept.
  if (sign.length === 1 && !free) return over < 0 ? 0 : Math.max(over, 2 * keptWithin);
  return Math.max(0, over);
}

function difference(sign: Operator, a: Affine, b: Affine): Rows {
  const coefficients: Record<string, number> = { ...a.coefficients };
  for (const [name, factor] of Object.entries(b.coefficients)) coefficients[name] = (coefficients[name] ?? 0) - factor;
  const bound = b.constant - a.constant;
  if (Number.isNaN(bound)) return 'never';
  const min = sign.startsWith('<') ? Number.NEGATIVE_INFINITY : bound;
  const max = sign.startsWith('>') ? Number.POSITIVE_INFINITY : bound;
  for (const [name, factor] of Object.entries(coefficients)) if (factor === 0) delete coefficients[name];
  const isMoved = Object.keys(coefficients).length > 0;
  // All numbers but one keep it, which no row says.
  if (sign === '!=') return isMoved || bound !== 0 ? [] : 'never';
  if (isMoved) return [{ coefficients, min, max }];
  return min <= 0 && max >= 0 ? [] : 'never';
}
