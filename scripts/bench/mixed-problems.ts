import type { Constraint } from '../../models/domain/constraints/constraint.js';
import type { Design } from '../../models/domain/design.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { problemNamed } from '../../models/problems/problems.js';

/** A function to be minimised over a mixed or constrained space. */
export interface MixedProblem {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly constraints: readonly Constraint[];
  /** Trials of a run, those of the start among them. */
  readonly trials: number;
  readonly start: number;
  readonly optimum: number;
  evaluate(design: Design): number;
}

const number = (name: string, low: number, high: number): Parameter => ({
  name,
  type: 'continuous',
  bounds: [low, high],
});

/** Ten names of three levels, of which the middle one is best, and three numbers: Ackley's function in 13 dimensions. */
const ackley: MixedProblem = {
  name: 'ackley',
  parameters: [
    ...Array.from(
      { length: 10 },
      (_, i): Parameter => ({ name: `k${i}`, type: 'categorical', levels: ['a', 'b', 'c'] }),
    ),
    ...Array.from({ length: 3 }, (_, i) => number(`x${i}`, -1, 1)),
  ],
  constraints: [],
  trials: 80,
  start: 20,
  optimum: 0,
  evaluate: (design) => {
    const x = Object.values(design).map((value) => (typeof value === 'number' ? value : 'abc'.indexOf(value) - 1));
    return problemNamed('ackley', 13).evaluate(x, []);
  },
};

/**
 * Cost of a pressure vessel: two thicknesses in sixteenths of an inch, a radius and a length; two constraints are linear, that of the
 * volume is not.
 *
 * @see Sandgren 1990, J. Mech. Des. 112, 223; the optimum as of Gandomi et al. 2013 and others, 6059.714335
 */
const vessel: MixedProblem = {
  name: 'vessel',
  parameters: [
    { name: 'shell', type: 'integer', bounds: [1, 99] },
    { name: 'head', type: 'integer', bounds: [1, 99] },
    number('radius', 10, 200),
    number('length', 10, 200),
  ],
  constraints: [
    { type: 'linear', terms: { radius: 0.0193, shell: -0.0625 }, max: 0 },
    { type: 'linear', terms: { radius: 0.00954, head: -0.0625 }, max: 0 },
    {
      type: 'formula',
      expression: `${Math.PI} * radius^2 * length + ${(4 / 3) * Math.PI} * radius^3 >= 1296000`,
    },
  ],
  trials: 60,
  start: 10,
  optimum: 6059.714335,
  evaluate: (design) => {
    const [shell, head, radius, length] = Object.values(design) as [number, number, number, number];
    const [s, h] = [0.0625 * shell, 0.0625 * head];
    return 0.6224 * s * radius * length + 1.7781 * h * radius ** 2 + 3.1661 * s ** 2 * length + 19.84 * s ** 2 * radius;
  },
};

const goal = [0, 0.5, 0, 0, 0.3, 0, 0.2, 0];
const decoy = [0.4, 0, 0, 0.3, 0, 0.3, 0, 0];

/** A mixture of eight of which at most three are present: a narrow hollow among three of them, and a wide one among others. */
const mixture: MixedProblem = {
  name: 'mixture',
  parameters: [{ name: 'blend', type: 'composition', components: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], total: 1 }],
  constraints: [{ type: 'cardinality', of: 'blend', max: 3 }],
  trials: 60,
  start: 10,
  optimum: -1.012839,
  evaluate: ({ blend }) => {
    const amount = new Map(
      String(blend)
        .split(' ')
        .map((part) => [part[0]!, Number(part.slice(2))]),
    );
    const gap = (to: readonly number[]) =>
      to.reduce((sum, one, i) => sum + ((amount.get('ABCDEFGH'[i]!) ?? 0) - one) ** 2, 0);
    return -Math.exp(-gap(goal) / (2 * 0.2 ** 2)) - 0.7 * Math.exp(-gap(decoy) / (2 * 0.3 ** 2));
  },
};

/** Branin's function over the unit square, scaled to mean 0 and variance 1. */
function scaledBranin(u: number, v: number): number {
  return (problemNamed('branin', 2).evaluate([15 * u - 5, 15 * v], []) - 54.8104) / 51.9496;
}

/** Trieste's mixed Branin: ten values of the first input, the three minima among them. */
const [first, second] = [(5 - Math.PI) / 15, (5 + Math.PI) / 15];
const step = (second - first) / 4;
const mixedBranin: MixedProblem = {
  name: 'mixed-branin',
  parameters: [
    { name: 'u', type: 'discrete', values: Array.from({ length: 10 }, (_, i) => second + (i - 5) * step) },
    number('v', 0, 1),
  ],
  constraints: [],
  trials: 20,
  start: 5,
  optimum: -1.0474,
  evaluate: ({ u, v }) => scaledBranin(u as number, v as number),
};

/** Trieste's Branin with explicit constraints, three linear ones and two that are not. */
const constrainedBranin: MixedProblem = {
  name: 'constrained-branin',
  parameters: [number('u', 0, 1), number('v', 0, 1)],
  constraints: [
    { type: 'linear', terms: { u: -1, v: 1 }, min: -0.4, max: 0.5 },
    { type: 'linear', terms: { u: 1 }, min: 0.15, max: 0.9 },
    { type: 'linear', terms: { v: 1 }, min: 0.2, max: 0.9 },
    // sin v and cos v by their series, to 1e-7 on [0, 1].
    { type: 'formula', expression: 'u - 0.2 - (v - v^3/6 + v^5/120 - v^7/5040) <= 0' },
    { type: 'formula', expression: 'u - (1 - v^2/2 + v^4/24 - v^6/720 + v^8/40320) >= -0.8' },
    { type: 'formula', expression: 'u - (1 - v^2/2 + v^4/24 - v^6/720 + v^8/40320) <= 0' },
  ],
  trials: 20,
  start: 5,
  optimum: -0.998895,
  evaluate: ({ u, v }) => scaledBranin(u as number, v as number),
};

/** The problems of the bench. */
export const mixedProblems: readonly MixedProblem[] = [ackley, vessel, mixture, mixedBranin, constrainedBranin];
