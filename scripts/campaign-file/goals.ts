import { computedFaults } from '../../models/domain/computed.js';
import type { Space } from '../../models/domain/space.js';
import { lossOf } from '../../models/domain/standing.js';
import { acquisitionNames, goalAcquisitions, goalNames } from '../../models/strategy/names.js';
import { beyondLimits } from './bounds.js';
import { oneOf } from './nearest.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed } from './schema-faults.js';

/** What cannot be said of several goals, or would be passed over, and what is said of several where there is one. */
export function goalFaults(parts: CampaignParts, space: Space | null): PlacedFault[] {
  return [
    ...beyondOne(parts),
    ...combineFaults(parts),
    ...otherFaults(parts),
    ...beyondLimits(parts),
    ...(space === null ? [] : expressionFaults(parts, space)),
  ];
}

/** What is wrong with objectives that are computed. */
function expressionFaults({ objectives, outcomes }: CampaignParts, space: Space): PlacedFault[] {
  const measured = [...objectives.filter((one) => one?.expression === undefined), ...outcomes];
  const names = measured.flatMap((one) => one?.name ?? []);
  return objectives.flatMap((objective, i) => {
    if (objective?.expression === undefined) return [];
    const at = ['objectives', i, 'expression'];
    const faults = computedFaults(objective.expression, space, names).map(({ at: character, message, remedy }) =>
      placed(at, `character ${character}: ${message}`, remedy),
    );
    if (i === 0) faults.push(placed(at, 'of the first objective, which is measured', 'put it behind a measured one'));
    return faults;
  });
}

/** What is wanted of objectives that are combined, and of none else. */
function combineFaults({ objectives, combine, strategy }: CampaignParts): PlacedFault[] {
  const faults: PlacedFault[] = [];
  if (combine !== undefined && objectives.length < 2)
    faults.push(placed(['combine'], `'${combine}' of one objective`, 'leave it out'));
  if (combine === undefined && strategy?.acquisition === goalNames.merit)
    faults.push(placed(['strategy', 'acquisition'], `'${goalNames.merit}' without 'combine'`, "give 'combine'"));
  objectives.forEach((objective, i) => {
    if (objective === undefined) return;
    const { expression: _, ...goal } = objective;
    const { desirable, weight } = goal;
    const at = (key: string) => ['objectives', i, key];
    if (combine === undefined) {
      for (const [key, value] of Object.entries({ desirable, weight }))
        if (value !== undefined)
          faults.push(placed(at(key), `'${key}' without 'combine'`, "give 'combine', or leave it out"));
      return;
    }
    if (weight !== undefined && combine !== 'desirability')
      faults.push(placed(at('weight'), `'weight' with combine ${combine}, which goes by the order`, 'leave it out'));
    if (desirable === undefined)
      faults.push(placed(at('desirable'), 'missing', `combine ${combine} needs 'from' and 'to' of each objective`));
    else if (!(lossOf(goal, desirable.from) > lossOf(goal, desirable.to))) {
      const message = `from ${desirable.from} to ${desirable.to}, which is no better (${objective.direction})`;
      faults.push(placed(at('desirable'), message, 'turn them round'));
    }
  });
  return faults;
}

/** Values of further objectives that a rule names and that are none. */
function otherFaults({ objectives, stop }: CampaignParts): PlacedFault[] {
  const known = objectives.slice(1).flatMap((objective) => objective?.name ?? []);
  return stop.flatMap((rule, i) =>
    Object.keys((rule?.type === 'targetReached' && rule.others) || {}).flatMap((name) => {
      if (known.includes(name)) return [];
      const isFirst = objectives[0]?.name === name;
      const remedy = isFirst ? "give it as 'value'" : known.length === 0 ? 'leave it out' : oneOf(name, known);
      return [placed(['stop', i, 'others', name], `'${name}' is no further objective`, remedy)];
    }),
  );
}

/** What cannot be said, or would be passed over, where a campaign wants more than one value as low or as high as can be. */
function beyondOne({ objectives, outcomes, strategy, stop, combine }: CampaignParts): PlacedFault[] {
  const faults: PlacedFault[] = [];
  const isBounded = [...objectives, ...outcomes].some((one) => one?.min !== undefined || one?.max !== undefined);
  const isTarget = objectives.some((objective) => objective?.direction === 'target');
  const what = objectives.length > 1 ? 'several objectives' : isTarget ? "direction 'target'" : 'bounds on outcomes';
  if (objectives.length < 2 && !isTarget && !isBounded) return faults;
  const name = strategy?.acquisition;
  if (name !== undefined && acquisitionNames.includes(name) && !goalAcquisitions.includes(name))
    faults.push(
      placed(
        ['strategy', 'acquisition'],
        `'${name}' values one objective alone, and there are ${what}`,
        `one of ${goalAcquisitions.join(', ')}, or none named`,
      ),
    );
  stop.forEach((rule, i) => {
    if (rule?.type === 'targetReached' && combine !== undefined)
      faults.push(
        placed(
          ['stop', i],
          "'targetReached' with 'combine': the trial that is best in all need not be the one that reaches it",
          "leave it out, or use 'noImprovement'",
        ),
      );
    if (rule?.type === 'regretBound')
      faults.push(
        placed(
          ['stop', i],
          `'regretBound' with ${what}: how far from the best possible they are is not known as one number`,
          "leave it out, or use 'noImprovement'",
        ),
      );
  });
  return faults;
}
