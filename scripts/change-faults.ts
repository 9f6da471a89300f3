import type { CampaignSpec } from '../models/domain/campaign.js';
import { changeSchema } from '../models/domain/change.js';
import type { Fault } from '../models/domain/fault.js';
import { primaryObjective } from '../models/domain/standing.js';
import { schemaFaults } from './campaign-file/schema-faults.js';

/** Everything that the schema of the campaign file has against a change. */
export function changeFaults(change: unknown): readonly Fault[] {
  return schemaFaults(changeSchema, change).map(({ at: _, ...fault }) => fault);
}

/**
 * The same, and what does not fit the campaign.
 *
 * @param objective - that the target is said to be of; not told where absent
 */
export function changeFaultsOf(spec: CampaignSpec, change: unknown, objective?: string): readonly Fault[] {
  const faults = [...changeFaults(change)];
  const { strategy } = spec;
  if (
    changeSchema.safeParse(change).data?.stop?.regretBound &&
    strategy !== 'default' &&
    strategy.acquisition === 'random'
  )
    faults.push({
      path: 'stop.regretBound',
      message: "'regretBound' with acquisition 'random', which fits no surrogate",
      remedy: 'leave it out',
    });
  const { name } = primaryObjective(spec);
  if (objective !== undefined && objective !== name)
    faults.push({
      path: 'stop.targetReached',
      message: `'${objective}' is not the objective`,
      remedy: `give it of '${name}'`,
    });
  return faults;
}
