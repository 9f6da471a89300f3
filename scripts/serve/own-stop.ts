import { endStopd, keepStopd } from '../stopd/keep-stopd.js';
import type { ApiServer } from './server.js';
import type { StopAddress } from './stop-access.js';

/** The stop process that belongs to a server. */
export interface OwnStop {
  readonly at: StopAddress;
  /** By which it is reached from this machine, or by whom it was said. */
  readonly url: string;
  /** Ends it where it was started for this server: one that another unit or person started stays. */
  end(): Promise<void>;
}

/**
 * Has the stop process of a home take what pages of a server send it.
 *
 * @param given.port - where it listens; 0 for any that is free
 * @param given.url - by which pages reach it where a proxy is before it; null where they reach it by the server's names
 */
export async function ownStop(
  server: ApiServer,
  given: {
    readonly host: string;
    readonly port: number;
    readonly names: readonly string[];
    readonly url: string | null;
  },
  { jobs, environment }: { readonly jobs: string; readonly environment: NodeJS.ProcessEnv },
): Promise<OwnStop> {
  const { host, port, names, url } = given;
  const own = [
    ...names.map((name) => new URL(`http://${name}`).hostname),
    ...(url === null ? [] : [new URL(url).host]),
  ];
  const pages = [...server.names].flatMap((name) => [`http://${name}`, `https://${name}`]);
  const stopd = await keepStopd(jobs, { host, port, names: own, pages }, environment);
  return {
    at: url === null ? { port: stopd.port } : { url },
    url: url ?? `http://${new URL(server.url).hostname}:${stopd.port}`,
    end: async () => {
      if (stopd.isOwn) await endStopd(jobs);
    },
  };
}
