import type { Objective } from './campaign.js';
import type { Fault } from './fault.js';
import { isListed } from './parameters/composition.js';
import type { Parameter } from './parameters/parameter.js';

/** The parts of a campaign file that may ask for more than the code can do; unreadable entries are undefined. */
export interface AskedFor {
  readonly space: {
    readonly parameters?: readonly (Parameter | undefined)[] | undefined;
    readonly constraints?: unknown;
  };
  readonly objectives: readonly (Objective | undefined)[];
  readonly approval?: unknown;
  readonly replicates?: unknown;
}

/**
 * What the schema accepts but the code cannot do yet, each as a fault `not supported yet: …`, so that nothing a
 * person asks for is silently left out.
 */
export function unsupported(spec: AskedFor): readonly Fault[] {
  const faults: Fault[] = [];
  const refuse = (path: string, what: string, remedy: string) =>
    faults.push({ path, message: `not supported yet: ${what}`, remedy });
  spec.space.parameters?.forEach((parameter, i) => {
    if (parameter?.type === 'composition' && !isListed(parameter))
      refuse(
        `space.parameters[${i}].type`,
        'compositions of any amounts',
        "give a 'step', list 'values', or give a pool",
      );
  });
  if (spec.space.constraints !== undefined)
    refuse('space.constraints', 'constraints', 'list the allowed designs as a pool');
  if (spec.objectives.length > 1)
    refuse('objectives', `${spec.objectives.length} objectives`, 'give one, or combine them into one value');
  spec.objectives.forEach((objective, i) => {
    if (objective?.direction === 'target')
      refuse(`objectives[${i}].direction`, "direction 'target'", 'minimise the distance to the wanted value instead');
  });
  if (spec.approval !== undefined) refuse('approval', 'approval by people', 'leave it out');
  if (spec.replicates !== undefined) refuse('replicates', 'replicates', 'leave it out');
  return faults;
}
