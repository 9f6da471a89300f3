/** Signs that stand between two parts. */
export const operators = ['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '^'] as const;
/** One of them. */
export type Operator = (typeof operators)[number];

/** An expression as it was read. Places are characters of its text, from 1. */
export type Tree =
  | { readonly kind: 'number'; readonly at: number; readonly value: number }
  | { readonly kind: 'text'; readonly at: number; readonly value: string }
  /** A number or text that has a name. */
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly given: readonly Tree[] }
  | { readonly kind: 'unary'; readonly at: number; readonly sign: '-' | '!'; readonly of: Tree }
  | {
      readonly kind: 'binary';
      /** Where the sign stands. */
      readonly at: number;
      readonly sign: Operator;
      readonly left: Tree;
      readonly right: Tree;
    }
  | { readonly kind: 'choice'; readonly at: number; readonly test: Tree; readonly yes: Tree; readonly no: Tree };

/** What is wrong with an expression, and where: a character of its text, from 1. */
export interface ExpressionFault {
  readonly at: number;
  readonly message: string;
  readonly remedy: string;
}

/** The names that an expression speaks of, each once, in the order of the text. */
export function namesIn(tree: Tree): readonly string[] {
  return [...new Set(leaves(tree))];
}

function leaves(tree: Tree): readonly string[] {
  if (tree.kind === 'name') return [tree.name];
  return partsOf(tree).flatMap(leaves);
}

/** The parts of an expression, in the order of the text. */
export function partsOf(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'call':
      return tree.given;
    case 'unary':
      return [tree.of];
    case 'binary':
      return [tree.left, tree.right];
    case 'choice':
      return [tree.test, tree.yes, tree.no];
    default:
      return [];
  }
}
