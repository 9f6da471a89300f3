import { stat } from 'node:fs/promises';
import { isConnectionLoss, openStore } from '../../activities/store/client.js';
import { type DestinationHealth, destinationHealth } from '../../activities/store/notice.js';
import type { Config } from '../config.js';
import { findServices } from '../local/services.js';
import { loadNotify, type NotifyDestination, notifyFile } from './notify-file.js';

/** How a destination goes, in words; null where there is nothing to say against it. */
export function troubleOf(health: DestinationHealth | undefined): string | null {
  if (health === undefined || health.trouble === null) return null;
  const since =
    health.troubleAt === null ? '' : `, ${health.troubleAt.toISOString().replace('T', ' ').slice(0, 16)} UTC`;
  const waiting = health.waiting === 0 ? '' : `; ${health.waiting} messages wait`;
  return `${health.name}: ${health.trouble}${since}${waiting}`;
}

/**
 * What keeps people from being told, a line each; none where nothing does, or nobody is to be told.
 * @param health - of destinations, as the store has it
 */
export async function notifyTroubles(
  home: string,
  environment: NodeJS.ProcessEnv,
  health: readonly DestinationHealth[],
): Promise<readonly string[]> {
  if ((await stat(notifyFile(home)).catch(() => null)) === null) return [];
  try {
    const named = new Set((await loadNotify(notifyFile(home), environment)).map(({ name }) => name));
    return health.filter(({ name }) => named.has(name)).flatMap((one) => troubleOf(one) ?? []);
  } catch (error) {
    return [`nobody is told: ${(error as Error).message}`];
  }
}

/**
 * Where people are told, in words, for `athanor doctor`; starts and sends nothing.
 * @throws {Error} in words, if the file is wrong or a destination does not take what is sent
 */
export async function notifyState(config: Config, environment: NodeJS.ProcessEnv): Promise<string> {
  const file = notifyFile(config.home);
  if ((await stat(file).catch(() => null)) === null) return `nobody is told: there is no ${file}`;
  const destinations = await loadNotify(file, environment);
  const health = await knownHealth(config, destinations);
  const troubles = health.flatMap((one) => troubleOf(one) ?? []);
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  return destinations.map(({ name }) => name).join(', ');
}

async function knownHealth(config: Config, destinations: readonly NotifyDestination[]) {
  const { databaseUrl } = await findServices(config);
  if (databaseUrl === null) return [];
  const store = openStore(databaseUrl, { connections: 1 });
  try {
    const names = new Set(destinations.map(({ name }) => name));
    return (await destinationHealth(store.query)).filter(({ name }) => names.has(name));
  } catch (error) {
    // A store from before there were destinations, or none that answers, which is said elsewhere.
    if ((error as { code?: unknown }).code === '42P01' || isConnectionLoss(error)) return [];
    throw error;
  } finally {
    await store.close();
  }
}
