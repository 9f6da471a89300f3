import type { CampaignOutline } from '../../activities/store/campaign.js';
import type { Adapter, AdapterType, Instrument } from '../../lab-adapters/contract.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { rawLimits } from '../../models/domain/raw-limits.js';
import { registryFor as registryOfSpec } from '../campaign-registry.js';
import { systemClock } from '../simulate/clock.js';
import { adapterFolder } from './adapter-folder.js';

/** The adapter types a campaign or lab may name, those of its own modules included, which are given as absolute files. */
export type RegistryFor = (modules: readonly string[]) => Promise<Pick<AdapterRegistry, 'create' | 'get'>>;

/** The instruments of all campaigns that this process works for. */
export interface AdapterBench {
  /** The instrument of one fidelity: the same adapter every time, for whatever campaigns and levels have the same settings. */
  instrumentFor(campaign: CampaignOutline, fidelity: string): Promise<Instrument>;
  close(): Promise<void>;
}

/**
 * Makes adapters when they are first asked for. Each instrument has one folder in the home, where the next process finds its
 * jobs, and one adapter, which knows of the jobs of all campaigns and levels that use it. Costs and time limits, which tell no
 * instrument from another, are the adapter's own: levels that differ in them have an adapter each, over the same folder.
 */
export function createAdapterBench(
  home: string,
  log: (message: string) => void,
  registryFor: RegistryFor = (modules) => registryOfSpec({ adapters: modules }),
  rawFileBytes = rawLimits.fileBytes,
): AdapterBench {
  const levels = new Map<string, Promise<Instrument>>();
  const adapters = new Map<AdapterType, Map<string, Adapter>>();
  const make = async (campaign: CampaignOutline, fidelity: string): Promise<Instrument> => {
    const index = campaign.spec.fidelities.findIndex(({ name }) => name === fidelity);
    const { adapter: name, settings } = campaign.spec.fidelities[index]!;
    const registry = await registryFor(campaign.spec.adapters);
    const type = registry.get(name);
    const names = instrumentNames(type, settings);
    const place = { campaignId: campaign.id, level: index + 1, fidelity, instrument: names.id };
    const folder = await adapterFolder(home, place);
    // Nothing is waited for from here on: of several that ask at once one makes it.
    const made = adapters.get(type) ?? new Map<string, Adapter>();
    adapters.set(type, made);
    const key = JSON.stringify([folder, names.formerly ?? names.id]);
    const tell = (message: string) => log(`${names.id}: ${message}`);
    const adapter =
      made.get(key) ?? registry.create(name, settings, { clock: systemClock, folder, log: tell, rawFileBytes });
    made.set(key, adapter);
    return { ...names, type: name, adapter };
  };
  return {
    instrumentFor(campaign, fidelity) {
      const key = JSON.stringify([campaign.id, fidelity]);
      const made = levels.get(key) ?? make(campaign, fidelity);
      levels.set(key, made);
      made.catch(() => levels.delete(key));
      return made;
    },
    async close() {
      await Promise.allSettled(levels.values());
      const all = [...adapters.values()].flatMap((made) => [...made.values()]);
      levels.clear();
      adapters.clear();
      await Promise.allSettled(all.map((adapter) => adapter.close()));
    },
  };
}
