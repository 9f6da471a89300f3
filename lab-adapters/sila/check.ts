import type { Fault } from '../../models/domain/fault.js';
import type { CheckScope } from '../contract.js';
import { stepsOf } from '../internal/answer-path.js';
import { definitionIn } from './client.js';
import type { Command, Feature } from './feature.js';
import type { Call, SilaSettings } from './settings.js';
import { unitFaults } from './talk.js';

/** What the definition of the feature tells of settings before there is a server. */
export async function definitionFaults(settings: SilaSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const { set, run, find, cancel, safeStop } = settings;
  let feature: Feature;
  try {
    ({ feature } = await definitionIn(settings.definition!, settings.feature));
  } catch (error) {
    return [
      { path: 'definition', message: (error as Error).message, remedy: 'give the definition (XML) of the feature' },
    ];
  }
  const units = Object.fromEntries(
    (scope?.parameters ?? []).flatMap((each) =>
      'unit' in each && each.unit !== undefined ? [[each.name, each.unit]] : [],
    ),
  );
  const calls: (readonly [string, Pick<Call, 'with'> & { command?: string | undefined }, boolean | null])[] = [
    ...set.map((call, i) => [`set[${i}]`, call, false] as const),
    ['run', run, null],
    ...Object.entries({ find, cancel, safeStop }).flatMap(([name, call]) =>
      call === undefined ? [] : [[name, call, false] as const],
    ),
  ];
  const faults: Fault[] = [];
  for (const [at, call, observable] of calls) {
    const name = ownName(call.command, settings.feature, 'Command');
    if (name === null) continue;
    const command = feature.commands.find(({ id }) => id === name);
    if (command === undefined) faults.push(lacks(`${at}.command`, name, 'command', feature.commands));
    else {
      if (observable === false && command.observable)
        faults.push({
          path: `${at}.command`,
          message: `'${name}' is observable`,
          remedy: 'name an unobservable command',
        });
      faults.push(...parameterFaults(`${at}.with`, call.with, command));
      for (const message of await unitFaults({ command: name, with: call.with }, command, feature, { units }))
        faults.push({ path: `${at}.with`, message, remedy: "convert it: '{name as UNIT}'" });
    }
  }
  for (const [i, property] of settings.properties.entries()) {
    const name = ownName(property, settings.feature, 'Property');
    if (name !== null && !feature.properties.some(({ id }) => id === name))
      faults.push(lacks(`properties[${i}]`, name, 'property', feature.properties));
  }
  const ran = feature.commands.find(({ id }) => id === ownName(run.command, settings.feature, 'Command'));
  for (const [outcome, place] of Object.entries(settings.values)) {
    const [first] = stepsOf(typeof place === 'string' ? place : place.path) ?? [];
    if (ran === undefined || first === 'properties' || ran.responses.some(({ id }) => id === first)) continue;
    faults.push(lacks(`values.${outcome}`, String(first), 'response', ran.responses));
  }
  return faults;
}

/** Identifier in the feature of the settings; null where it is of another. */
function ownName(name: string | undefined, feature: string, kind: string): string | null {
  if (name === undefined) return null;
  if (!name.includes('/')) return name;
  return name.startsWith(`${feature}/${kind}/`) ? name.slice(feature.length + kind.length + 2) : null;
}

function lacks(path: string, name: string, kind: string, there: readonly { readonly id: string }[]): Fault {
  const names = there.map(({ id }) => id).join(', ');
  return {
    path,
    message: `the feature has no ${kind} '${name}'`,
    remedy: names === '' ? 'see the definition' : `name ${names}`,
  };
}

function parameterFaults(path: string, given: Call['with'], { id, parameters }: Command): Fault[] {
  const missing = parameters.filter((each) => !Object.hasOwn(given, each.id));
  const unknown = Object.keys(given).filter((name) => !parameters.some((each) => each.id === name));
  return [
    ...missing.map((each) => ({ path, message: `'${each.id}' of ${id} is missing`, remedy: 'give it a value' })),
    ...unknown.map((name) => lacks(`${path}.${name}`, name, `parameter of ${id}`, parameters)),
  ];
}
