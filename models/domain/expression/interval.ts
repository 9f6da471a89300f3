import type { Properties } from './check.js';
import type { Operator, Tree } from './tree.js';

/** All numbers from one to another. */
export type Interval = readonly [low: number, high: number];

/** What names may stand for: a text, or any number of an interval. */
export interface Ranges {
  of(name: string): Interval | string;
  readonly properties: Properties;
  /** Names of texts may stand for any; where absent, of what is no text nothing is known. */
  readonly anyText?: true;
}

/** Whether something holds of all that names may stand for, or of none of it; `maybe` where neither is sure. */
export type Surely = boolean | 'maybe';

/** Rounding of each step, relative: bounds are moved out by it, so that no value is left out. */
const rounding = 4 * 2 ** -52;

/**
 * Whether a comparison, or several joined, holds of everything that its names may stand for. Each part is looked at by
 * itself, so that `maybe` may be said of what is sure, but never the reverse.
 */
export function surely(tree: Tree, ranges: Ranges): Surely {
  switch (tree.kind) {
    case 'unary':
      return not(surely(tree.of, ranges));
    case 'choice': {
      const test = surely(tree.test, ranges);
      if (test !== 'maybe') return surely(test ? tree.yes : tree.no, ranges);
      const [yes, no] = [surely(tree.yes, ranges), surely(tree.no, ranges)];
      return yes === no ? yes : 'maybe';
    }
    case 'binary':
      return joined(tree, ranges);
    default:
      return 'maybe';
  }
}

function joined({ sign, left, right }: Tree & { kind: 'binary' }, ranges: Ranges): Surely {
  if (sign === '&&' || sign === '||') {
    const [a, b] = [surely(left, ranges), surely(right, ranges)];
    const decides = sign === '||';
    if (a === decides || b === decides) return decides;
    return a === 'maybe' || b === 'maybe' ? 'maybe' : !decides;
  }
  const [a, b] = [textOf(left, ranges), textOf(right, ranges)];
  if (a !== null && b !== null) return (a === b) === (sign === '==');
  return compared(sign, intervalOf(left, ranges), intervalOf(right, ranges));
}

function compared(sign: Operator, [a, b]: Interval, [c, d]: Interval): Surely {
  if (Number.isNaN(a + b + c + d)) return 'maybe';
  switch (sign) {
    case '<':
      return b < c ? true : a >= d ? false : 'maybe';
    case '<=':
      return b <= c ? true : a > d ? false : 'maybe';
    case '>':
      return compared('<', [c, d], [a, b]);
    case '>=':
      return compared('<=', [c, d], [a, b]);
    case '==':
      return b < c || a > d ? false : 'maybe';
    case '!=':
      return b < c || a > d ? true : 'maybe';
    default:
      return 'maybe';
  }
}

function not(surely: Surely): Surely {
  return surely === 'maybe' ? surely : !surely;
}

function textOf(tree: Tree, ranges: Ranges): string | null {
  if (tree.kind === 'text') return tree.value;
  const found = tree.kind === 'name' ? ranges.of(tree.name) : null;
  return typeof found === 'string' ? found : null;
}

const any: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** An interval that holds every value of a number; all numbers where nothing is known. */
export function intervalOf(tree: Tree, ranges: Ranges): Interval {
  switch (tree.kind) {
    case 'number':
      return [tree.value, tree.value];
    case 'name':
      return ranges.of(tree.name) as Interval;
    case 'unary': {
      const [low, high] = intervalOf(tree.of, ranges);
      return [-high, -low];
    }
    case 'choice': {
      const test = surely(tree.test, ranges);
      if (test !== 'maybe') return intervalOf(test ? tree.yes : tree.no, ranges);
      return around([...intervalOf(tree.yes, ranges), ...intervalOf(tree.no, ranges)]);
    }
    case 'call':
      return calledOf(tree, ranges);
    case 'binary':
      return combined(tree.sign, intervalOf(tree.left, ranges), intervalOf(tree.right, ranges));
    default:
      return any;
  }
}

function calledOf({ name, given }: Tree & { kind: 'call' }, ranges: Ranges): Interval {
  if (Object.hasOwn(ranges.properties, name)) {
    const text = textOf(given[0]!, ranges);
    const property = ranges.properties[name]!;
    if (text !== null) return Object.hasOwn(property, text) ? [property[text]!, property[text]!] : any;
    return ranges.anyText === true ? around(Object.values(property)) : any;
  }
  const parts = given.map((one) => intervalOf(one, ranges));
  const [low, high] = parts[0]!;
  switch (name) {
    case 'min':
      return [Math.min(...parts.map(([one]) => one)), Math.min(...parts.map(([, one]) => one))];
    case 'max':
      return [Math.max(...parts.map(([one]) => one)), Math.max(...parts.map(([, one]) => one))];
    case 'abs':
      return low >= 0 ? [low, high] : high <= 0 ? [-high, -low] : [0, Math.max(-low, high)];
    case 'exp':
      return around([Math.exp(low), Math.exp(high)]);
    // A part of the interval may have no logarithm or root: nothing holds of that.
    case 'sqrt':
      return high < 0 ? any : around([Math.sqrt(Math.max(0, low)), Math.sqrt(high)]);
    case 'log':
      return high < 0 ? any : around([Math.log(Math.max(0, low)), Math.log(high)]);
    case 'log10':
      return high < 0 ? any : around([Math.log10(Math.max(0, low)), Math.log10(high)]);
    default:
      return any;
  }
}

function combined(sign: Operator, [a, b]: Interval, [c, d]: Interval): Interval {
  switch (sign) {
    case '+':
      return around([a + c, b + d]);
    case '-':
      return around([a - d, b - c]);
    case '*':
      return around([a * c, a * d, b * c, b * d]);
    case '/':
      return c > 0 || d < 0 ? around([a / c, a / d, b / c, b / d]) : any;
    case '^': {
      if (c !== d || (a < 0 && !Number.isInteger(c)) || (a <= 0 && b >= 0 && c < 0))
        return a > 0 ? powers(a, b, c, d) : any;
      const ends = [a ** c, b ** c];
      return around(a < 0 && b > 0 ? [...ends, 0] : ends);
    }
    default:
      return any;
  }
}

function powers(a: number, b: number, c: number, d: number): Interval {
  return around([a ** c, a ** d, b ** c, b ** d]);
}

/** The interval around some numbers, a little wider than they are; of what is no number, all. */
function around(values: readonly number[]): Interval {
  if (values.some(Number.isNaN)) return any;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - Math.abs(low) * rounding, high + Math.abs(high) * rounding];
}
