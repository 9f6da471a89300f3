import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignOutline } from '../../activities/store/campaign.js';
import type { StoredLab } from '../../activities/store/lab.js';
import type { Adapter, Instrument } from '../../lab-adapters/contract.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AdapterError } from '../../models/domain/errors.js';
import { byPerson } from '../../models/domain/fidelity.js';
import { instrumentsFor, parseSlotName, resourceId } from '../../models/domain/lab.js';
import { rawLimits } from '../../models/domain/raw-limits.js';
import { withCost } from '../campaign-file/adapter-settings.js';
import { systemClock } from '../simulate/clock.js';

/** The instruments of labs that this process drives. */
export interface LabBench {
  /**
   * The instrument that a fidelity is measured on.
   *
   * @param slot - that is leased; where none is, any instrument that can is as good, as nothing is begun on it
   */
  instrumentFor(campaign: CampaignOutline, fidelity: string, slot?: string, on?: string): Promise<Instrument>;
  close(): Promise<void>;
}

/** Where labs and adapters come from. */
export interface LabSource {
  labOf(name: string): Promise<StoredLab>;
  registryFor(modules: readonly string[]): Promise<Pick<AdapterRegistry, 'create' | 'get'>>;
  /** The adapter of people. */
  readonly people: Adapter;
  /** Bytes of one raw output that are kept; as `models/domain/raw-limits.ts` says where absent. */
  readonly rawFileBytes?: number | undefined;
}

/**
 * Makes adapters by the lab as it is registered when they are asked for: where its settings have changed, trials that begin from
 * then on get an adapter with the new ones, over the same folder, and those in flight end with theirs.
 *
 * @param home - where each instrument has a folder
 */
export function createLabBench(home: string, log: (message: string) => void, source: LabSource): LabBench {
  const adapters = new Map<string, Promise<Adapter>>();
  return {
    async instrumentFor({ spec }, fidelity, slot, on) {
      const level = spec.fidelities.find(({ name }) => name === fidelity)!;
      const wanted = on ?? level.instrument!;
      const named = spec.lab as { readonly name: string };
      const { definition: lab } = await source.labOf(named.name);
      const name = slot === undefined ? instrumentsFor(lab, wanted)[0] : parseSlotName(slot)?.name;
      const instrument = name === undefined ? undefined : lab.instruments[name];
      if (name === undefined || instrument === undefined)
        throw new AdapterError(`lab '${lab.name}' has no instrument '${slot ?? wanted}' now`);
      if (instrument.adapter === byPerson)
        return { id: resourceId(lab.name, name), type: byPerson, adapter: source.people };
      const registry = await source.registryFor(lab.adapters);
      // What a step costs is not what the trial does.
      const cost = level.recipe === undefined ? level.cost : undefined;
      const settings = withCost(registry.get(instrument.adapter), instrument.settings, cost);
      const id = resourceId(lab.name, name);
      const key = JSON.stringify([id, instrument.adapter, settings, lab.adapters]);
      const made = adapters.get(key) ?? make(id, instrument.adapter, settings, registry);
      adapters.set(key, made);
      made.catch(() => adapters.delete(key));
      return { id, type: instrument.adapter, adapter: await made };
    },
    async close() {
      const all = [...adapters.values()];
      adapters.clear();
      await Promise.allSettled(all.map(async (adapter) => (await adapter).close()));
    },
  };

  async function make(
    id: string,
    type: string,
    settings: Readonly<Record<string, unknown>>,
    registry: Pick<AdapterRegistry, 'create'>,
  ): Promise<Adapter> {
    const folder = join(home, 'instruments', encodeURIComponent(id));
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
      throw new AdapterError(`cannot make the folder of ${id} in ${home}: ${cause.message}`, { cause });
    });
    const { rawFileBytes = rawLimits.fileBytes } = source;
    const tell = (line: string) => log(`${id}: ${line}`);
    return registry.create(type, settings, { clock: systemClock, folder, log: tell, rawFileBytes });
  }
}
