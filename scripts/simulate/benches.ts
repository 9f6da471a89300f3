import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter, AdapterContext, Clock } from '../../lab-adapters/contract.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { systemClock, VirtualClock } from './clock.js';
import type { Lane } from './lane.js';
import { RealLane, VirtualLane } from './lane.js';

/** Where adapters are made by the name in the campaign file: a registry. */
export interface AdapterSource {
  create(name: string, settings: unknown, context: AdapterContext): Adapter;
}

/** The adapters of one campaign, by fidelity, with the time they live in. */
export interface Benches {
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly virtual: boolean;
  close(): Promise<void>;
}

/**
 * Makes the adapters of a campaign. Where all of them can live in virtual time they get a clock that jumps and no
 * folder, so they touch no disk; else the machine's clock, and a temporary folder that `close` removes.
 */
export async function openBenches(
  campaign: Campaign,
  registry: AdapterSource,
  log: (message: string) => void,
): Promise<Benches> {
  const clock = new VirtualClock();
  const virtual = make(campaign, registry, () => ({ clock, folder: '', log }));
  if ([...virtual.values()].every((adapter) => adapter.traits.virtualTime)) {
    const close = () => closeAll(virtual);
    return { adapters: virtual, clock, lane: new VirtualLane(clock), virtual: true, close };
  }
  await closeAll(virtual);
  const folder = await mkdtemp(join(tmpdir(), 'athanor-'));
  const adapters = make(campaign, registry, (i) => ({
    clock: systemClock,
    folder: join(folder, `adapter-${i + 1}`),
    log,
  }));
  const close = async () => {
    await closeAll(adapters);
    await rm(folder, { recursive: true, force: true });
  };
  return { adapters, clock: systemClock, lane: new RealLane(), virtual: false, close };
}

function make(campaign: Campaign, registry: AdapterSource, context: (i: number) => AdapterContext) {
  return new Map(
    campaign.spec.fidelities.map(({ name, adapter, settings }, i) => {
      return [name, registry.create(adapter, settings, context(i))] as const;
    }),
  );
}

async function closeAll(adapters: ReadonlyMap<string, Adapter>): Promise<void> {
  for (const adapter of adapters.values()) await adapter.close();
}
