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
const tokens = /[A-Z][a-z]?|\d+\.?\d*|\.\d+|[()[\]{}]|[·•*]/y;

/**
 * Fractions of the atoms in a chemical formula: elements with amounts (whole or decimal), groups in brackets, and parts
 * joined with `·`, `•` or `*`, each with a number before it if wanted. Subscript digits count as digits.
 *
 * @returns the fraction of each element that occurs, or in words what is wrong
 */
export function readFormula(text: string): Fractions | string {
  const plain = text.trim().replace(/[₀-₉]/g, (digit) => String(digit.charCodeAt(0) - 0x2080));
  if (plain === '') return 'empty';
  const total = new Map<string, number>();
  let offset = 0;
  for (const part of plain.split(/[·•*]/)) {
    const amounts = readPart(part, offset);
    if (typeof amounts === 'string') return amounts;
    addAll(total, amounts, 1);
    offset += part.length + 1;
  }
  const sum = [...total.values()].reduce((a, b) => a + b, 0);
  if (sum === 0) return 'every amount is 0';
  if (!Number.isFinite(sum)) return 'the amounts are too large';
  return Object.fromEntries(
    [...total].filter(([, amount]) => amount > 0).map(([name, amount]) => [name, amount / sum]),
  );
}

/** Amounts in a part without joints, which may begin with a number that multiplies all of it. */
function readPart(part: string, offset: number): ReadonlyMap<string, number> | string {
  interface Level {
    readonly opened: string;
    readonly at: number;
    readonly amounts: Map<string, number>;
  }
  const stack: Level[] = [{ opened: '', at: 0, amounts: new Map() }];
  tokens.lastIndex = 0;
  const place = (at: number) => `at letter ${offset + at + 1}`;
  const next = () => {
    const at = tokens.lastIndex;
    const token = tokens.exec(part)?.[0];
    if (token === undefined) tokens.lastIndex = at;
    return token;
  };
  /** The number that stands here, 1 where none does. */
  const number = () => {
    const at = tokens.lastIndex;
    const token = next();
    if (token !== undefined && /[\d.]/.test(token)) return Number(token);
    tokens.lastIndex = at;
    return 1;
  };
  const factor = number();
  if (tokens.lastIndex === part.length) return offset === 0 && part === '' ? 'empty' : `no element ${place(0)}`;
  while (tokens.lastIndex < part.length) {
    const at = tokens.lastIndex;
    const token = next();
    const top = stack.at(-1)!;
    if (token === undefined || /[\d.]/.test(token)) return `'${token ?? part[at]}' ${place(at)} does not belong there`;
    if (token in closing) stack.push({ opened: token, at, amounts: new Map() });
    else if (known.has(token)) addAll(top.amounts, new Map([[token, 1]]), number());
    else if (/[A-Z]/.test(token)) {
      // A letter may belong to what follows, as in `CO` and `Co`; a wrong two-letter symbol is named as it stands.
      return `'${token}' ${place(at)} is no element`;
    } else {
      if (closing[top.opened] !== token) return `'${token}' ${place(at)} closes nothing`;
      if (top.amounts.size === 0) return `nothing in the brackets ${place(top.at)}`;
      stack.pop();
      addAll(stack.at(-1)!.amounts, top.amounts, number());
    }
  }
  if (stack.length > 1) return `'${stack.at(-1)!.opened}' ${place(stack.at(-1)!.at)} is not closed`;
  const amounts = new Map<string, number>();
  addAll(amounts, stack[0]!.amounts, factor);
  return amounts;
}

function addAll(into: Map<string, number>, amounts: ReadonlyMap<string, number>, factor: number): void {
  for (const [name, amount] of amounts) into.set(name, (into.get(name) ?? 0) + factor * amount);
}
