import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { AthanorError } from '../../models/domain/errors.js';

/** Where a server listens. */
export interface ServerPlace {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Further names by which it is called, as `lab.example.org`, with the port where that is not the one it listens on. */
  readonly names: readonly string[];
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** By which it is reached from this machine. */
  readonly url: string;
  /** All by which it is called, as host:port or host, lower case. */
  readonly names: ReadonlySet<string>;
  /** Ends it, with all that is under way. */
  close(): void;
}

/** Listens. @throws {AthanorError} SERVICE_UNAVAILABLE if the port is taken */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port, names }: ServerPlace,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch, hostname: host }) as Server;
  server.listen(port, host);
  try {
    await Promise.race([
      once(server, 'listening'),
      once(server, 'error').then(([error]) => {
        throw error;
      }),
    ]);
  } catch (cause) {
    throw new AthanorError('SERVICE_UNAVAILABLE', `cannot listen at ${host}:${port}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { port: taken } = server.address() as AddressInfo;
  const own = new Set<string>();
  const named = host.includes(':') ? `[${host}]` : host;
  for (const name of [named, 'localhost', '127.0.0.1', '[::1]']) own.add(`${name}:${taken}`.toLowerCase());
  for (const name of names) own.add(name.toLowerCase()).add(`${name}:${taken}`.toLowerCase());
  return {
    port: taken,
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : named}:${taken}`,
    names: own,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
