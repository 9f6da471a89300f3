import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter, AdapterContext, AdapterType, Clock, Instrument } from '../../lab-adapters/contract.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { ContractError } from '../../models/domain/errors.js';
import { isOfLab } from '../../models/domain/fidelity.js';
import { instrumentsFor } from '../../models/domain/lab.js';
import { systemClock, VirtualClock } from './clock.js';
import type { SimulatedLab } from './drive-steps.js';
import { LabLeases } from './lab-leases.js';
import type { Lane } from './lane.js';
import { RealLane, VirtualLane } from './lane.js';

/** Where adapters are made by the name in the campaign file: a registry. */
export interface AdapterSource {
  create(name: string, settings: unknown, context: AdapterContext): Adapter;
  /** What tells instruments of a type from one another; all of their settings where absent. */
  get?(name: string): Pick<AdapterType, 'name' | 'costSetting' | 'incidental'>;
}

/** The instruments of one campaign, with the time they live in. */
export interface Benches {
  /** By fidelity, of those that have one of their own. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Null where the campaign has none. */
  readonly lab: SimulatedLab | null;
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
  if (campaign.lab === undefined && campaign.spec.fidelities.some(isOfLab))
    throw new ContractError(
      `'${campaign.id}' names instruments of a lab: read it from its file, which says where that is`,
    );
  const clock = new VirtualClock();
  const virtual = make(campaign, registry, () => ({ clock, folder: '', log }));
  if (adaptersOf(virtual).every(({ traits }) => traits.virtualTime)) {
    const close = () => closeAll(virtual);
    return { ...benchesOf(campaign, virtual, clock), lane: new VirtualLane(clock), virtual: true, close };
  }
  await closeAll(virtual);
  const folder = await mkdtemp(join(tmpdir(), 'athanor-'));
  const made = make(campaign, registry, (id) => ({
    clock: systemClock,
    folder: join(folder, encodeURIComponent(id)),
    log,
  }));
  const close = async () => {
    await closeAll(made);
    await rm(folder, { recursive: true, force: true });
  };
  return { ...benchesOf(campaign, made, systemClock), lane: new RealLane(), virtual: false, close };
}

interface Made {
  readonly levels: ReadonlyMap<string, Instrument>;
  readonly lab: ReadonlyMap<string, Instrument>;
}

function benchesOf({ lab }: Campaign, made: Made, clock: Clock): Pick<Benches, 'instruments' | 'lab' | 'clock'> {
  if (lab === undefined) return { instruments: made.levels, lab: null, clock };
  return {
    instruments: made.levels,
    lab: { spec: lab, leases: new LabLeases(lab, clock), instruments: made.lab },
    clock,
  };
}

function make(campaign: Campaign, registry: AdapterSource, context: (id: string) => AdapterContext): Made {
  const { spec, lab } = campaign;
  const made = new Map<string, Adapter>();
  const levels = spec.fidelities
    .filter((level) => !isOfLab(level))
    .map(({ name, adapter: type, settings }) => {
      const names = instrumentNames(registry.get?.(type) ?? { name: type }, settings);
      const key = names.formerly ?? names.id;
      const adapter = made.get(key) ?? registry.create(type, settings, context(names.id));
      made.set(key, adapter);
      return [name, { ...names, type, adapter }] as const;
    });
  const wanted = spec.fidelities.flatMap(({ instrument, recipe = [] }) => [
    ...(instrument === undefined ? [] : [instrument]),
    ...recipe.flatMap(({ on, undo }) => [on, ...(undo?.on === undefined ? [] : [undo.on])]),
  ]);
  const used = lab === undefined ? [] : new Set(wanted.flatMap((name) => instrumentsFor(lab, name)));
  const instruments = [...used].map((name) => {
    const { adapter: type, settings } = lab!.instruments[name]!;
    const id = `${lab!.name}/${name}`;
    return [name, { id, type, adapter: registry.create(type, settings, context(id)) }] as const;
  });
  return { levels: new Map(levels), lab: new Map(instruments) };
}

function adaptersOf({ levels, lab }: Made): readonly Adapter[] {
  return [...new Set([...levels.values(), ...lab.values()].map(({ adapter }) => adapter))];
}

async function closeAll(made: Made): Promise<void> {
  for (const adapter of adaptersOf(made)) await adapter.close();
}
