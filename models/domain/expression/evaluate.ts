import type { Properties } from './check.js';
import { functions } from './functions.js';
import type { Operator, Tree } from './tree.js';

/** What an expression or a part of it is worth. */
export type Value = number | string | boolean;

/** What names stand for. */
export interface Values {
  of(name: string): number | string;
  readonly properties: Properties;
}

/**
 * What an expression without faults is worth. Where it has no value (0/0, the logarithm of a negative number, a property of
 * something that has none) it is NaN, and a comparison with that does not hold.
 */
export function evaluate(tree: Tree, values: Values): Value {
  switch (tree.kind) {
    case 'number':
    case 'text':
      return tree.value;
    case 'name':
      return values.of(tree.name);
    case 'call': {
      const given = tree.given.map((one) => evaluate(one, values));
      if (Object.hasOwn(values.properties, tree.name))
        return propertyOf(values.properties[tree.name]!, given[0] as string);
      return functions.get(tree.name)!.of(given as number[]);
    }
    case 'unary':
      return tree.sign === '-' ? -(evaluate(tree.of, values) as number) : !evaluate(tree.of, values);
    case 'choice':
      return evaluate(evaluate(tree.test, values) === true ? tree.yes : tree.no, values);
    case 'binary':
      if (tree.sign === '&&') return evaluate(tree.left, values) === true && evaluate(tree.right, values) === true;
      if (tree.sign === '||') return evaluate(tree.left, values) === true || evaluate(tree.right, values) === true;
      return joined(tree.sign, evaluate(tree.left, values), evaluate(tree.right, values));
  }
}

/** The number that a property has of something; NaN where it has none. */
function propertyOf(property: Readonly<Record<string, number>>, text: string): number {
  return Object.hasOwn(property, text) ? property[text]! : Number.NaN;
}

/** What a sign between two numbers gives; the same of texts for `==` and `!=`. */
export function joined(sign: Exclude<Operator, '&&' | '||'>, left: Value, right: Value): Value {
  const [a, b] = [left as number, right as number];
  switch (sign) {
    case '==':
      return left === right;
    case '!=':
      return left !== right && !Number.isNaN(a) && !Number.isNaN(b);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '^':
      return a ** b;
  }
}
