import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.js';
import { areEnded, deadServers, ensureServices, type Services } from './services.js';

/** How often the servers' processes are looked at, and how often the servers themselves are asked, milliseconds. */
const look = { everyMs: 1_000, thoroughEveryMs: 30_000 } as const;
/** The longest pause between attempts to bring a server back, milliseconds. */
const longestPauseMs = 60_000;

/** What keeping servers needs. */
export interface KeepOptions {
  readonly log: (line: string) => void;
  /** Told when a server came back at another address, because its port was taken: who holds the old one must begin anew. */
  readonly onMoved: (services: Services) => void;
  /** Told when a person ended them: who works with them lets go until they run again (`servicesAgain`). */
  readonly onEnded: () => void;
  readonly signal: AbortSignal;
}

/**
 * Brings the home's own servers back when they die, on the same ports and with their data, until the signal is given or a
 * person ends them; servers given by the environment are not ours to keep. One keeper of several at a time starts
 * anything: the home's lock sees to it.
 *
 * @param services - where the servers are, as whoever asks for this knows them
 */
export async function keepServices(
  config: Config,
  services: Services,
  { log, onMoved, onEnded, signal }: KeepOptions,
): Promise<void> {
  let pauseMs: number = look.everyMs;
  for (let sinceAsked = 0; ; ) {
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    sinceAsked += pauseMs;
    const thorough = sinceAsked >= look.thoroughEveryMs;
    if (thorough) sinceAsked = 0;
    try {
      if (await areEnded(config)) return onEnded();
      const dead = await deadServers(config, thorough);
      if (dead.length > 0) {
        log(`${dead.join(' and ')} of ${config.home} ${dead.length === 1 ? 'has' : 'have'} died; starting again`);
        const now = await ensureServices(config, log, true);
        if (now.databaseUrl !== services.databaseUrl || now.temporalAddress !== services.temporalAddress) {
          log('a server came back at another address, as its port was taken');
          onMoved(now);
          return;
        }
        log(`${dead.join(' and ')}: running again`);
      }
      pauseMs = look.everyMs;
    } catch (error) {
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
      log(`cannot be started again, next attempt in ${pauseMs / 1000} s: ${(error as Error).message}`);
    }
  }
}

/**
 * Waits until servers that a person ended are wanted again by some command, and run.
 *
 * @returns where they are; null if the signal is given before
 */
export async function servicesAgain(
  config: Config,
  { log, signal }: Pick<KeepOptions, 'log' | 'signal'>,
): Promise<Services | null> {
  for (let pauseMs: number = look.everyMs; ; ) {
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
    if (await areEnded(config)) continue;
    try {
      return await ensureServices(config, log, true);
    } catch (error) {
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
      log(`cannot be reached, next attempt in ${pauseMs / 1000} s: ${(error as Error).message}`);
    }
  }
}
