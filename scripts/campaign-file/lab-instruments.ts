import { resolve } from 'node:path';
import type { CheckScope } from '../../lab-adapters/contract.js';
import { byPerson } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { instrumentsFor, type LabSpec } from '../../models/domain/lab.js';
import { type LabOptions, type LoadedLab, loadLab } from '../lab-file.js';
import { settingsFaults, withCost } from './adapter-settings.js';
import { oneOf } from './nearest.js';
import type { CampaignParts, FidelityParts } from './parts.js';
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

/** What is wrong with a fidelity that is measured on an instrument of the lab. */
export async function instrumentFaults(
  { instrument, adapter, settings, cost }: FidelityParts,
  i: number,
  { lab: file }: Pick<CampaignParts, 'lab'>,
  {
    lab,
    scope,
    mayRun,
  }: { readonly lab: LoadedLab | null; readonly scope: CheckScope | undefined; readonly mayRun: boolean },
): Promise<readonly PlacedFault[]> {
  const at = ['fidelities', i];
  const faults: PlacedFault[] = [];
  if ((adapter ?? byPerson) !== byPerson)
    faults.push(placed([...at, 'adapter'], 'an adapter beside an instrument', 'leave it out: the lab file has it'));
  if (Object.keys(settings ?? {}).length > 0)
    faults.push(placed([...at, 'settings'], 'settings beside an instrument', 'leave them out: the lab file has them'));
  if (file === undefined)
    faults.push(placed([...at, 'instrument'], 'an instrument, but no lab', "name the lab file under 'lab'"));
  if (lab === null) return faults;
  const able = instrumentsFor(lab.spec, instrument!);
  if (able.length === 0)
    faults.push(placed([...at, 'instrument'], `no instrument '${instrument}'`, oneOf(instrument, namesOf(lab.spec))));
  if (lab.registry === null) return faults;
  for (const name of able) {
    const { adapter: known, settings: own } = lab.spec.instruments[name]!;
    if (!lab.registry.has(known)) continue;
    const type = lab.registry.get(known);
    const wrong = await settingsFaults(type, withCost(type, own, cost), [], { scope, mayRun });
    faults.push(
      ...wrong.map((fault) =>
        placed([...at, 'instrument'], `${name}: ${faultText(fault)}`, `${fault.remedy}; in the lab file`),
      ),
    );
  }
  return faults;
}

/** What a step or level may name: instruments, and what they can do. */
export function namesOf({ instruments }: LabSpec): readonly string[] {
  return [...new Set([...Object.keys(instruments), ...Object.values(instruments).flatMap(({ can }) => can)])];
}
