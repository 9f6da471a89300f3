import { z } from 'zod';
import type { Design } from '../design.js';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import type { Parameter } from '../parameters/parameter.js';
import type { ConstraintType, LinearRow } from './contract.js';
import { termFaults } from './linear.js';
import { namesOf, type Term, termOf } from './terms.js';

const schema = z.strictObject({
  type: z.literal('cardinality'),
  of: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(2)])
    .describe("a composition, or a list of numeric parameters and amounts, as 'blend.A'"),
  min: z.int().min(0).optional().describe('how many are present at least'),
  max: z.int().min(0).optional().describe('how many are present at most; the others are 0'),
  least: z.number().positive().optional().describe('the smallest amount of what is present; any above 0 where absent'),
});
type Cardinality = z.infer<typeof schema>;

/** How many of several numbers are present, which is: not 0. */
export const cardinality: ConstraintType<Cardinality> = {
  type: 'cardinality',
  schema,
  faults: (constraint, { parameters }) => {
    const named = ofFaults(constraint.of, parameters);
    return named.length > 0 ? named : countFaults(constraint, termsOf(constraint.of, parameters));
  },
  compile: (constraint, { parameters }) => {
    const terms = termsOf(constraint.of, parameters);
    const { min = 0, max = terms.length, least = 0 } = constraint;
    const given = { terms, min, max, least };
    return {
      words: wordsOf(constraint, terms.length),
      names: namesOf(
        terms.map(({ parameter }) => parameter),
        parameters,
      ),
      presence: { of: terms.map(({ name }) => name), min, max, least },
      excess: (design) => {
        const way = nearestWay(given, design);
        if (way === null) return 1;
        const here = way.present.map((term) => Math.max(0, least - term.of(design)) / term.scale);
        return Math.max(0, ...here, ...way.absent.map((term) => Math.abs(term.of(design)) / term.scale));
      },
      rows: (design): readonly LinearRow[] => {
        const way = nearestWay(given, design);
        if (way === null) return [];
        const rows = way.absent.map((term) => row(term, 0, 0));
        if (least > 0) rows.push(...way.present.map((term) => row(term, least, Number.POSITIVE_INFINITY)));
        return rows;
      },
    };
  },
};

interface Counted {
  readonly terms: readonly Term[];
  readonly min: number;
  readonly max: number;
  readonly least: number;
}

/** Which free numbers are present and which are not, in the way that a design is nearest to; null where all else allows none. */
function nearestWay(
  { terms, min, max, least }: Counted,
  design: Design,
): { readonly present: readonly Term[]; readonly absent: readonly Term[] } | null {
  let fixed = 0;
  for (const term of terms) {
    if (term.free) continue;
    const value = term.of(design);
    if (value === 0) continue;
    if (value < least) return null;
    fixed += 1;
  }
  const free = terms.filter((term) => term.free);
  if (fixed > max || fixed + free.length < min) return null;
  const counts = (value: number) => (least > 0 ? value > least / 2 : value > 0);
  const ordered = free.map((term) => ({ term, value: term.of(design) })).sort((a, b) => b.value - a.value);
  const own = ordered.filter(({ value }) => counts(value)).length;
  const present = Math.min(max - fixed, Math.max(min - fixed, own));
  const sorted = ordered.map(({ term }) => term);
  return { present: sorted.slice(0, present), absent: sorted.slice(present) };
}

function row({ name }: Term, min: number, max: number): LinearRow {
  return { coefficients: { [name]: 1 }, min, max };
}

/** The numbers of which some are present. @param of - without faults */
function termsOf(of: Cardinality['of'], parameters: readonly Parameter[]): readonly Term[] {
  if (typeof of !== 'string') return of.map((name) => termOf(name, parameters)!);
  const { components } = parameters.find(({ name }) => name === of) as Parameter & { type: 'composition' };
  return components.map((one) => termOf(`${of}.${one}`, parameters)!);
}

function ofFaults(of: Cardinality['of'], parameters: readonly Parameter[]): Fault[] {
  if (typeof of !== 'string') {
    const twice = of.filter((name, i) => of.indexOf(name) < i);
    const unknown = of.flatMap((name, i) =>
      termFaults(name, parameters, '').map((fault) => ({ ...fault, path: `of[${i}]` })),
    );
    if (unknown.length > 0 || twice.length === 0) return unknown;
    return [{ path: 'of', message: `given twice: ${twice.join(', ')}`, remedy: 'list every name once' }];
  }
  const compositions = parameters.filter(({ type }) => type === 'composition').map(({ name }) => name);
  if (compositions.includes(of)) return [];
  const found = parameters.find(({ name }) => name === of);
  const message = found === undefined ? `no composition '${of}' in the space` : `'${of}' is ${found.type}`;
  const remedy = 'a list of numeric parameters and amounts';
  return [
    { path: 'of', message, remedy: compositions.length === 0 ? remedy : `${among(of, compositions)}, or ${remedy}` },
  ];
}

function countFaults({ min, max, least }: Cardinality, terms: readonly Term[]): Fault[] {
  const faults: Fault[] = [];
  const count = terms.length;
  if (min === undefined && max === undefined && least === undefined)
    faults.push({ path: '', message: 'nothing is asked', remedy: "give 'max', 'min' or 'least'" });
  for (const [path, asked] of [
    ['min', min],
    ['max', max],
  ] as const)
    if (asked !== undefined && asked > count)
      faults.push({ path, message: `${asked} of ${count}`, remedy: `at most ${count}` });
  if (min !== undefined && max !== undefined && min > max)
    faults.push({ path: '', message: `'min' ${min} above 'max' ${max}`, remedy: 'turn them round' });
  if ((min ?? 0) > 0 && least === undefined && terms.some(({ free }) => free)) {
    const remedy = 'give the smallest amount that counts';
    faults.push({ path: 'least', message: "missing: with 'min', any trace would count as present", remedy });
  }
  for (const { name, low, high } of terms) {
    if (low !== 0)
      faults.push({ path: 'of', message: `the lowest value of '${name}' is ${low}`, remedy: 'numbers from 0 on' });
    else if (least !== undefined && least > high)
      faults.push({ path: 'least', message: `${least} is more than '${name}' can be`, remedy: `at most ${high}` });
  }
  return faults;
}

function wordsOf({ of, min, max, least }: Cardinality, count: number): string {
  const names = typeof of === 'string' ? of : of.join(', ');
  const most = max === undefined ? '' : `at most ${max}`;
  const fewest = min === undefined || min === 0 ? '' : `at least ${min}`;
  const number = min !== undefined && min === max ? `${min}` : [fewest, most].filter(Boolean).join(' and ');
  const counted = number === '' ? `each of ${names} 0 or present` : `${number} of the ${count} of ${names} present`;
  return least === undefined ? counted : `${counted}, each with at least ${least}`;
}
