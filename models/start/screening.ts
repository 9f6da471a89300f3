import { Constraints } from '../domain/constraints/constraint.js';
import type { Design } from '../domain/design.js';
import type { Fault } from '../domain/fault.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { StartPlan } from '../domain/start.js';
import { type Fraction, fractionOf, fractionSigns, mostBase, mostFractionFactors } from './fraction.js';
import { combinations, endsOf, type Factor, isScaled, sizeOf } from './levels.js';
import { mostPlackettBurman, plackettBurmanSigns } from './plackett-burman.js';

/** Designs of a start, and what it is, in words; or what keeps the space from having it. */
export type LaidOut = { readonly designs: readonly Design[]; readonly words: string } | readonly Fault[];

/** Runs of a full design that are not too many where the file does not say how many first trials there are to be. */
const usualRuns = { 2: 32, 3: 81 } as const;

/** Centre points that are not too many where the file does not say how many first trials there are to be: the runs of the largest fraction. */
const mostCentres = 2 ** mostBase;

const otherwise = 'sobol, latin-hypercube or d-optimal instead';

/** A factorial, full or a fraction, by the values at the ends of ranges. @param trials - how many runs are enough, null where not said */
export function factorial(
  space: Space,
  plan: StartPlan & { readonly type: 'factorial' },
  trials: number | null,
): LaidOut {
  const { levels = 2, resolution, centre = false } = plan;
  const given = factorsOf(space, levels, centre);
  if ('faults' in given) return given.faults;
  const { factors, rest } = given;
  const centres = centre ? centreCount(factors) : 0;
  const mostHere = trials === null ? mostCentres : trials - 1;
  if (centres > mostHere) return [tooManyCentres(centres, mostHere)];
  const runs = sizeOf(factors);
  const limit = trials === null ? usualRuns[levels] : Math.max(1, trials - centres);
  const points = () => (centres === 0 ? [] : combinations(centred(factors), rest));
  if (resolution === undefined && runs <= limit) {
    const words = `full factorial of ${told(factors.length, 'factor')} in ${told(runs, 'run')}${centreWords(centres)}`;
    return kept(space, [...combinations(factors, rest), ...points()], words);
  }
  const several = factors.find(({ values }) => values.length !== 2);
  if (several !== undefined) {
    const many = `the full factorial has ${runs} runs, and ${limit} are the most`;
    const why = resolution === undefined ? many : 'a resolution is that of a fraction of two levels';
    const enough = resolution === undefined ? `trials: ${runs + centres}, ` : '';
    return [
      {
        path: '',
        message: `${why}; '${several.name}' has ${several.values.length} values`,
        remedy: `${enough}${otherwise}`,
      },
    ];
  }
  const fraction = chosenFraction(factors.length, limit, resolution ?? null);
  if (fraction === null) {
    const wanted = resolution === undefined ? 'III or more' : `${roman(resolution)} or more`;
    const message = `no fraction of ${factors.length} factors in ${limit} runs has resolution ${wanted}`;
    return [{ path: '', message, remedy: `more trials, a lower resolution, or ${otherwise}` }];
  }
  return kept(
    space,
    [...bySigns(factors, fractionSigns(fraction), rest), ...points()],
    fractionWords(factors, fraction, centres),
  );
}

/** The smallest fraction of a resolution within so many runs, or of the highest that is to be had; the full design where it fits. */
function chosenFraction(k: number, limit: number, least: number | null): Fraction | null {
  if (k > mostFractionFactors) return null;
  let best: Fraction | null = null;
  for (let base = 1; base <= Math.min(mostBase, k) && 2 ** base <= limit; base++) {
    // Nothing is mixed with anything in the full design.
    const full = { base, generators: [], resolution: k + 1, lengths: [] };
    const found = base === k ? full : fractionOf(k, base);
    if (found === null || found.resolution < (least ?? 3)) continue;
    if (least !== null) return found;
    if (best === null || found.resolution > best.resolution) best = found;
  }
  return best;
}

/** A design of Plackett and Burman. */
export function plackettBurman(
  space: Space,
  { centre = false }: StartPlan & { readonly type: 'plackett-burman' },
): LaidOut {
  const given = factorsOf(space, 2, centre);
  if ('faults' in given) return given.faults;
  const { factors, rest } = given;
  const several = factors.filter(({ values }) => values.length !== 2);
  if (several.length > 0)
    return several.map(({ name, values }) => ({
      path: '',
      message: `'${name}' has ${values.length} values, and a design of Plackett and Burman has two of each`,
      remedy: `factorial, ${otherwise}`,
    }));
  if (factors.length > mostPlackettBurman) {
    const message = `${factors.length} factors, and there are designs for ${mostPlackettBurman}`;
    return [{ path: '', message, remedy: otherwise }];
  }
  const signs = plackettBurmanSigns(factors.length);
  const centres = centre ? centreCount(factors) : 0;
  if (centres > mostCentres) return [tooManyCentres(centres, mostCentres)];
  const points = centres === 0 ? [] : combinations(centred(factors), rest);
  // Of so few factors that runs would be the same, every one once.
  const designs = factors.length < 3 ? combinations(factors, rest) : bySigns(factors, signs, rest);
  const words = `Plackett-Burman design of ${told(factors.length, 'factor')} in ${told(designs.length, 'run')}${centreWords(centres)}`;
  return kept(space, [...designs, ...points], words);
}

/** The parameters that are varied, and the values of the others; or what cannot be. */
function factorsOf(
  { parameters, pool }: Space,
  levels: 2 | 3,
  centre: boolean,
): { readonly factors: readonly Factor[]; readonly rest: Design } | { readonly faults: readonly Fault[] } {
  if (pool !== null)
    return {
      faults: [
        {
          path: '',
          message: 'the space is a pool, whose rows need not have all combinations',
          remedy: 'd-optimal, which chooses among its rows',
        },
      ],
    };
  const faults: Fault[] = [];
  const factors: Factor[] = [];
  const rest: Record<string, Design[string]> = {};
  for (const parameter of parameters) {
    const { name } = parameter;
    if (isScaled(parameter)) {
      const { low, high, middle } = endsOf(parameter);
      if (low === high) rest[name] = low;
      else if (middle === null && (levels === 3 || centre))
        faults.push({
          path: '',
          message: `'${name}' has no value between ${low} and ${high}`,
          remedy: 'levels: 2 and no centre',
        });
      else factors.push({ name, values: levels === 2 ? [low, high] : [low, middle!, high], middle });
    } else if (parameter.type === 'categorical') {
      const values = typeOf(parameter).values(parameter)!;
      if (values.length === 1) rest[name] = values[0]!;
      else factors.push({ name, values });
    } else {
      const what =
        parameter.type === 'composition'
          ? 'a mixture'
          : parameter.type === 'substance'
            ? 'a list of molecules'
            : 'a list of formulas';
      faults.push({ path: '', message: `'${name}' is ${what}, which has no levels`, remedy: otherwise });
    }
  }
  return faults.length > 0 ? { faults } : { factors, rest };
}

/**
 * How many centre points there are: the middle of all numbers with each combination of names; none where all are names, or it is among the
 * runs of three levels.
 */
function centreCount(factors: readonly Factor[]): number {
  const isNone = factors.every(({ middle, values }) => middle === undefined || values.includes(middle!));
  return isNone ? 0 : sizeOf(centred(factors));
}

function centred(factors: readonly Factor[]): readonly Factor[] {
  return factors.map((factor) => (factor.middle === undefined ? factor : { ...factor, values: [factor.middle!] }));
}

function tooManyCentres(count: number, limit: number): Fault {
  return {
    path: 'plan',
    message: `${count} centre points, one for each combination of names, and ${Math.max(0, limit)} are the most`,
    remedy: `no centre, or ${otherwise}`,
  };
}

function bySigns(factors: readonly Factor[], signs: readonly (readonly number[])[], rest: Design): Design[] {
  return signs.map((row) => ({
    ...rest,
    ...Object.fromEntries(factors.map(({ name, values }, i) => [name, values[row[i]! < 0 ? 0 : 1]!])),
  }));
}

/** The designs, with values in the order of the space, unless one of them breaks a constraint. */
function kept(space: Space, designs: readonly Design[], words: string): LaidOut {
  const constraints = Constraints.of(space);
  const broken = designs.find((design) => constraints.broken(design).length > 0);
  const names = space.parameters.map(({ name }) => name);
  const ordered = designs.map((design) => Object.fromEntries(names.map((name) => [name, design[name]!])));
  if (broken === undefined) return { designs: ordered, words };
  const where = names.map((name) => `${name} ${broken[name]}`).join(', ');
  const message = `the run at ${where} is against '${constraints.broken(broken)[0]}'`;
  return [{ path: '', message, remedy: 'd-optimal, which keeps to constraints, or sobol' }];
}

function fractionWords(
  factors: readonly Factor[],
  { base, generators, resolution }: Fraction,
  centres: number,
): string {
  if (generators.length === 0)
    return `full factorial of ${told(factors.length, 'factor')} in ${2 ** base} runs${centreWords(centres)}`;
  const made = generators.map((set, g) => {
    const of = factors.slice(0, base).filter((_, i) => (set >> i) & 1);
    return `${factors[base + g]!.name} = ${of.map(({ name }) => name).join('·')}`;
  });
  const size = `2^(${factors.length}-${generators.length}) fraction of resolution ${roman(resolution)} in ${2 ** base} runs`;
  return `${size}${centreWords(centres)}, ${made.join(', ')}`;
}

function centreWords(count: number): string {
  return count === 0 ? '' : ` and ${told(count, 'centre point')}`;
}

function told(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function roman(value: number): string {
  const ones = ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'];
  return `${'X'.repeat(Math.floor(value / 10))}${ones[value % 10]}`;
}
