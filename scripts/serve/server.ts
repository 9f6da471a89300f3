import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { openStore } from '../../activities/store/client.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type ApiParts, createApi } from './app.js';
import { EventFeed } from './event-feed.js';
import { pageFolder, readPage } from './page-files.js';

/** Where a server listens. */
export interface ServerPlace {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Further names by which it is called, as `lab.example.org`, with the port where that is not the one it listens on. */
  readonly names: readonly string[];
}

/** A server at work. */
export interface ApiServer {
  /** By which it is reached from this machine. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the HTTP API.
 * @throws {AthanorError} SERVICE_UNAVAILABLE if the port is taken
 */
export async function startServer(
  parts: Pick<ApiParts, 'control' | 'redact' | 'log' | 'place' | 'beatMs'> & { readonly databaseUrl: string },
  { host, port, names }: ServerPlace,
): Promise<ApiServer> {
  const store = openStore(parts.databaseUrl, { connections: 8 });
  const feed = new EventFeed(parts.control.events.list, (error) => parts.log(error.message));
  const own = new Set<string>();
  const page = await readPage(pageFolder());
  const api = createApi({ ...parts, store, feed, page, names: () => own });
  const server = createAdaptorServer({ fetch: api.fetch, hostname: host }) as Server;
  server.listen(port, host);
  try {
    await Promise.race([
      once(server, 'listening'),
      once(server, 'error').then(([error]) => {
        throw error;
      }),
    ]);
  } catch (cause) {
    await store.close();
    throw new AthanorError('SERVICE_UNAVAILABLE', `cannot listen at ${host}:${port}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { port: taken } = server.address() as AddressInfo;
  const named = host.includes(':') ? `[${host}]` : host;
  for (const name of [named, 'localhost', '127.0.0.1', '[::1]']) own.add(`${name}:${taken}`.toLowerCase());
  for (const name of names) own.add(name.toLowerCase()).add(`${name}:${taken}`.toLowerCase());
  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : named}:${taken}`,
    close: async () => {
      await feed.close();
      server.close();
      server.closeAllConnections();
      await store.close();
    },
  };
}
