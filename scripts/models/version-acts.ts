import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '../../activities/store/client.js';
import { listModelActs, saveModelActs } from '../../activities/store/model-act.js';
import { AthanorError, DamagedError } from '../../models/domain/errors.js';
import { type VersionAct, versionActSchema } from '../../models/pretrained/version-act.js';
import { homeError } from '../home.js';
import { makeFolder } from '../make-folder.js';
import { type HomeModel, modelsFolder, named } from './home-models.js';

/** What was done with the versions of a model in a home, oldest first. @throws {DamagedError} naming the line that is none */
export async function versionActs(home: string, id: string): Promise<readonly VersionAct[]> {
  const file = actsFile(home, id);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // What follows the last end of a line was torn, and never came to be.
  const acts = text
    .split('\n')
    .slice(0, -1)
    .flatMap((line, i) => (line === '' || line.endsWith(torn) ? [] : [readAct(line, `${file}, line ${i + 1}`)]));
  return acts.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Keeps an act for good. */
export async function keepAct(home: string, id: string, act: VersionAct): Promise<void> {
  const file = actsFile(home, id);
  try {
    await makeFolder(path.dirname(file), 0o700);
    const handle = await open(file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1, '\n');
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      // What was torn stands on a line of its own, which is passed over.
      const start = last.toString() === '\n' ? '' : `${torn}\n`;
      await handle.writeFile(`${start}${JSON.stringify(act)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof AthanorError ? cause : homeError(file, cause);
  }
}

/** Has home and store know the acts of both. */
export async function shareActs(home: string, store: Store, id: string): Promise<void> {
  const [own, others] = [await versionActs(home, id), await listModelActs(store.query, id)];
  const known = new Set(own.map((act) => JSON.stringify(versionActSchema.parse(act))));
  for (const act of others) if (!known.has(JSON.stringify(act))) await keepAct(home, id, act);
  await saveModelActs(store.query, id, own);
}

/**
 * The version of a model that is used where none is named: the last that was promoted or rolled back to, or else the only one that is
 * not fine-tuned.
 *
 * @param name - `ID@VERSION` means that one
 * @throws {AthanorError} NOT_FOUND if there is none, or several; or if the one in use was removed
 */
export async function modelInUse<T extends Pick<HomeModel, 'name' | 'manifest'>>(
  home: string,
  all: readonly T[],
  name: string,
  where: string,
): Promise<T> {
  if (name.includes('@')) return named(all, name, where);
  const last = (await versionActs(home, name)).findLast(({ act }) => act !== 'rejected');
  if (last === undefined) {
    const given = all.filter(({ manifest }) => manifest?.lineage === undefined);
    return named(given, name, where);
  }
  const found = all.find((model) => model.name === last.version);
  if (found !== undefined) return found;
  throw new AthanorError(
    'NOT_FOUND',
    `${last.version}, which is in use as '${name}' since ${last.at}, is not in ${where}: athanor models add ${last.version}, or athanor models rollback ${name}@VERSION`,
  );
}

/** Ends a line that was torn. */
const torn = '#torn';

function readAct(line: string, where: string): VersionAct {
  try {
    return versionActSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new DamagedError(`${where}, is no act on versions of a model: take that line out of the file`, { cause });
  }
}

function actsFile(home: string, id: string): string {
  return path.join(modelsFolder(home), '.acts', `${id}.jsonl`);
}
