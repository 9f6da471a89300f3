import { type Token, tokensOf } from './tokens.js';
import type { ExpressionFault, Operator, Tree } from './tree.js';

/** Characters that an expression may have, and parts inside each other. */
export const most = { characters: 2_000, depth: 64 } as const;

/** How tightly signs bind; what binds tighter is taken together first. Comparisons are not chained. */
const binding: Readonly<Record<Operator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '^': 7,
};
const comparison = 3;
/** Minus before a power is taken of the power, as in mathematics: -x^2 is -(x^2). */
const unaryBinding = 6;

/**
 * Reads an expression such as `temperature < boilingPoint(solvent) - 10`: numbers, names, texts in quotes, the signs
 * + - * / ^ < <= > >= == != && || ! and a ? b : c, and calls of functions. Names with other signs than letters and digits
 * stand in backquotes.
 *
 * @returns the tree, or the first thing that is wrong with the text
 */
export function parseExpression(text: string): Tree | ExpressionFault {
  if (text.length > most.characters) {
    const message = `${text.length} characters`;
    return { at: 1, message, remedy: `at most ${most.characters}; give several expressions` };
  }
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) return tokens as ExpressionFault;
  try {
    return new Parser(tokens).whole();
  } catch (cause) {
    if (cause instanceof Refusal) return cause.fault;
    throw cause;
  }
}

/** Leaves the parser where a text cannot be read on. */
class Refusal extends Error {
  constructor(readonly fault: ExpressionFault) {
    super(fault.message);
  }
}

class Parser {
  private next = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Tree {
    const tree = this.choice();
    if (this.token.kind !== 'end') throw this.refusal(`${told(this.token)} after the end`, 'one expression');
    return tree;
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }

  private choice(): Tree {
    this.depth += 1;
    if (this.depth > most.depth) throw this.refusal('nested too deeply', `at most ${most.depth} levels`);
    const test = this.binary(1);
    const { at } = this.token;
    if (!this.take('?')) {
      this.depth -= 1;
      return test;
    }
    const yes = this.choice();
    this.need(':', "'a ? b : c' is b where a holds, and else c");
    const no = this.choice();
    this.depth -= 1;
    return { kind: 'choice', at, test, yes, no };
  }

  /** What binds at least so tightly. */
  private binary(least: number): Tree {
    let left = this.unary();
    for (;;) {
      const { kind, text, at } = this.token;
      const tight = kind === 'sign' ? binding[text as Operator] : undefined;
      if (tight === undefined || tight < least) return left;
      const sign = text as Operator;
      this.next += 1;
      // Powers are taken from the right, all else from the left.
      const right = this.binary(sign === '^' ? tight : tight + 1);
      left = { kind: 'binary', at, sign, left, right };
      if (tight === comparison && binding[this.token.text as Operator] === comparison && this.token.kind === 'sign')
        throw this.refusal(`a second comparison, '${this.token.text}'`, "join them with '&&': a < b && b < c");
    }
  }

  private unary(): Tree {
    const { at } = this.token;
    this.depth += 1;
    if (this.depth > most.depth) throw this.refusal('nested too deeply', `at most ${most.depth} levels`);
    const tree: Tree = this.take('-')
      ? { kind: 'unary', at, sign: '-', of: this.binary(unaryBinding) }
      : this.take('!')
        ? { kind: 'unary', at, sign: '!', of: this.unary() }
        : this.primary();
    this.depth -= 1;
    return tree;
  }

  private primary(): Tree {
    const { kind, text, at } = this.token;
    if (kind === 'end') throw this.refusal('ends too early', 'a number, a name or a bracket follows');
    this.next += 1;
    if (kind === 'number') {
      if (Number.isFinite(Number(text))) return { kind: 'number', at, value: Number(text) };
      this.next -= 1;
      throw this.refusal(`${text} is larger than a number can be`, 'at most 1.7e308');
    }
    if (kind === 'text') return { kind: 'text', at, value: text };
    if (kind === 'name') {
      if (!this.take('(')) return { kind: 'name', at, name: text };
      const given: Tree[] = [];
      if (!this.take(')')) {
        do given.push(this.choice());
        while (this.take(','));
        this.need(')', 'close the bracket');
      }
      return { kind: 'call', at, name: text, given };
    }
    if (text === '(') {
      const tree = this.choice();
      this.need(')', 'close the bracket');
      return tree;
    }
    this.next -= 1;
    throw this.refusal(`${told(this.token)} where a value is wanted`, 'a number, a name or a bracket');
  }

  private take(sign: string): boolean {
    if (this.token.kind !== 'sign' || this.token.text !== sign) return false;
    this.next += 1;
    return true;
  }

  private need(sign: string, remedy: string): void {
    if (!this.take(sign)) throw this.refusal(`${told(this.token)} where '${sign}' is wanted`, remedy);
  }

  private refusal(message: string, remedy: string): Refusal {
    return new Refusal({ at: this.token.at, message, remedy });
  }
}

function told({ kind, text }: Token): string {
  return kind === 'end' ? 'the end' : `'${text}'`;
}
