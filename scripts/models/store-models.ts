import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { streamArtefact } from '../../activities/store/artefact.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { migrate } from '../../activities/store/migrate.js';
import { listModels, type StoredModel } from '../../activities/store/model.js';
import { modelName } from '../../models/pretrained/manifest.js';
import type { Config } from '../config.js';
import { serviceError } from '../durable/service-failure.js';
import { type FileSource, named } from './home-models.js';

/**
 * Does something with the store of a home, where there is one: that of DATABASE_URL, or the home's own, which is started and, where a
 * person had ended it, ended again.
 *
 * @param work - given null where there is none
 * @throws {AthanorError} SERVICE_UNAVAILABLE if the store does not answer
 */
export async function withModelStore<T>(
  config: Config,
  log: (line: string) => void,
  work: (store: Store | null) => Promise<T>,
): Promise<T> {
  const hasOwn = (await lstat(path.join(config.home, 'postgres')).catch(() => null)) !== null;
  if (config.databaseUrl === null && !hasOwn) return work(null);
  const { ensurePostgres, leaveEnded } = await import('../local/services.js');
  const { url } = await ensurePostgres(config, log);
  try {
    const store = openStore(url, { connections: 2 });
    try {
      await migrate(store.pool);
      return await work(store);
    } catch (error) {
      throw serviceError(error, 'PostgreSQL');
    } finally {
      await store.close();
    }
  } finally {
    await leaveEnded(config, log).catch((error: Error) => log(error.message));
  }
}

/** A model of the store, by name. @throws {AthanorError} NOT_FOUND if there is none of that name, or several */
export async function storedModel(store: Store, name: string): Promise<StoredModel> {
  const all = (await listModels(store.query)).map((model) => ({ ...model, name: modelName(model.manifest) }));
  return named(all, name, 'the store');
}

/** The files of a model in the store. */
export function storedFiles(store: Store, { manifest }: Pick<StoredModel, 'manifest'>): FileSource {
  return (file) => streamArtefact(store.query, manifest.sha256[file]!);
}
