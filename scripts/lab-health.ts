import { call } from '../activities/device-call.js';
import type { AdapterRegistry } from '../lab-adapters/registry.js';
import { byPerson } from '../models/domain/fidelity.js';
import type { LabSpec } from '../models/domain/lab.js';
import { cleanLine } from './failure-line.js';
import { systemClock } from './simulate/clock.js';

/** How long an instrument has to answer, milliseconds. */
const patienceMs = 10_000;

/** What an instrument says of itself. */
export interface InstrumentHealth {
  readonly name: string;
  readonly state: 'ready' | 'not ready' | 'not asked';
  /** What there is to say; empty where nothing. */
  readonly text: string;
}

/**
 * Asks the instruments of a lab that this machine reaches how they are, as far as their adapters can; moves nothing. Those that
 * have a worker of their own are not asked from here.
 */
export function instrumentHealth(
  { instruments }: LabSpec,
  registry: AdapterRegistry,
  log: (line: string) => void,
): Promise<readonly InstrumentHealth[]> {
  return Promise.all(
    Object.entries(instruments).map(async ([name, { adapter, settings, worker }]): Promise<InstrumentHealth> => {
      if (worker !== undefined) return { name, state: 'not asked', text: `the worker on ${worker} drives it` };
      if (adapter === byPerson)
        return { name, state: 'not asked', text: "people, who find in 'athanor inbox' what to do" };
      try {
        const made = registry.create(adapter, settings, { clock: systemClock, folder: '', log });
        try {
          if (made.health === undefined) return { name, state: 'not asked', text: `adapter ${adapter} cannot tell` };
          const { ok, message, remedy } = await call('health', made.health(), patienceMs);
          const text = cleanLine(remedy === undefined ? message : `${message}; ${remedy}`);
          return { name, state: ok ? 'ready' : 'not ready', text };
        } finally {
          await call('close', made.close(), patienceMs).catch(() => undefined);
        }
      } catch (error) {
        return { name, state: 'not ready', text: cleanLine((error as Error).message) };
      }
    }),
  );
}
