import { type Design, designKey } from '../domain/design.js';
import type { Fault } from '../domain/fault.js';
import type { Space } from '../domain/space.js';
import type { StartPlan } from '../domain/start.js';
import { Generator } from '../random/generator.js';
import { narrowedSpace } from '../search/narrowed.js';
import { latinHypercube } from './latin-hypercube.js';
import { optimal } from './optimal.js';
import { factorial, type LaidOut, plackettBurman } from './screening.js';

/** What a start is laid out for. */
export interface StartRequest {
  /** Any but a Sobol sequence, which has no end. */
  readonly plan: Exclude<StartPlan, { readonly type: 'sobol' }>;
  /** First trials that the file wants, null where it does not say. */
  readonly trials: number | null;
  /** First trials where nobody says how many, by plans that take any number. */
  readonly usual: number;
  /** Designs of a person's own, which are run first. */
  readonly given: readonly Design[];
  readonly seed: number;
}

/** The first trials, in the order in which they are run. */
export interface Start {
  readonly designs: readonly Design[];
  /** What they are together, for people. */
  readonly words: string;
}

/** Starts of a space, which are the same of every object that has its parameters, rows and properties. */
interface Known {
  readonly pool: Space['pool'];
  readonly properties: Space['properties'];
  readonly starts: Map<string, Start | readonly Fault[]>;
}

const known = new WeakMap<Space['parameters'], Known>();

/**
 * The designs of a start, in a seeded order, so that what drifts with time is no factor; or what keeps the space from having it, with paths
 * from `strategy.initial`. Designs that are given come in optimal ones' sums, and are left out of all.
 *
 * @returns the same object for the same request
 */
export function startOf(space: Space, request: StartRequest): Start | readonly Fault[] {
  // Others ask nothing of how many are usual, which need not be the same whoever asks.
  const asksUsual = request.plan.type === 'latin-hypercube' && request.trials === null;
  const key = JSON.stringify([asksUsual ? request : { ...request, usual: null }, space.constraints ?? []]);
  const { parameters, pool, properties } = space;
  const before = known.get(parameters);
  const starts =
    before?.pool === pool && before.properties === properties
      ? before.starts
      : new Map<string, Start | readonly Fault[]>();
  known.set(parameters, { pool, properties, starts });
  let start = starts.get(key);
  if (start === undefined) {
    start = inOrder(laidOut(narrowedSpace(space), request), request);
    starts.set(key, start);
  }
  return start;
}

/** Whether a start is to be had. */
export function isStart(start: Start | readonly Fault[]): start is Start {
  return 'designs' in start;
}

function laidOut(space: Space, { plan, trials, usual, given, seed }: StartRequest): LaidOut {
  switch (plan.type) {
    case 'factorial':
      return factorial(space, plan, trials === null ? null : Math.max(1, trials - given.length));
    case 'plackett-burman':
      return plackettBurman(space, plan);
    case 'latin-hypercube':
      return latinHypercube(space, Math.max(1, (trials ?? usual) - given.length), seed);
    case 'd-optimal':
    case 'i-optimal':
      return optimal(space, plan, trials, { given, seed });
  }
}

function inOrder(found: LaidOut, { given, seed }: StartRequest): Start | readonly Fault[] {
  if (!('designs' in found)) return found;
  const own = new Set(given.map((design) => designKey(design)));
  const left = found.designs.filter((design) => !own.has(designKey(design)));
  const order = new Generator(seed, 'start/order').permutation(left.length);
  return { ...found, designs: order.map((i) => left[i]!) };
}
