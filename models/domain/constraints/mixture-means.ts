import type { Tree } from '../expression/tree.js';
import type { Scope } from './contract.js';

/**
 * The expression with the property of a composition as the mean of its components, each weighted by its amount:
 * `price(blend)` is (3·blend.THF + 1·blend.DMF) / total. One that some component lacks stays as it is, and is a fault.
 */
export function withMeans(tree: Tree, scope: Scope): Tree {
  const of = (part: Tree) => withMeans(part, scope);
  switch (tree.kind) {
    case 'call':
      return meanOf(tree, scope) ?? { ...tree, given: tree.given.map(of) };
    case 'unary':
      return { ...tree, of: of(tree.of) };
    case 'binary':
      return { ...tree, left: of(tree.left), right: of(tree.right) };
    case 'choice':
      return { ...tree, test: of(tree.test), yes: of(tree.yes), no: of(tree.no) };
    default:
      return tree;
  }
}

function meanOf({ name, given, at }: Tree & { kind: 'call' }, { parameters, properties = {} }: Scope): Tree | null {
  const [argument] = given;
  if (!Object.hasOwn(properties, name) || given.length !== 1 || argument?.kind !== 'name') return null;
  const parameter = parameters.find((one) => one.name === argument.name);
  const property = properties[name]!;
  if (parameter?.type !== 'composition' || !parameter.components.every((one) => Object.hasOwn(property, one)))
    return null;
  const parts = parameter.components.map(
    (one): Tree => ({
      kind: 'binary',
      at,
      sign: '*',
      left: { kind: 'number', at, value: property[one]! / parameter.total },
      right: { kind: 'name', at, name: `${parameter.name}.${one}` },
    }),
  );
  return parts.reduce((left, right) => ({ kind: 'binary', at, sign: '+', left, right }));
}
