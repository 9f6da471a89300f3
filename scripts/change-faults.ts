import type { CampaignSpec } from '../models/domain/campaign.js';
import { changeSchema } from '../models/domain/change.js';
import { givenContextFaults } from '../models/domain/contexts.js';
import type { Fault } from '../models/domain/fault.js';
import { goalsOf, hasSeveralGoals, primaryObjective } from '../models/domain/standing.js';
import { schemaFaults } from './campaign-file/schema-faults.js';
import { contextsRead } from './said-contexts.js';

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
  const { contexts = {} } = changeSchema.safeParse(change).data ?? {};
  const around = spec.contexts ?? [];
  for (const { path, ...fault } of givenContextFaults(around, contextsRead(contexts, around)))
    faults.push({ path: `contexts.${path}`, ...fault });
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
  const { targetReached, regretBound } = changeSchema.safeParse(change).data?.stop ?? {};
  if (regretBound && hasSeveralGoals(goalsOf(spec)))
    faults.push({
      path: 'stop.regretBound',
      message: "'regretBound' with several goals: how far from the best possible they are is not known as one number",
      remedy: 'leave it out',
    });
  if (targetReached && spec.combine !== undefined)
    faults.push({
      path: 'stop.targetReached',
      message: "'targetReached' with 'combine': the trial that is best in all need not be the one that reaches it",
      remedy: 'leave it out',
    });
  const further = spec.objectives.slice(1).map((one) => one.name);
  for (const other of Object.keys(targetReached?.others ?? {}))
    if (!further.includes(other))
      faults.push({
        path: `stop.targetReached.others.${other}`,
        message: `'${other}' is no further objective`,
        remedy: further.length === 0 ? 'leave it out' : `one of ${further.join(', ')}`,
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
