import { acquisitions } from '../acquisition/acquisitions.js';
import type { CampaignSpec } from '../domain/campaign.js';
import { goalsOf, hasSeveralGoals } from '../domain/standing.js';
import { surrogateChoices } from '../surrogate/surrogates.js';

/** Surrogates that a campaign file can name. */
export const surrogateNames: readonly string[] = surrogateChoices.map((choice) => choice.name);

/** Whether a surrogate of that name takes earlier campaigns into account. */
export function takesSources(name: string): boolean {
  const choice = surrogateChoices.find((one) => one.name === name);
  return choice?.members.some(({ type }) => type.joinsSources === true) ?? false;
}

/** The rule that asks first where and then at which fidelity: see `two-step.ts`. */
export const twoStepName = 'two-step';

/** The rule that asks no surrogate: see `rules/random.ts`. */
export const randomName = 'random';

/** What values several goals: see `rules/several-goals.ts`. */
export const goalNames = { front: 'log-nehvi', scalar: 'log-nparego', merit: 'log-merit' } as const;

/** Acquisitions that a campaign with several goals may name; any other knows of one objective. */
export const goalAcquisitions: readonly string[] = [
  // Without a surrogate, as a baseline.
  randomName,
  ...Object.values(goalNames),
];

/**
 * Acquisitions that a campaign file can name. `random` draws designs without a surrogate, as a baseline; `two-step` is a
 * rule over log expected improvement; `goalNames` value several goals.
 */
export const acquisitionNames: readonly string[] = [
  randomName,
  twoStepName,
  ...Object.values(goalNames),
  ...acquisitions.map((acquisition) => acquisition.name),
];

/**
 * Version of the numerical defaults, stored with every proposal; grows when a default changes a result, of those campaigns
 * of which it may: what was decided before of any other is still computed again, and conditioned on its last fit.
 *
 * `athanor-13`: several goals and bounds, computed objectives, contexts, and designs measured again where they disagree.
 */
export function defaultsVersion(
  spec: Pick<CampaignSpec, 'objectives' | 'outcomes' | 'contexts' | 'replicates'>,
): string {
  const hasChanged =
    hasSeveralGoals(goalsOf(spec)) ||
    spec.objectives.some(({ expression }) => expression !== undefined) ||
    spec.contexts !== undefined ||
    spec.replicates?.whenDisagreeing !== undefined;
  return hasChanged ? 'athanor-13' : 'athanor-12';
}
