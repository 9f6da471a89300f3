import { among } from '../nearest.js';
import { functions } from './functions.js';
import type { ExpressionFault, Operator, Tree } from './tree.js';

/** What a part of an expression is: a number, a text, or whether something holds. */
export type Kind = 'number' | 'text' | 'truth';

/** Numbers of texts, such as boiling points by name of the solvent, by what they are called. */
export type Properties = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What an expression may speak of. */
export interface Vocabulary {
  readonly names: ReadonlyMap<string, 'number' | 'text'>;
  readonly properties: Properties;
}

/** What the signs want and give. Equality is of two numbers or of two texts. */
const wants: Readonly<Record<Operator, readonly [given: Kind | null, result: Kind]>> = {
  '||': ['truth', 'truth'],
  '&&': ['truth', 'truth'],
  '==': [null, 'truth'],
  '!=': [null, 'truth'],
  '<': ['number', 'truth'],
  '<=': ['number', 'truth'],
  '>': ['number', 'truth'],
  '>=': ['number', 'truth'],
  '+': ['number', 'number'],
  '-': ['number', 'number'],
  '*': ['number', 'number'],
  '/': ['number', 'number'],
  '^': ['number', 'number'],
};

const words: Readonly<Record<Kind, string>> = { number: 'a number', text: 'a text', truth: 'a comparison' };

/** Everything that keeps an expression from being of a kind: names and functions that there are not, numbers that are texts. */
export function expressionFaults(tree: Tree, wanted: Kind, vocabulary: Vocabulary): readonly ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  new Checker(vocabulary, faults).must(tree, wanted, 'here');
  return faults;
}

/** A name as it is written in an expression: with other signs than letters, digits and dots in backquotes. */
export function writtenName(name: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_]*)*$/u.test(name) ? name : `\`${name}\``;
}

class Checker {
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly faults: ExpressionFault[],
  ) {}

  /** @param where - what wants it, in words that follow `wanted` */
  must(tree: Tree, wanted: Kind, where: string): void {
    const kind = this.kindOf(tree);
    if (kind !== null && kind !== wanted)
      this.refuse(tree.at, `${told(tree)} is ${words[kind]}`, `${words[wanted]} is wanted ${where}`);
  }

  /** Null where a part is wrong, which is among the faults then. */
  private kindOf(tree: Tree): Kind | null {
    switch (tree.kind) {
      case 'number':
      case 'text':
        return tree.kind;
      case 'name':
        return this.named(tree);
      case 'call':
        return this.called(tree);
      case 'unary': {
        const kind = tree.sign === '-' ? 'number' : 'truth';
        this.must(tree.of, kind, `after '${tree.sign}'`);
        return kind;
      }
      case 'binary':
        return this.joined(tree);
      case 'choice': {
        this.must(tree.test, 'truth', "before '?'");
        const yes = this.kindOf(tree.yes);
        if (yes !== null) this.must(tree.no, yes, `as before ':'`);
        return yes;
      }
    }
  }

  private named({ name, at }: Tree & { kind: 'name' }): Kind | null {
    const { names, properties } = this.vocabulary;
    const kind = names.get(name);
    if (kind !== undefined) return kind;
    if (Object.hasOwn(properties, name) || functions.has(name))
      return this.refuse(at, `'${name}' without brackets`, `call it: ${name}(...)`);
    return this.refuse(at, `no name '${name}'`, among(name, [...names.keys()].map(writtenName)));
  }

  private called({ name, given, at }: Tree & { kind: 'call' }): Kind | null {
    const own = this.vocabulary.properties;
    if (Object.hasOwn(own, name)) {
      if (given.length === 1) this.must(given[0]!, 'text', `by the property '${name}'`);
      else this.refuse(at, `'${name}' of ${valueCount(given)}`, 'one name of a substance or category');
      return 'number';
    }
    const known = functions.get(name);
    if (known === undefined)
      return this.refuse(
        at,
        `no function or property '${name}'`,
        among(name, [...Object.keys(own), ...functions.keys()]),
      );
    for (const one of given) this.must(one, 'number', `by '${name}'`);
    const [least, most] = known.takes;
    if (given.length < least || given.length > most) {
      const remedy = least === most ? `${least}` : `${least} to ${most}`;
      this.refuse(at, `'${name}' of ${valueCount(given)}`, `give it ${remedy}`);
    }
    return 'number';
  }

  private joined({ sign, left, right }: Tree & { kind: 'binary' }): Kind | null {
    const [wanted, result] = wants[sign];
    const first = wanted ?? this.kindOf(left);
    if (wanted !== null) this.must(left, wanted, `before '${sign}'`);
    else if (first === 'truth')
      this.refuse(left.at, `${told(left)} is ${words.truth}`, `numbers or texts are wanted before '${sign}'`);
    if (first !== null && first !== 'truth' && wanted === null) this.must(right, first, `after '${sign}'`);
    else if (wanted !== null) this.must(right, wanted, `after '${sign}'`);
    return result;
  }

  private refuse(at: number, message: string, remedy: string): null {
    this.faults.push({ at, message, remedy });
    return null;
  }
}

function valueCount(given: readonly Tree[]): string {
  return `${given.length} value${given.length === 1 ? '' : 's'}`;
}

function told(tree: Tree): string {
  switch (tree.kind) {
    case 'number':
      return `${tree.value}`;
    case 'text':
    case 'name':
      return `'${tree.kind === 'text' ? tree.value : tree.name}'`;
    case 'call':
      return `'${tree.name}(...)'`;
    case 'choice':
      return "what '?' chooses";
    default:
      return `what '${tree.sign}' gives`;
  }
}
