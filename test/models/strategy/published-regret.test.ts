import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import type { Problem } from '../../../models/problems/contract.js';
import { problemNamed } from '../../../models/problems/problems.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { someCampaign } from '../../support/campaigns.js';

const seeds = [1, 2, 3, 4, 5];

interface Play {
  readonly seed: number;
  /** Trials of the initial sample, then so many rounds of a batch. */
  readonly start: number;
  readonly rounds: number;
  readonly batch?: number;
}

/** Lowest value of a problem that a planner found. */
async function lowest(problem: Problem, { seed, start, rounds, batch = 1 }: Play): Promise<number> {
  const parameters = problem.bounds.map((bounds, j) => ({
    name: `x${j}`,
    type: 'continuous' as const,
    bounds: [...bounds] as [number, number],
  }));
  const campaign = someCampaign(
    {
      seed,
      space: { parameters },
      fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
      strategy: { initial: { trials: start } },
      budget: { trials: start + rounds * batch },
    },
    { parameters, pool: null },
  );
  const planner = new Planner(campaign);
  const evaluate = (design: Design) =>
    problem.evaluate(
      parameters.map(({ name }) => design[name] as number),
      [],
    );
  const run = async (count: number) => {
    const { proposals } = await planner.ask(count);
    planner.tell(proposals.map(({ id, design }) => ({ id, value: evaluate(design) })));
  };
  await run(start);
  for (let round = 0; round < rounds; round++) await run(batch);
  return Math.min(...planner.trials.map((trial) => trial.observation!.values.f!));
}

/** Branin with mean 0 and variance 1 over its square, to the digits that Trieste uses. */
function scaledBranin(): Problem {
  const plain = problemNamed('branin');
  const scaled = (value: number) => (value - 54.81) / 51.95;
  return { ...plain, minimum: scaled(plain.minimum), evaluate: (x, fidelity) => scaled(plain.evaluate(x, fidelity)) };
}

/** The lowest value for each seed. */
async function lowestBySeed(problem: Problem, play: Omit<Play, 'seed'>): Promise<number[]> {
  const values: number[] = [];
  for (const seed of seeds) values.push(await lowest(problem, { seed, ...play }));
  return values;
}

/** What other projects ask of their own engines in their tests, and show in their results, asked of ours. */
describe('published bars', () => {
  // Trieste, its integration test of the optimisation loop: one seed of theirs, every seed of ours.
  it.each([
    { rounds: 20, batch: 1 },
    { rounds: 12, batch: 3 },
    { rounds: 10, batch: 2 },
  ])('scaled Branin, 5 starts and $rounds steps of $batch: within 0.5 % of the minimum', async (steps) => {
    const problem = scaledBranin();
    const minimum = -1.047393;
    expect(problem.minimum).toBeCloseTo(minimum, 5);
    const values = await lowestBySeed(problem, { start: 5, ...steps });
    expect(Math.max(...values), values.join()).toBeLessThan(0.995 * minimum);
  });

  // scikit-optimize, its results after 200 calls: 0.42 ± 0.03.
  it('Branin, 30 evaluations: below 0.42', async () => {
    const values = await lowestBySeed(problemNamed('branin'), { start: 6, rounds: 24 });
    expect(Math.max(...values), values.join()).toBeLessThan(0.42);
  });

  // Summit, its test of single-objective search: -3.84 within 200 evaluations. Seed 5 begins beside the second best
  // minimum (-3.0898) and needs most of these.
  it('Hartmann 3, 60 evaluations: below -3.84', async () => {
    const values = await lowestBySeed(problemNamed('hartmann3'), { start: 8, rounds: 52 });
    expect(Math.max(...values), values.join()).toBeLessThan(-3.84);
  });

  // scikit-optimize, its results after 200 calls: -2.97 to -3.13.
  it('Hartmann 6, 60 evaluations: below -3.13', async () => {
    const values = await lowestBySeed(problemNamed('hartmann6'), { start: 14, rounds: 46 });
    expect(Math.max(...values), values.join()).toBeLessThan(-3.13);
  });
});
