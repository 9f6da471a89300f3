import type { Store } from '../../activities/store/client.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { Lineage } from '../../models/pretrained/lineage.js';
import type { VersionAct } from '../../models/pretrained/version-act.js';
import { everyModel } from './every-model.js';
import { homeModels, named } from './home-models.js';
import { keepAct, modelInUse, shareActs, versionActs } from './version-acts.js';

/** The versions of a model, and what was done with them. */
export interface VersionHistory {
  readonly id: string;
  /** `ID@VERSION` that `ID` alone means; null where that cannot be told: `trouble` says why. */
  readonly inUse: string | null;
  readonly trouble: string | null;
  /** By name. */
  readonly versions: readonly {
    readonly name: string;
    readonly identity: string | null;
    readonly isInHome: boolean;
    /** Null of one that is not fine-tuned. */
    readonly lineage: Lineage | null;
  }[];
  /** Oldest first. */
  readonly acts: readonly VersionAct[];
}

/** Everything known of the versions of a model. @throws {AthanorError} NOT_FOUND if there never was one */
export async function versionHistory(home: string, store: Store | null, id: string): Promise<VersionHistory> {
  if (store !== null) await shareActs(home, store, id);
  const all = await everyModel(home, store);
  const own = all.filter(({ name }) => name.startsWith(`${id}@`));
  const acts = await versionActs(home, id);
  if (own.length === 0 && acts.length === 0) named(all, id, home);
  const inUse = await modelInUse(home, all, id, home).catch((error: unknown) => {
    if (error instanceof AthanorError && error.code === 'NOT_FOUND') return error.message;
    throw error;
  });
  return {
    id,
    inUse: typeof inUse === 'string' ? null : inUse.name,
    trouble: typeof inUse === 'string' ? inUse : null,
    versions: own.map(({ name, identity, folder, manifest }) => {
      return { name, identity, isInHome: folder !== null, lineage: manifest?.lineage ?? null };
    }),
    acts,
  };
}

/**
 * Has another version of a model be the one in use, and keeps that for good.
 *
 * @param name - `ID@VERSION` of the home, whatever was found of it; `ID` means the one that was in use before the last promotion
 * @throws {AthanorError} NOT_FOUND if there is none such; WRONG_STATE if it is in use already, or nothing was in use before
 */
export async function rollBack(
  home: string,
  name: string,
  { who, why }: Pick<VersionAct, 'who' | 'why'>,
): Promise<VersionAct> {
  const [id = ''] = name.split('@');
  const all = await homeModels(home);
  const acts = await versionActs(home, id);
  const wanted = name.includes('@') ? name : versionBefore(id, acts);
  const { name: version, manifest, trouble } = named(all, wanted, `the home ${home}`);
  if (manifest === null) throw new AthanorError('DAMAGED', `model ${version} cannot be read: ${trouble}`);
  const before = acts.findLast(isOfUse)?.version ?? (await modelInUse(home, all, id, `the home ${home}`)).name;
  if (before === version) throw new AthanorError('WRONG_STATE', `${version} is in use already`);
  const act: VersionAct = { at: new Date().toISOString(), act: 'rolled-back', version, before, who, why };
  await keepAct(home, id, act);
  return act;
}

/** The version in use before the one that is now: what was rolled back from is passed over. */
function versionBefore(id: string, acts: readonly VersionAct[]): string {
  const used: string[] = [];
  for (const { version, before } of acts.filter(isOfUse)) {
    if (used.length === 0) used.push(before);
    const at = used.lastIndexOf(version);
    if (at >= 0) used.length = at + 1;
    else used.push(version);
  }
  const found = used.at(-2);
  if (found !== undefined) return found;
  throw new AthanorError('WRONG_STATE', `no other version of ${id} was in use before; name one: ${id}@VERSION`);
}

function isOfUse({ act }: VersionAct): boolean {
  return act !== 'rejected';
}
