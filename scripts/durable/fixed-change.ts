import type { Query } from '../../activities/store/client.js';
import type { Change, Changed } from '../../models/domain/change.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { among } from '../../models/domain/nearest.js';
import { keptFaults, valuesIn } from '../fixed-values.js';
import { grownCampaignOf } from './grown-campaign.js';

type Given = NonNullable<Change['fixed']>;

/**
 * Parameters that a person fixes or releases, as the campaign takes them: values of its space, which leave designs together with those
 * that are fixed already.
 *
 * @param given - values as texts or numbers, null for those to be released
 * @param changes - of the campaign so far
 * @throws {InvalidInputError} with everything that is wrong with them
 */
export async function fixedChange(query: Query, id: string, given: Given, changes: readonly Changed[]): Promise<Given> {
  const { space } = await grownCampaignOf(query, id);
  const entries = Object.entries(given);
  const values = valuesIn(
    Object.fromEntries(entries.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    space,
  );
  const released = entries.flatMap(([name, value]) => (value === null ? [name] : []));
  const before = changes.findLast(({ told }) => told !== null)?.told?.is.fixed ?? {};
  // Who says the same again, as when nobody had confirmed it in time, releases what is free by then.
  const last = changes.at(-1)?.told?.was.fixed ?? {};
  const known = Object.keys({ ...last, ...before });
  const isFixed = Object.keys(before);
  const faults = released
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: name,
      message: 'released, and not fixed',
      remedy: isFixed.length === 0 ? 'none is fixed' : among(name, isFixed),
    }));
  const rest = Object.fromEntries(Object.entries(before).filter(([name]) => !released.includes(name)));
  faults.push(...(await keptFaults({ ...rest, ...values }, space)));
  if (faults.length > 0)
    throw new InvalidInputError(
      `change of '${id}'`,
      faults.map((one) => ({ ...one, path: `fixed.${one.path}` })),
    );
  return { ...values, ...Object.fromEntries(released.map((name) => [name, null])) };
}
