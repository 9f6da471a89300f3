import { type Design, designKey } from '../domain/design.js';
import type { Fault } from '../domain/fault.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { StartModel, StartPlan } from '../domain/start.js';
import { Generator } from '../random/generator.js';
import { Basis } from './basis.js';
import { type Candidates, candidatesOf } from './candidates.js';
import { dEfficiency } from './efficiency.js';
import { type Choices, type Criterion, exchanged, information, merit, toldBy } from './exchange.js';
import { isScaled } from './levels.js';
import { termsOf } from './model-terms.js';
import { refined } from './refine.js';
import type { LaidOut } from './screening.js';

/** Terms of a model, with those that follow from others, and runs that are not too many to be laid out; candidates times squared terms. */
const most = { terms: 300, runs: 200, work: 2e6 } as const;

const inWords: Readonly<Record<StartModel, string>> = {
  linear: 'a linear model',
  interactions: 'a model with interactions',
  quadratic: 'a quadratic model',
  'special-cubic': 'a special cubic model',
};

/** Beginnings of which the best is taken. */
const beginnings = 4;

/** Part of a range by which two runs differ at least in some number, unless there are too few such designs. */
const apart = [0.1, 0.02, 0] as const;

/**
 * The designs that determine the terms of a model best: together, by the determinant (D), or on average over the predictions in the space (I).
 * No design comes twice; runs differ by a tenth of a range where there are so many such designs.
 *
 * @param n - runs, with those that are given; as many as there are terms where null
 * @param given - designs that are run in any case
 */
export function optimal(
  space: Space,
  plan: StartPlan & { readonly type: 'd-optimal' | 'i-optimal' },
  n: number | null,
  { given, seed }: { readonly given: readonly Design[]; readonly seed: number },
): LaidOut {
  const { model = 'quadratic' } = plan;
  const terms = termsOf(space, model);
  const smaller = 'a smaller model (linear, interactions), or sobol';
  if (terms.count > most.terms) return [tooMany(space, model, terms.count)];
  const candidates = candidatesOf(space, seed);
  const rawRows = candidates.designs.map((design) => terms.of(design));
  const basis = new Basis(rawRows);
  const { p } = basis;
  if (p === 0) return [{ path: 'plan', message: 'no design keeps all constraints', remedy: 'sobol' }];
  const runs = n ?? Math.max(p, given.length);
  if (runs < p) {
    const message = `${inWords[model]} has ${p} terms here, which ${runs} trials do not determine`;
    return [{ path: 'trials', message, remedy: `${p} or more, ${smaller}` }];
  }
  if (runs > most.runs)
    return [
      { path: 'trials', message: `${runs} are too many to be laid out so`, remedy: `at most ${most.runs}, ${smaller}` },
    ];
  const left = runs - given.length;
  const isTaken = new Set(given.map((design) => designKey(design)));
  const all = candidates.designs.flatMap((design, i) => (isTaken.has(designKey(design)) ? [] : [i]));
  const enough = Math.max(4 * left, Math.floor(most.work / p ** 2));
  const random = new Generator(seed, 'start/some');
  const free =
    all.length <= enough
      ? all
      : random
          .permutation(all.length)
          .slice(0, enough)
          .map((i) => all[i]!);
  if (free.length < left)
    return [
      {
        path: 'trials',
        message: `${left} wanted, and there are ${free.length} designs`,
        remedy: `at most ${free.length + given.length}`,
      },
    ];
  const own: Candidates['designs'] = free.map((i) => candidates.designs[i]!);
  const rows = free.map((i) => basis.at(rawRows[i]!));
  const asRow = (design: Design) => basis.at(terms.of(design));
  const criterion: Criterion = {
    moments: plan.type === 'd-optimal' ? null : momentsOf(candidates.even.map(asRow), p),
  };
  const fixed = given.map(asRow);
  const found = bestOf(space, own, { p, rows, given: fixed }, left, criterion, seed);
  if (found === null) {
    const message = `no ${runs} designs were found that determine the ${p} terms of ${inWords[model]}`;
    return [{ path: 'trials', message, remedy: smaller }];
  }
  // A row of a pool stays what it is.
  const chosen =
    candidates.isAll || space.pool !== null
      ? found.places.map((place) => own[place]!)
      : refined(
          space,
          found.places.map((place) => own[place]!),
          {
            row: asRow,
            told: (X) => toldBy([...fixed, ...X], p, criterion),
            isNear: (a, b) => isNear(space, found.gap, a, b),
            given,
          },
        );
  const X = [...fixed, ...chosen.map(asRow)];
  const name = plan.type === 'd-optimal' ? 'D-optimal' : 'I-optimal';
  const words = `${name} for ${inWords[model]} of ${p} terms in ${X.length} runs, ${howGood(X, rows, p, criterion)}`;
  return { designs: chosen, words };
}

/** How good a design is by what it was chosen for, in words. */
function howGood(X: readonly Float64Array[], rows: readonly Float64Array[], p: number, criterion: Criterion): string {
  if (criterion.moments !== null)
    return `average variance of a prediction ${Number(Math.exp(-merit(X, p, criterion)).toPrecision(3))} of a measurement's`;
  const { value, isBound } = dEfficiency(X, rows, p);
  return `D-efficiency ${isBound ? 'at least ' : ''}${Math.floor(1000 * value) / 10} %`;
}

function tooMany({ parameters }: Space, model: StartModel, count: number): Fault {
  const lists = parameters.filter((one) => !isScaled(one) && one.type !== 'composition');
  const longest = lists.reduce<{ name: string; length: number } | null>((best, one) => {
    const { length } = typeOf(one).values(one)!;
    return best === null || length > best.length ? { name: one.name, length } : best;
  }, null);
  const by = longest === null || longest.length < 10 ? '' : `, as '${longest.name}' has ${longest.length} values`;
  return {
    path: 'plan.model',
    message: `${inWords[model]} has ${count} terms here${by}`,
    remedy: `a smaller model of at most ${most.terms} terms, or sobol`,
  };
}

function bestOf(
  space: Space,
  designs: readonly Design[],
  choices: Omit<Choices, 'near'>,
  left: number,
  criterion: Criterion,
  seed: number,
): { readonly places: readonly number[]; readonly gap: number } | null {
  const { given, rows, p } = choices;
  for (const gap of apart) {
    let best: { places: readonly number[]; value: number } | null = null;
    const near = nearOnes(space, designs, gap);
    for (let b = 0; b < beginnings; b++) {
      const random = new Generator(seed, `start/${b}`);
      const places = exchanged({ ...choices, near }, left, criterion, random);
      if (places === null) continue;
      const value = merit([...given, ...places.map((place) => rows[place]!)], p, criterion);
      if (best === null || value > best.value + 1e-9) best = { places, value };
    }
    if (best !== null) return { places: best.places, gap };
  }
  return null;
}

/** Which designs are near each, as they are asked for. */
function nearOnes(space: Space, designs: readonly Design[], gap: number): Choices['near'] {
  const known = new Map<number, readonly number[]>();
  return (place) => {
    const own = designs[place]!;
    const near =
      known.get(place) ??
      designs.flatMap((other, j) => (j === place || (gap > 0 && isNear(space, gap, own, other)) ? [j] : []));
    known.set(place, near);
    return near;
  };
}

/** Whether two designs differ in nothing but numbers and fractions, and in these by less than a part of the range. */
function isNear({ parameters }: Space, gap: number, a: Design, b: Design): boolean {
  return parameters.every((parameter) => {
    const [one, other] = [a[parameter.name]!, b[parameter.name]!];
    if (one === other) return true;
    const [from, to] = [typeOf(parameter).feature(parameter, one), typeOf(parameter).feature(parameter, other)];
    if (from.kind === 'numeric' && to.kind === 'numeric') return Math.abs(from.value - to.value) < gap;
    if (parameter.type !== 'composition' || from.kind !== 'mixture' || to.kind !== 'mixture') return false;
    return parameter.components.every(
      (name) => Math.abs((from.fractions[name] ?? 0) - (to.fractions[name] ?? 0)) < gap,
    );
  });
}

function momentsOf(rows: readonly Float64Array[], p: number): Float64Array {
  return information(rows, p).map((one) => one / rows.length);
}
