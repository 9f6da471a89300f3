import { evaluate, type Values } from '../expression/evaluate.js';
import type { Tree } from '../expression/tree.js';

/** A number that is linear in the free ones: constant + Σ coefficient · value. */
export interface Affine {
  readonly constant: number;
  readonly coefficients: Readonly<Record<string, number>>;
}

/**
 * A part of an expression as a linear function of the free numbers, all else being as in a design; null where it is not
 * linear in them.
 *
 * @param isFree - whether a free number has a say in a part
 */
export function affineOf(tree: Tree, values: Values, isFree: (tree: Tree) => boolean): Affine | null {
  if (!isFree(tree)) return { constant: evaluate(tree, values) as number, coefficients: {} };
  const of = (part: Tree) => affineOf(part, values, isFree);
  switch (tree.kind) {
    case 'name':
      return { constant: 0, coefficients: { [tree.name]: 1 } };
    case 'unary':
      return times(-1, of(tree.of));
    case 'choice':
      if (isFree(tree.test)) return null;
      return of(evaluate(tree.test, values) === true ? tree.yes : tree.no);
    case 'binary': {
      const [left, right] = [of(tree.left), of(tree.right)];
      if (left === null || right === null) return null;
      if (tree.sign === '+') return sum(left, right);
      if (tree.sign === '-') return sum(left, times(-1, right)!);
      if (tree.sign === '*' && isConstant(left)) return times(left.constant, right);
      if (tree.sign === '*' && isConstant(right)) return times(right.constant, left);
      if (tree.sign === '/' && isConstant(right)) return times(1 / right.constant, left);
      return null;
    }
    default:
      return null;
  }
}

function isConstant({ coefficients }: Affine): boolean {
  return Object.keys(coefficients).length === 0;
}

function times(factor: number, affine: Affine | null): Affine | null {
  if (affine === null) return null;
  const entries = Object.entries(affine.coefficients).map(([name, own]) => [name, factor * own] as const);
  return { constant: factor * affine.constant, coefficients: Object.fromEntries(entries) };
}

function sum(a: Affine, b: Affine): Affine {
  const coefficients: Record<string, number> = { ...a.coefficients };
  for (const [name, factor] of Object.entries(b.coefficients)) coefficients[name] = (coefficients[name] ?? 0) + factor;
  return { constant: a.constant + b.constant, coefficients };
}
