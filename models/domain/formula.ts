import { joint, plainFormula } from './formula-spelling.js';

/** Symbols of the elements from hydrogen (1) to curium (96), by atomic number; the ones that formulas may hold. */
export const elementSymbols: readonly string[] = [
  'H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo',
  'Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl',
  'Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm',
].flatMap((line) => line.split(' '));

const known: ReadonlySet<string> = new Set(elementSymbols);

/** Whether a text is the symbol of an element from H to Cm. */
export function isElement(text: string): boolean {
  return known.has(text);
}

/** Amounts by name, adding up to 1, without those that are 0. */
export type Fractions = Readonly<Record<string, number>>;

/** What formulas look like, for messages. */
export const formulaShape =
  'a formula such as Fe2O3, Ba0.5Sr0.5TiO3, Ca(OH)2 or CuSO4·5H2O, with elements from H to Cm';

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const tokenPattern = /[A-Z][a-z]?|\d+\.?\d*|\.\d+|[\s\S]/gu;

/**
 * Fractions of the atoms in a chemical formula; see `formulaAmounts`.
 *
 * @returns the fraction of each element that occurs, or in words what is wrong
 */
export function readFormula(text: string): Fractions | string {
  const amounts = formulaAmounts(text);
  if (typeof amounts === 'string') return amounts;
  const sum = [...amounts.values()].reduce((a, b) => a + b, 0);
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amount / sum]));
}

/** Largest number that broken amounts are multiplied by to become whole. */
const mostMultiplied = 1000;

/**
 * Text that two spellings of one formula share: amounts of all elements that occur, broken ones made whole, so that
 * Fe0.5Ni0.5 is FeNi; C2H4 is not C4H8. Null for what is no formula.
 */
export function formulaKey(text: string): string | null {
  const amounts = formulaAmounts(text);
  if (typeof amounts === 'string') return null;
  const isWhole = (n: number) => Math.abs(n - Math.round(n)) <= 1e-9 * n && n > 0.5;
  const whole = (factor: number) => [...amounts.values()].every((amount) => isWhole(amount * factor));
  let factor = 1;
  while (factor < mostMultiplied && !whole(factor)) factor++;
  const written = (amount: number) => (whole(factor) ? Math.round(amount * factor) : Number(amount.toPrecision(12)));
  return [...amounts.keys()]
    .sort()
    .map((name) => `${name}${written(amounts.get(name)!)}`)
    .join('');
}

/**
 * Atoms of each element in a formula: elements with amounts (whole or decimal), groups in brackets, and parts joined with
 * a middle dot of any kind, `*` or a plain dot, each with a number before it if wanted. Subscript digits count as digits;
 * an oxidation state after an element, as in Fe(III)Cl3, adds nothing. See `formula-spelling.ts` for what a dot means.
 */
function formulaAmounts(text: string): ReadonlyMap<string, number> | string {
  const plain = plainFormula(text);
  if (typeof plain !== 'string') return plain.fault;
  if (plain === '') return 'empty';
  const amounts = new FormulaReader(plain).read();
  if (typeof amounts === 'string') return amounts;
  const sum = [...amounts.values()].reduce((a, b) => a + b, 0);
  if (sum === 0) return 'every amount is 0';
  if (!Number.isFinite(sum)) return 'the amounts are too large';
  return new Map([...amounts].filter(([, amount]) => amount > 0));
}

interface Token {
  readonly text: string;
  /** Place of its first letter, from 1. */
  readonly at: number;
}

/** What stands between brackets, or outside of all: `opened` is null there. */
interface Group {
  readonly opened: Token | null;
  readonly amounts: Map<string, number>;
}

/** Reads one formula, token by token. Every step gives what is wrong, or null. */
class FormulaReader {
  private readonly tokens: readonly Token[];
  private next = 0;
  private readonly total = new Map<string, number>();
  /** Open groups of the part being read, the outermost first. */
  private groups: Group[] = [];
  /** The number before the part being read. */
  private factor = 1;

  constructor(private readonly text: string) {
    this.tokens = [...text.matchAll(tokenPattern)].map((match) => ({ text: match[0], at: match.index + 1 }));
  }

  read(): ReadonlyMap<string, number> | string {
    let fault = this.begin();
    while (fault === null && this.next < this.tokens.length) fault = this.step(this.tokens[this.next++]!);
    return fault ?? this.end() ?? this.total;
  }

  /** The part that begins here. */
  private begin(): string | null {
    const at = this.tokens[this.next]?.at ?? this.text.length + 1;
    this.factor = this.number();
    this.groups = [{ opened: null, amounts: new Map() }];
    const first = this.tokens[this.next];
    return first === undefined || isJoint(first) ? `no element at letter ${at}` : null;
  }

  private step(token: Token): string | null {
    const { text } = token;
    if (isJoint(token)) return this.end() ?? this.begin();
    if (text in closing) this.groups.push({ opened: token, amounts: new Map() });
    else if (Object.values(closing).includes(text)) return this.close(token);
    else if (known.has(text)) addAll(this.groups.at(-1)!.amounts, [[text, 1]], this.number());
    else return strange(token);
    return null;
  }

  private close({ text, at }: Token): string | null {
    const { opened, amounts } = this.groups.at(-1)!;
    if (opened === null || closing[opened.text] !== text) return `'${text}' at letter ${at} closes nothing`;
    if (amounts.size === 0) return `nothing in the brackets at letter ${opened.at}`;
    this.groups.pop();
    addAll(this.groups.at(-1)!.amounts, amounts, this.number());
    return null;
  }

  /** The end of the part being read. */
  private end(): string | null {
    const { opened, amounts } = this.groups.at(-1)!;
    if (opened !== null) return `'${opened.text}' at letter ${opened.at} is not closed`;
    addAll(this.total, amounts, this.factor);
    return null;
  }

  /** The number that stands here, 1 where none does. */
  private number(): number {
    const text = this.tokens[this.next]?.text ?? '';
    if (!/^\.?\d/.test(text)) return 1;
    this.next++;
    return Number(text);
  }
}

function isJoint({ text }: Token): boolean {
  return text === joint;
}

/** Why a token that begins nothing is refused. */
function strange({ text, at }: Token): string {
  const said = `'${text}' at letter ${at}`;
  if (text === 'D' || text === 'T') return `${said} is no element here: isotopes are not told apart, write H`;
  if (/^[A-Z]/.test(text)) return `${said} is no element`;
  if (text === 'n' || text === 'x') return `${said} stands for no number: give the amount`;
  if (/^[⁰¹²³⁴-⁹⁺⁻^]$/.test(text)) return `${said}: neither charges nor isotopes are read, leave them out`;
  return `${said} does not belong there`;
}

function addAll(into: Map<string, number>, amounts: Iterable<readonly [string, number]>, factor: number): void {
  for (const [name, amount] of amounts) into.set(name, (into.get(name) ?? 0) + factor * amount);
}
