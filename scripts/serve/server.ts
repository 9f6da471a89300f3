import { openStore } from '../../activities/store/client.js';
import { readConfig } from '../config.js';
import { type ApiParts, createApi } from './app.js';
import { EventFeed } from './event-feed.js';
import { type Listening, listen, type ServerPlace } from './listen.js';
import { pageFolder, readPage } from './page-files.js';

/** A server at work. */
export interface ApiServer {
  /** By which it is reached from this machine. */
  readonly url: string;
  /** All by which it is called, as host:port or host. */
  readonly names: ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * Starts the HTTP API.
 *
 * @param parts.home - that of the environment where absent
 * @throws {AthanorError} SERVICE_UNAVAILABLE if the port is taken
 */
export async function startServer(
  parts: Pick<ApiParts, 'control' | 'redact' | 'log' | 'place' | 'stopAt' | 'beatMs'> &
    Partial<Pick<ApiParts, 'home'>> & { readonly databaseUrl: string },
  place: ServerPlace,
): Promise<ApiServer> {
  const store = openStore(parts.databaseUrl, { connections: 8 });
  const feed = new EventFeed(parts.control.events.list, (error) => parts.log(error.message));
  const page = await readPage(pageFolder());
  let listening: Listening | null = null;
  const { home = readConfig(process.env).home } = parts;
  const api = createApi({ ...parts, home, store, feed, page, names: () => listening?.names ?? new Set() });
  try {
    listening = await listen(api.fetch, place);
  } catch (error) {
    await store.close();
    throw error;
  }
  const { url, names, close } = listening;
  return {
    ...{ url, names },
    close: async () => {
      await feed.close();
      close();
      await store.close();
    },
  };
}
