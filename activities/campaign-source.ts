import type { CampaignSpec } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import { isFinal } from '../models/domain/standing.js';
import type { StoredCampaign } from './decide-feed.js';
import { loadOutline, loadSpaceText } from './store/campaign.js';
import type { Store } from './store/client.js';
import { loadTrials } from './store/record.js';
import { countRulings } from './store/ruling.js';

const campaignsKept = 64;

/** Campaigns and their trials, read from the store once per process as far as they can no longer change. */
export interface CampaignSource {
  /** The campaign without its pool, the same object every time: the pool is read where decisions are made. */
  campaign(id: string): Promise<StoredCampaign>;
  /** All trials in the order of their ids; one that is over is the same object every time. */
  trials(id: string): Promise<readonly TrialRecord[]>;
}

interface Entry {
  readonly campaign: Promise<StoredCampaign>;
  readonly over: Map<string, TrialRecord>;
}

/** A source that remembers the campaigns used last. */
export function createCampaignSource(store: Store): CampaignSource {
  const entries = new Map<string, Entry>();
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id) ?? { campaign: open(store, id), over: new Map() };
    // Set anew, so that the map's order is that of last use.
    entries.delete(id);
    entries.set(id, entry);
    entry.campaign.catch(() => entries.delete(id));
    if (entries.size > campaignsKept) entries.delete(entries.keys().next().value!);
    return entry;
  };
  return {
    campaign: (id) => entryOf(id).campaign,
    trials: async (id) => {
      const { over } = entryOf(id);
      for (const [trial, rulings] of await countRulings(store.query, id))
        if (over.has(trial) && (over.get(trial)!.rulings?.length ?? 0) !== rulings) over.delete(trial);
      const read = await loadTrials(store.query, id, [...over.keys()]);
      const { spec } = await entryOf(id).campaign;
      for (const trial of read) if (isForGood(spec, trial)) over.set(trial.proposal.id, trial);
      const running = read.filter((trial) => !over.has(trial.proposal.id));
      return [...over.values(), ...running].sort(
        ({ proposal: a }, { proposal: b }) => a.round - b.round || a.index - b.index,
      );
    },
  };
}

/** Any other trial that has ended a person may have done again; what people rule on these is noticed by its number. */
function isForGood(spec: CampaignSpec, { state, observation }: TrialRecord): boolean {
  return state === 'withdrawn' || (observation !== null && isFinal(spec, observation));
}

async function open(store: Store, id: string): Promise<StoredCampaign> {
  const outline = await loadOutline(store.query, id);
  return { ...outline, spaceText: () => loadSpaceText(store.query, id) };
}
