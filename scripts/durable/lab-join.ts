import type { Query } from '../../activities/store/client.js';
import { labVersions, lockLab } from '../../activities/store/lab.js';
import type { LabSpec } from '../../models/domain/lab.js';
import { differences } from './lab-changes.js';
import { type LabUp, registerLab } from './lab-up.js';

/** What became of a lab that a campaign file names. */
export interface LabJoined extends LabUp {
  /** Where the lab in force is another than the file's, a line each; it stays as it is. */
  readonly differs: readonly string[];
}

/**
 * Registers of a lab what the store never had by its name, and leaves the rest as it is: the file of who begins a campaign may be
 * older than the lab; to be called in a transaction.
 */
export async function joinLab(query: Query, lab: LabSpec, who: string): Promise<LabJoined> {
  await lockLab(query, lab.name);
  const versions = (await labVersions(query, lab.name)).map(({ definition }) => definition);
  const old = versions.at(-1);
  if (old === undefined) return { ...(await registerLab(query, lab, who)), differs: [] };
  const added = <T>(of: (one: LabSpec) => Readonly<Record<string, T>>): Record<string, T> => {
    const isNew = (name: string) => !versions.some((one) => Object.hasOwn(of(one), name));
    return { ...of(old), ...Object.fromEntries(Object.entries(of(lab)).filter(([name]) => isNew(name))) };
  };
  // An instrument may need the modules of its file; others must not lose theirs by that.
  const mayAdd = old.adapters.every((module) => lab.adapters.includes(module));
  const instruments = mayAdd ? added((one) => one.instruments) : old.instruments;
  const isMore = Object.keys(instruments).length > Object.keys(old.instruments).length;
  const joined: LabSpec = {
    ...old,
    adapters: isMore ? lab.adapters : old.adapters,
    instruments,
    positions: added((one) => one.positions),
    stock: added((one) => one.stock),
  };
  const done = await registerLab(query, joined, who);
  const words = { added: 'in the file only', gone: 'not in the file' };
  return { ...done, differs: differences(joined, lab, words) };
}
