import { call } from '../../activities/device-call.js';
import type { Adapter } from '../../lab-adapters/contract.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import { systemClock } from '../simulate/clock.js';

/** Milliseconds that an adapter has to let go again. */
const closeTimeoutMs = 10_000;

/** What an adapter says of itself once it is made. */
export interface Made {
  /** What is wrong with it, whoever makes it; null where nothing is. */
  readonly fault: string | null;
  /** Why it cannot be made here and now, which may pass, or be otherwise in the worker; null where it can. */
  readonly trouble: string | null;
  /** Name of the instrument if that takes one trial at a time, else null. */
  readonly exclusive: string | null;
}

/** Makes an adapter, asks nothing of it but what it says of itself, and lets it go. */
export async function madeAdapter(
  registry: AdapterRegistry,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Made> {
  const none = { fault: null, trouble: null, exclusive: null };
  let adapter: Adapter;
  try {
    adapter = registry.create(name, settings, { clock: systemClock, folder: '', log: () => undefined });
  } catch (error) {
    if (!(error instanceof AthanorError)) throw error;
    return error.code === 'ADAPTER' ? { ...none, trouble: error.message } : { ...none, fault: error.message };
  }
  try {
    return adapter.traits.exclusive ? { ...none, exclusive: instrumentNames(registry.get(name), settings).id } : none;
  } finally {
    // What comes of it is no matter: nothing was begun.
    await call('close', adapter.close(), closeTimeoutMs).catch(() => undefined);
  }
}
