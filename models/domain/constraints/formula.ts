import { z } from 'zod';
import type { Design } from '../design.js';
import { expressionFaults, type Vocabulary } from '../expression/check.js';
import { most, parseExpression } from '../expression/parse.js';
import { type ExpressionFault, namesIn, partsOf, type Tree } from '../expression/tree.js';
import type { Fault } from '../fault.js';
import { isListed } from '../parameters/composition.js';
import { type Parameter, typeOf } from '../parameters/parameter.js';
import { type ConstraintType, keptWithin, type LinearRow, type Scope } from './contract.js';
import { Asked } from './formula-asks.js';
import { withMeans } from './mixture-means.js';
import { namesOf, termNames, termOf } from './terms.js';

const schema = z.strictObject({
  type: z.literal('formula'),
  expression: z
    .string()
    .min(1)
    .max(most.characters)
    .describe("what holds of every design, as 'temperature < boilingPoint(solvent) - 10'"),
});
/** With a bound the expression is a number that has to lie within it, in place of a comparison; no file has one. */
type Formula = z.infer<typeof schema> & {
  readonly bound?: { readonly name: string; readonly min?: number | undefined; readonly max?: number | undefined };
};
type Bound = NonNullable<Formula['bound']>;

/** A comparison, or several of them joined, of expressions over parameters and properties of their values. */
export const formula: ConstraintType<Formula> = {
  type: 'formula',
  schema,
  faults: ({ expression }, scope) => {
    const tree = parseExpression(expression);
    const faults = 'kind' in tree ? treeFaults(withMeans(tree, scope), scope) : [tree];
    return faults.map(
      ({ at, message, remedy }): Fault => ({ path: 'expression', message: `character ${at}: ${message}`, remedy }),
    );
  },
  compile: ({ expression, bound }, { parameters, properties = {} }) => {
    const given = withMeans(parseExpression(expression) as Tree, { parameters, properties });
    const tree = bound === undefined ? given : boundedTree(given, bound);
    const names = namesIn(tree);
    const terms = new Map(names.map((name) => [name, termOf(name, parameters)]));
    const asked = new Asked(tree, terms, properties);
    const owners = names.map((name) => terms.get(name)?.parameter ?? parameters.find((one) => one.name === name)!);
    return {
      words: bound === undefined ? expression.trim() : boundWords(bound),
      names: namesOf(owners, parameters),
      // A trial is held against a bound as its value stands, without rounding.
      excess: (design) =>
        bound === undefined || asked.holds(design)
          ? asked.excess(design)
          : Math.max(2 * keptWithin, asked.excess(design)),
      rows: (design: Design): readonly LinearRow[] | null => asked.rows(design),
      ways: (design) => asked.ways(design),
      surely: (design, numbers) => asked.surely(design, numbers),
    };
  },
};

function boundedTree(tree: Tree, { min, max }: Bound): Tree {
  const compared = (sign: '<=' | '>=', value: number): Tree => ({
    kind: 'binary',
    at: 1,
    sign,
    left: tree,
    right: { kind: 'number', at: 1, value },
  });
  if (min === undefined) return compared('<=', max!);
  if (max === undefined) return compared('>=', min);
  return { kind: 'binary', at: 1, sign: '&&', left: compared('>=', min), right: compared('<=', max) };
}

function boundWords({ name, min, max }: Bound): string {
  if (min === undefined) return `${name} ≤ ${max}`;
  return max === undefined ? `${name} ≥ ${min}` : `${min} ≤ ${name} ≤ ${max}`;
}

/** What expressions over the designs of a space may speak of. */
export function vocabularyOf({ parameters, properties = {} }: Scope): Vocabulary {
  const names = new Map<string, 'number' | 'text'>();
  for (const parameter of parameters) if (isText(parameter)) names.set(parameter.name, 'text');
  for (const name of termNames(parameters)) if (!names.has(name)) names.set(name, 'number');
  return { names, properties };
}

/** Whether the values of a parameter are texts. */
function isText(parameter: Parameter): boolean {
  return !('bounds' in parameter) && parameter.type !== 'discrete';
}

function treeFaults(tree: Tree, scope: Scope): readonly ExpressionFault[] {
  const faults = expressionFaults(tree, 'truth', vocabularyOf(scope));
  if (faults.length > 0) return faults;
  if (namesIn(tree).length === 0)
    return [{ at: 1, message: 'speaks of no parameter', remedy: 'a comparison that depends on the design' }];
  return partFaults(tree, scope);
}

/** Faults of what has the right kind: properties that some value lacks, texts that are no value, single values of a range. */
export function partFaults(tree: Tree, scope: Scope): ExpressionFault[] {
  const faults = partsOf(tree).flatMap((part) => partFaults(part, scope));
  if (tree.kind === 'call') faults.push(...lackingFaults(tree, scope));
  if (tree.kind !== 'binary' || (tree.sign !== '==' && tree.sign !== '!=')) return faults;
  const free = [...namesIn(tree)].find((name) => termOf(name, scope.parameters)?.free);
  if (tree.sign === '!=' && free !== undefined)
    faults.push({ at: tree.at, message: `'!=' of '${free}', which may be any number`, remedy: 'a range, by < and >' });
  for (const [name, text] of [
    [tree.left, tree.right],
    [tree.right, tree.left],
  ] as const) {
    if (name.kind !== 'name' || text.kind !== 'text') continue;
    const parameter = scope.parameters.find((one) => one.name === name.name)!;
    if (parameter.type === 'composition' && !isListed(parameter)) {
      const remedy = `compare its amounts, as ${name.name}.${parameter.components[0]}`;
      faults.push({ at: text.at, message: `a single composition of '${name.name}', which may be any`, remedy });
      continue;
    }
    const allowed = typeOf(parameter).refuses(parameter, text.value);
    if (allowed !== null)
      faults.push({ at: text.at, message: `'${text.value}' is no value of '${name.name}'`, remedy: allowed });
  }
  return faults;
}

/** Values without a property that are told; the others are counted. */
const told = 5;

function lackingFaults({ name, given, at }: Tree & { kind: 'call' }, scope: Scope): ExpressionFault[] {
  const [argument] = given;
  if (scope.properties === undefined || !Object.hasOwn(scope.properties, name) || argument?.kind !== 'name') return [];
  const parameter = scope.parameters.find((one) => one.name === argument.name)!;
  const property = scope.properties[name]!;
  const isMixed = parameter.type === 'composition';
  const values = isMixed ? parameter.components : typeOf(parameter).values(parameter);
  const lacking = (values ?? []).map(String).filter((one) => !Object.hasOwn(property, one));
  if (lacking.length === 0) return [];
  const more = lacking.length > told ? `, and ${lacking.length - told} more` : '';
  const message = `no '${name}' of ${lacking.slice(0, told).join(', ')}${more}`;
  const each = isMixed ? 'component' : 'value';
  return [{ at, message, remedy: `give every ${each} of '${argument.name}' a number under 'properties'` }];
}
