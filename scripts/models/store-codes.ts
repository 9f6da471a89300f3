import type { Query } from '../../activities/store/client.js';
import type { CoderRef } from '../../activities/store/code.js';
import type { Config } from '../config.js';
import { serviceError } from '../durable/service-failure.js';
import { version } from '../version.js';
import { type CodeShare, inputOf } from './code-cache.js';

/**
 * Does something with the codes that a store of several homes (DATABASE_URL) keeps; a connection is made when they are first asked for.
 * Where that fails a line says so, and nothing is shared: whoever needs the store for more says it then.
 *
 * @param work - given null where the home has the store for itself: it keeps its codes already
 */
export async function withSharedCodes<T>(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  note: (line: string) => void,
  work: (share: CodeShare | null) => Promise<T>,
): Promise<T> {
  if (databaseUrl === null) return work(null);
  const { openStore } = await import('../../activities/store/client.js');
  const { migrate } = await import('../../activities/store/migrate.js');
  const { lackingCodes, loadCodes, saveCodes } = await import('../../activities/store/code.js');
  const store = openStore(databaseUrl, { connections: 1 });
  let ready: Promise<unknown> | null = null;
  let isAway = false;
  const ask = async <Found>(none: Found, found: (query: Query) => Promise<Found>): Promise<Found> => {
    if (isAway) return none;
    try {
      ready ??= migrate(store.pool);
      await ready;
      return await found(store.query);
    } catch (error) {
      if (!isAway) note(`no codes are shared: ${(serviceError(error, 'PostgreSQL') as Error).message}`);
      isAway = true;
      return none;
    }
  };
  const coder = (of: Omit<CoderRef, 'program'>): CoderRef => ({ ...of, program: version() });
  const share: CodeShare = {
    find: (of, inputs) =>
      ask([], async (query) => (await loadCodes(query, coder(of), inputs)).map(({ record }) => record)),
    lacking: (of, inputs) => ask([], (query) => lackingCodes(query, coder(of), inputs)),
    add: (of, records) =>
      ask(undefined, (query) =>
        saveCodes(
          query,
          coder(of),
          records.map((record) => ({ input: inputOf(record), record })),
        ),
      ),
  };
  try {
    return await work(share);
  } finally {
    await store.close();
  }
}
