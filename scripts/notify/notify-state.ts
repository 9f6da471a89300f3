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
    const { destinations, unset } = await readable(notifyFile(home), environment);
    const named = new Set(destinations.map(({ name }) => name));
    const troubles = health.filter(({ name }) => named.has(name)).flatMap((one) => troubleOf(one) ?? []);
    const untaken = [...unset].filter(([name]) => !health.some((one) => one.name === name));
    return [...troubles, ...untaken.map(([name, variables]) => `${name}: ${unsetText(variables, null)}`)];
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
  const { destinations, unset } = await readable(file, environment);
  const health = await knownHealth(config, destinations);
  const troubles = health.flatMap((one) => troubleOf(one) ?? []);
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  return destinations
    .map(({ name }) => {
      const variables = unset.get(name);
      if (variables === undefined) return name;
      return `${name} (${unsetText(variables, health.find((one) => one.name === name) ?? null)})`;
    })
    .join(', ');
}

/** The destinations of a file, and the variables of each that are not set here: the worker may have them. */
async function readable(file: string, environment: NodeJS.ProcessEnv) {
  const unset = new Map<string, string[]>();
  const destinations = await loadNotify(file, environment, (name, variable) => {
    unset.set(name, [...(unset.get(name) ?? []), variable]);
  });
  return { destinations, unset };
}

/** What is known of variables that are not set here. @param health - as workers left it; null where none has told of it */
function unsetText(variables: readonly string[], health: DestinationHealth | null): string {
  const here = `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} not set in this shell`;
  if (health === null)
    return `${here}, and no worker has taken it up yet: it needs ${variables.length === 1 ? 'it' : 'them'}`;
  const last =
    health.toldAt === null ? '' : `, last told ${health.toldAt.toISOString().replace('T', ' ').slice(0, 16)} UTC`;
  return `${here}; a worker has taken it up${last}`;
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
