import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter, AdapterContext, AdapterType, Clock, Instrument } from '../../lab-adapters/contract.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { systemClock, VirtualClock } from './clock.js';
import type { Lane } from './lane.js';
import { RealLane, VirtualLane } from './lane.js';

/** Where adapters are made by the name in the campaign file: a registry. */
export interface AdapterSource {
  create(name: string, settings: unknown, context: AdapterContext): Adapter;
  /** What tells instruments of a type from one another; all of their settings where absent. */
  get?(name: string): Pick<AdapterType, 'name' | 'costSetting' | 'incidental'>;
}

/** The instruments of one campaign, by fidelity, with the time they live in. */
export interface Benches {
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly virtual: boolean;
  close(): Promise<void>;
}

/**
 * Makes the adapters of a campaign. Where all of them can live in virtual time they get a clock that jumps and no
 * folder, so they touch no disk; else the machine's clock, and a temporary folder that `close` removes. Levels on one
 * instrument share its folder, and those with the same settings its adapter.
 */
export async function openBenches(
  campaign: Campaign,
  registry: AdapterSource,
  log: (message: string) => void,
): Promise<Benches> {
  const clock = new VirtualClock();
  const virtual = make(campaign, registry, () => ({ clock, folder: '', log }));
  if ([...virtual.values()].every(({ adapter }) => adapter.traits.virtualTime)) {
    const close = () => closeAll(virtual);
    return { instruments: virtual, clock, lane: new VirtualLane(clock), virtual: true, close };
  }
  await closeAll(virtual);
  const folder = await mkdtemp(join(tmpdir(), 'athanor-'));
  const instruments = make(campaign, registry, (id) => ({
    clock: systemClock,
    folder: join(folder, encodeURIComponent(id)),
    log,
  }));
  const close = async () => {
    await closeAll(instruments);
    await rm(folder, { recursive: true, force: true });
  };
  return { instruments, clock: systemClock, lane: new RealLane(), virtual: false, close };
}

function make(campaign: Campaign, registry: AdapterSource, context: (id: string) => AdapterContext) {
  const made = new Map<string, Adapter>();
  return new Map(
    campaign.spec.fidelities.map(({ name, adapter: type, settings }) => {
      const names = instrumentNames(registry.get?.(type) ?? { name: type }, settings);
      const key = names.formerly ?? names.id;
      const adapter = made.get(key) ?? registry.create(type, settings, context(names.id));
      made.set(key, adapter);
      return [name, { ...names, type, adapter }] as const;
    }),
  );
}

async function closeAll(instruments: ReadonlyMap<string, Instrument>): Promise<void> {
  for (const adapter of new Set([...instruments.values()].map((one) => one.adapter))) await adapter.close();
}
