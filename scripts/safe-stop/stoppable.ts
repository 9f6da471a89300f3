import type { RegistryFor } from '../durable/adapter-bench.js';
import { keepGuard } from './keep-guard.js';
import { keepingRegistry } from './keeping-registry.js';
import { latchedBy } from './latch.js';

/** A worker's part in safe stops. */
export interface Stoppable {
  /** The adapters that a campaign or lab may name; each instrument that is made of them is kept for a safe stop. */
  readonly registryFor: RegistryFor;
  /** Why nothing may begin on an instrument, null where it may. */
  latchedBy(instrument: string): string | null;
  /** The worker lets go; the guard stays. */
  leave(): Promise<void>;
}

/** Has what a worker drives be stopped safely, also once the worker is dead: the home is guarded, and its latches are kept to. */
export function stoppable(jobs: string, registryFor: RegistryFor, log: (line: string) => void): Stoppable {
  const guard = keepGuard(jobs, log);
  const onKept = () => guard.look();
  return {
    registryFor: async (modules) => keepingRegistry(await registryFor(modules), { jobs, modules, log, onKept }),
    latchedBy: (instrument) => latchedBy(jobs, instrument),
    leave: async () => guard.leave(),
  };
}
