import { type Campaign, campaignSchema, type Strategy } from '../../models/domain/campaign.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { Problem } from '../../models/problems/contract.js';

/** What a campaign over continuous parameters is made from. */
export interface ToldCampaign {
  readonly name: string;
  readonly seed: number;
  /** Lowest and highest value of each parameter x1, x2, …, [d]. */
  readonly bounds: readonly (readonly [number, number])[];
  readonly direction: 'maximise' | 'minimise';
  readonly strategy: Strategy;
}

/** A campaign over continuous parameters and one fidelity whose trials are told: its adapter is never called. */
export function toldCampaign({ name, seed, bounds, direction, strategy }: ToldCampaign): Campaign {
  const parameters = bounds.map(
    (range, j): Parameter => ({ name: `x${j + 1}`, type: 'continuous', bounds: [...range] }),
  );
  const spec = campaignSchema.parse({
    name,
    seed,
    space: { parameters },
    objectives: [{ name: 'f', direction }],
    fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
    strategy,
    budget: { trials: 10_000 },
  });
  return { id: name, spec, space: { parameters, pool: null } };
}

/** The design of such a campaign at a point of the unit cube, [d]. */
export function designAtUnit(
  bounds: readonly (readonly [number, number])[],
  unit: ArrayLike<number>,
): Record<string, number> {
  return Object.fromEntries(bounds.map(([low, high], j) => [`x${j + 1}`, low + unit[j]! * (high - low)]));
}

/** The value of a function at a point of the unit cube, [d]. */
export function valueAtUnit(problem: Problem, unit: ArrayLike<number>): number {
  return problem.evaluate(Object.values(designAtUnit(problem.bounds, unit)), []);
}
