import type { Visit } from '../../models/strategy/history.js';
import { Replicates } from '../../models/strategy/replicates.js';
import { someCampaign } from './campaigns.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };

/** A trial of a design at the target that gave these values. */
export const visit = (
  trialId: string,
  x: number,
  turned: readonly (number | null)[],
  more: Partial<Visit> = {},
): Visit => ({
  ...{ trialId, design: { x, y: 0 }, rowId: null, level: 0, turned, pending: false },
  ...{ noises: turned.map(() => null), ...more },
});
/** Designs that were measured twice each, alike but for noise of sd 0.007. */
export const quiet = (values: readonly number[]) =>
  [0.6, 0.7, 0.8, 0.9].flatMap((x, i) => [
    visit(`q${i}a`, x, values),
    visit(
      `q${i}b`,
      x,
      values.map((one) => one + 0.01),
    ),
  ]);
/** What is measured again after these trials, and why, by `whenDisagreeing: 3`; null where nothing is. */
export const nextOf = (more: object, visits: readonly Visit[], believed?: readonly Visit[]) => {
  const campaign = someCampaign({ ...single, replicates: { whenDisagreeing: 3 }, ...more });
  return (
    Replicates.of(campaign.spec, campaign.space)!.next(visits, believed === undefined ? {} : { believed })?.text ?? null
  );
};
