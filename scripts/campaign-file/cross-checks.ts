import { gateFaults } from '../../models/domain/approval.js';
import { beliefFaults } from '../../models/domain/belief.js';
import { mostInitialTrials } from '../../models/domain/campaign.js';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import { contextFaults } from '../../models/domain/contexts.js';
import { designKey } from '../../models/domain/design.js';
import { designFaults } from '../../models/domain/design-faults.js';
import { isNumeric } from '../../models/domain/parameters/parameter.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import { acquisitionNames, randomName, surrogateNames, takesSources } from '../../models/strategy/names.js';
import { goalFaults } from './goals.js';
import { oneOf } from './nearest.js';
import { outcomeNameFaults } from './outcome-names.js';
import type { CampaignParts } from './parts.js';
import { numberHint } from './scalar-hint.js';
import type { PlacedFault } from './schema-faults.js';
import { placed, segments, show } from './schema-faults.js';
import { repeatedNames } from './space.js';
import { unpaid } from './unpaid.js';

/** Faults that show only when parts of the file are seen together. */
export function crossChecks(parts: CampaignParts, space: Space | null, document: unknown): PlacedFault[] {
  return [
    ...spaceGiven(document),
    ...objectiveFaults(parts, space),
    ...outcomeNameFaults(parts, document),
    ...budgetFaults(parts),
    ...replicateFaults(parts),
    ...surroundingFaults(parts),
    ...approvalFaults(parts),
    ...strategyFaults(parts, space),
    ...goalFaults(parts, space),
    ...stopFaults(parts),
    ...believedFaults(parts, space),
  ];
}

function believedFaults({ beliefs, strategy }: CampaignParts, space: Space | null): PlacedFault[] {
  const faults = space === null ? [] : beliefFaults(beliefs, space);
  const placedOnes = faults.map(({ path, message, remedy }) => placed(['beliefs', ...segments(path)], message, remedy));
  if (beliefs.length === 0 || strategy?.acquisition !== randomName) return placedOnes;
  return [...placedOnes, placed(['beliefs'], "beliefs with acquisition 'random', which heeds none", 'leave one out')];
}

function spaceGiven(document: unknown): PlacedFault[] {
  const given = (document as { space?: unknown } | null)?.space;
  if (typeof given !== 'object' || given === null || 'parameters' in given || 'pool' in given) return [];
  return [placed(['space'], 'nothing to search', "give 'parameters' or 'pool'")];
}

function objectiveFaults({ objectives, outcomes }: CampaignParts, space: Space | null): PlacedFault[] {
  const faults = repeatedNames(objectives, (i) => ['objectives', i, 'name']);
  objectives.forEach((objective, i) => {
    if (objective === undefined) return;
    if (space?.parameters.some((parameter) => parameter.name === objective.name))
      faults.push(placed(['objectives', i, 'name'], `'${objective.name}' is also a parameter`, 'give it another name'));
    for (const key of ['value', 'tolerance'] as const)
      if (objective.direction !== 'target' && objective[key] !== undefined)
        faults.push(
          placed(
            ['objectives', i, key],
            `'${key}' with direction ${objective.direction}`,
            "only direction 'target' has it",
          ),
        );
    if (objective.direction === 'target' && objective.value === undefined)
      faults.push(placed(['objectives', i, 'value'], 'missing', "direction 'target' needs the wanted value"));
  });
  faults.push(...repeatedNames(outcomes, (i) => ['outcomes', i, 'name']));
  for (const [key, bounded] of Object.entries({ objectives, outcomes }))
    bounded.forEach((one, i) => {
      if (one?.min !== undefined && one.max !== undefined && one.min > one.max)
        faults.push(placed([key, i], `'min' ${one.min} above 'max' ${one.max}`, 'turn them round'));
    });
  return faults;
}

function budgetFaults({ budget, budgetEmpty, fidelities }: CampaignParts): PlacedFault[] {
  if (budgetEmpty) return [placed(['budget'], 'no limit at all', 'give cost, trials or wallClock, or several of them')];
  const target = fidelities.at(-1);
  if (budget.cost === undefined || target?.cost === undefined || budget.cost >= target.cost) return [];
  const message = `${budget.cost} pays no trial at the target fidelity '${target.name ?? ''}' (cost ${target.cost})`;
  return [placed(['budget', 'cost'], message, `at least ${target.cost}`)];
}

function surroundingFaults({ contexts, stop }: CampaignParts): PlacedFault[] {
  const own = contexts.flatMap((context, i) =>
    context === undefined
      ? []
      : contextFaults(context).map(({ path, message, remedy }) => placed(['contexts', i, path], message, remedy)),
  );
  const bounds = stop.flatMap((rule, i) =>
    contexts.length > 0 && rule?.type === 'regretBound'
      ? [
          placed(
            ['stop', i],
            "'regretBound' with contexts: values of different surroundings cannot be compared as they are",
            'leave one of them out',
          ),
        ]
      : [],
  );
  return [...repeatedNames(contexts, (i) => ['contexts', i, 'name']), ...own, ...bounds];
}

function replicateFaults({ replicates, budget }: CampaignParts): PlacedFault[] {
  if (replicates === undefined) return [];
  const { atTarget, whenDisagreeing } = replicates;
  const faults: PlacedFault[] = [];
  if (whenDisagreeing !== undefined && whenDisagreeing <= atTarget)
    faults.push(
      placed(
        ['replicates', 'whenDisagreeing'],
        `${whenDisagreeing}, no more than the ${atTarget} that each design gets`,
        `more than ${atTarget}: how many trials of a design there are to be at most; or leave it out`,
      ),
    );
  if (budget.trials !== undefined && atTarget > budget.trials)
    faults.push(
      placed(
        ['replicates', 'atTarget'],
        `${atTarget}, more than the budget of ${budget.trials} trials`,
        `at most ${budget.trials}`,
      ),
    );
  return faults;
}

/**
 * Initial samples that the budget of the file cannot pay, or that are too many to be meant. A smaller budget that a
 * command sets is none of the file's faults: it ends within the initial sample.
 */
export function initialFaults({ budget, strategy, fidelities, replicates }: CampaignParts): PlacedFault[] {
  const { trials, lowCost } = strategy?.initial ?? {};
  const at = ['strategy', 'initial'];
  const target = fidelities.at(-1)?.cost;
  const faults: PlacedFault[] = [];
  const over = trials === undefined ? null : unpaid(trials, { budget, replicates, fidelities });
  if (over !== null && over.most > 0) faults.push(placed([...at, 'trials'], over.message, `at most ${over.most}`));
  const cheapest = fidelities[0]?.cost;
  if (lowCost === undefined || target === undefined || cheapest === undefined) return faults;
  const count = (lowCost * target) / cheapest;
  if (fidelities.length > 1 && count > mostInitialTrials)
    faults.push(
      placed(
        [...at, 'lowCost'],
        `${lowCost} pays ${Number(count.toPrecision(3))} trials of cost ${cheapest}`,
        `a worth of at most ${mostInitialTrials} trials, ${Number(((mostInitialTrials * cheapest) / target).toPrecision(3))}`,
      ),
    );
  return faults;
}

function approvalFaults({ approval, fidelities }: CampaignParts): PlacedFault[] {
  const known = fidelities.flatMap(({ name }) => name ?? []);
  return approval.flatMap((gate, g) => {
    if (gate === undefined) return [];
    const at = ['approval', g];
    const names = [gate.fidelity ?? []].flat();
    const one = typeof gate.fidelity === 'string';
    const unknown = names.flatMap((name, i) =>
      known.includes(name)
        ? []
        : [placed([...at, 'fidelity', ...(one ? [] : [i])], `no fidelity ${show(name)}`, oneOf(name, known))],
    );
    const faults = gateFaults(gate).map(({ path, message, remedy }) =>
      placed(path === '' ? at : [...at, path], message, remedy),
    );
    return [...unknown, ...faults];
  });
}

function stopFaults({ stop, strategy }: CampaignParts): PlacedFault[] {
  if (strategy?.acquisition !== 'random') return [];
  return stop.flatMap((rule, i) =>
    rule?.type === 'regretBound'
      ? [
          placed(
            ['stop', i],
            "'regretBound' with acquisition 'random', which fits no surrogate",
            'leave one of them out',
          ),
        ]
      : [],
  );
}

function strategyFaults({ strategy, transfer }: CampaignParts, space: Space | null): PlacedFault[] {
  if (strategy === undefined) return [];
  const faults: PlacedFault[] = [];
  const named = (key: 'surrogate' | 'acquisition', known: readonly string[]) => {
    const name = strategy[key];
    if (name !== undefined && !known.includes(name))
      faults.push(placed(['strategy', key], `no ${key} '${name}'`, oneOf(name, known)));
  };
  named('surrogate', surrogateNames);
  named('acquisition', acquisitionNames);
  if (transfer.length > 0) faults.push(...deafFaults(strategy));
  if (space === null) return faults;
  const { designs, rows } = strategy.initial ?? {};
  const at = ['strategy', 'initial'];
  const keys = space.pool === null ? null : new Set(Array.from(space.pool.designs, designKey));
  designs?.forEach((design, i) => {
    const wrong = designFaults(space.parameters, design).map(({ path, message, remedy }) => {
      const value = design[path];
      // A number in quotes is a text in YAML.
      const hint = typeof value === 'string' ? numberHint(value) : '';
      const isNumber = space.parameters.some((parameter) => parameter.name === path && isNumeric(parameter));
      return placed([...at, 'designs', i, path], message, isNumber && hint !== '' ? `${remedy}: ${hint}` : remedy);
    });
    faults.push(...wrong);
    if (wrong.length === 0)
      for (const { message, remedy } of Constraints.of(space).faults(design))
        faults.push(placed([...at, 'designs', i], message, remedy));
    if (wrong.length === 0 && keys !== null && !keys.has(designKey(design)))
      faults.push(placed([...at, 'designs', i], 'not in the pool', 'give the values of a row of the pool'));
  });
  if (rows !== undefined && space.pool === null)
    faults.push(placed([...at, 'rows'], 'there is no pool', "use 'designs', or give the space as a pool"));
  rows?.forEach((row, i) => {
    if (space.pool === null) return;
    const place = rowsById(space.pool).get(row);
    if (place === undefined)
      faults.push(placed([...at, 'rows', i], `no row '${row}' in the pool`, oneOf(row, space.pool.ids)));
    else
      for (const { message, remedy } of Constraints.of(space).faults(space.pool.designs.at(place)!))
        faults.push(placed([...at, 'rows', i], message, remedy));
  });
  return faults;
}

/** Surrogates that would not hear of earlier campaigns. */
function deafFaults({ surrogate, acquisition }: NonNullable<CampaignParts['strategy']>): PlacedFault[] {
  const known = surrogateNames.filter(takesSources);
  if (acquisition === 'random')
    return [
      placed(['transfer'], "earlier campaigns with acquisition 'random', which fits no surrogate", 'leave one out'),
    ];
  if (surrogate === undefined || known.includes(surrogate) || !surrogateNames.includes(surrogate)) return [];
  const message = `'${surrogate}' takes no account of earlier campaigns`;
  return [placed(['strategy', 'surrogate'], message, `with 'transfer' one of ${known.join(', ')}, or none named`)];
}
