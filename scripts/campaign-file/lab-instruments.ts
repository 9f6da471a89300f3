import { resolve } from 'node:path';
import type { CheckScope } from '../../lab-adapters/contract.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { byLab, byPerson } from '../../models/domain/fidelity.js';
import { instrumentsFor, type LabSpec } from '../../models/domain/lab.js';
import { type LabOptions, type LoadedLab, loadLab } from '../lab-file.js';
import { settingsFaults, withCost } from './adapter-settings.js';
import { oneOf } from './nearest.js';
import type { CampaignParts, FidelityParts } from './parts.js';
import { handStepFaults } from './people.js';
import type { PlacedFault } from './schema-faults.js';
import { placed } from './schema-faults.js';

/** The lab file that a campaign file names, read; its faults become faults of the campaign. Null where there is none, or a wrong one. */
export async function namedLab(
  document: Readonly<Record<string, unknown>>,
  baseDir: string,
  faults: PlacedFault[],
  { registry, adapters }: Pick<LabOptions, 'registry' | 'adapters'>,
): Promise<LoadedLab | null> {
  const { lab } = document;
  if (lab === undefined) return null;
  if (typeof lab !== 'string' || lab === '') {
    if (typeof lab === 'object') faults.push(placed(['lab'], 'no file', 'the lab file, relative to this file'));
    return null;
  }
  try {
    return await loadLab(resolve(baseDir, lab), {
      ...(registry === undefined ? {} : { registry }),
      ...(adapters === undefined ? {} : { adapters }),
    });
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    faults.push(...cause.faults.map((fault) => placed(['lab'], `${lab}: ${faultText(fault)}`, fault.remedy)));
    return null;
  }
}

/** What levels and steps are checked with. */
export interface LabContext {
  readonly lab: LoadedLab | null;
  /** What the instrument sees of the campaign; undefined where the space cannot be read. */
  readonly scope: CheckScope | undefined;
  readonly mayRun: boolean;
}

/** What is wrong with a fidelity that is measured on an instrument of the lab. */
export async function instrumentFaults(
  fidelity: FidelityParts,
  i: number,
  parts: Pick<CampaignParts, 'lab'>,
  context: LabContext,
): Promise<readonly PlacedFault[]> {
  const { instrument, cost } = fidelity;
  return [
    ...besideFaults(fidelity, i, parts, 'instrument'),
    ...(fidelity.recipe === undefined
      ? []
      : [placed(['fidelities', i, 'recipe'], 'a recipe beside an instrument', 'leave out one of them')]),
    ...(await ableFaults(instrument!, cost, ['fidelities', i, 'instrument'], context)),
  ];
}

/** What a level cannot have beside what it has of the lab. */
export function besideFaults(
  { adapter, settings }: FidelityParts,
  i: number,
  { lab }: Pick<CampaignParts, 'lab'>,
  key: 'instrument' | 'recipe',
): PlacedFault[] {
  const at = ['fidelities', i];
  const what = key === 'instrument' ? 'an instrument' : 'a recipe';
  const faults: PlacedFault[] = [];
  if ((adapter ?? byPerson) !== byPerson && adapter !== byLab)
    faults.push(placed([...at, 'adapter'], `an adapter beside ${what}`, 'leave it out: the lab file has it'));
  if (Object.keys(settings ?? {}).length > 0)
    faults.push(placed([...at, 'settings'], `settings beside ${what}`, 'leave them out: the lab file has them'));
  if (lab === undefined) faults.push(placed([...at, key], `${what}, but no lab`, "name the lab file under 'lab'"));
  return faults;
}

/** What the lab has against an instrument, or what one can do, being asked for something. @param at - where it is named */
export async function ableFaults(
  wanted: string,
  cost: number | undefined,
  at: readonly PropertyKey[],
  { lab, scope, mayRun }: LabContext,
): Promise<readonly PlacedFault[]> {
  if (lab === null) return [];
  const able = instrumentsFor(lab.spec, wanted);
  if (able.length === 0) return [placed(at, `no instrument '${wanted}'`, oneOf(wanted, namesOf(lab.spec)))];
  if (lab.registry === null) return [];
  const faults: PlacedFault[] = [];
  for (const name of able) {
    const { adapter: known, settings: own } = lab.spec.instruments[name]!;
    if (known === byPerson) {
      const wrong = scope === undefined ? [] : await handStepFaults(own, scope);
      faults.push(
        ...wrong.map((fault) => placed(at, `${name}: ${faultText(fault)}`, `${fault.remedy}; in the lab file`)),
      );
      continue;
    }
    if (!lab.registry.has(known)) continue;
    const type = lab.registry.get(known);
    const wrong = await settingsFaults(type, withCost(type, own, cost), [], { scope, mayRun });
    faults.push(
      ...wrong.map((fault) => placed(at, `${name}: ${faultText(fault)}`, `${fault.remedy}; in the lab file`)),
    );
  }
  return faults;
}

/** What a step or level may name: instruments, and what they can do. */
export function namesOf({ instruments }: LabSpec): readonly string[] {
  return [...new Set([...Object.keys(instruments), ...Object.values(instruments).flatMap(({ can }) => can)])];
}
