import type { Campaign, CampaignSpec } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import type { Space } from '../models/domain/space.js';
import type { DecideRequest } from '../models/strategy/decision.js';
import type { CampaignOutline } from './store/campaign.js';
import type { ArtefactAnswer } from './thread-artefacts.js';

/** A campaign whose pool is read, as the text it is stored as, only where it is not known yet. */
export interface StoredCampaign extends CampaignOutline {
  spaceText(): Promise<Uint8Array>;
}

/**
 * A request as a pool of threads takes it. Campaigns and trials are known again as objects: the same object is the same
 * campaign or trial as it was, and is not sent twice. Artefacts a thread asks for itself, once each.
 */
export interface PoolRequest extends Omit<DecideRequest, 'campaign'> {
  readonly campaign: Campaign | StoredCampaign;
}

/** What a decision thread is told. Keys stand for the objects of the pool. */
export type ThreadMessage =
  | { readonly type: 'forget'; readonly campaigns: readonly number[]; readonly spaces: readonly number[] }
  | { readonly type: 'space'; readonly space: number; readonly given: Space | Uint8Array }
  | {
      readonly type: 'campaign';
      readonly campaign: number;
      readonly space: number;
      readonly id: string;
      readonly spec: CampaignSpec;
    }
  | { readonly type: 'trials'; readonly campaign: number; readonly trials: readonly TrialRecord[] }
  | ArtefactAnswer
  | ThreadRequest;

/** A decision asked of a thread that has been told everything it needs. */
export interface ThreadRequest extends Omit<DecideRequest, 'campaign' | 'trials' | 'artefacts'> {
  readonly type: 'decide';
  readonly campaign: number;
  /** Ids of all trials of the request, in its order. */
  readonly trialIds: readonly string[];
}

/** Campaigns that a thread remembers, the one used last included. */
const campaignsKept = 16;
/** Text of the spaces that a thread remembers beside the one used last, in bytes. */
const spaceBytesKept = 2 ** 26;
/** Trials sent at once: the event loop has its turn in between. */
const trialsAtOnce = 100;

const keys = new WeakMap<object, number>();
let lastKey = 0;

function keyOf(given: object): number {
  const key = keys.get(given) ?? ++lastKey;
  keys.set(given, key);
  return key;
}

/** Knows what one thread has been told, and tells it what is missing. */
export class DecideFeed {
  /** Trial objects by campaign, and the campaign's space; in the order of last use. */
  private readonly campaigns = new Map<number, { space: number; trials: Map<string, TrialRecord> }>();
  /** Bytes of each space as text, in the order of last use. */
  private readonly spaces = new Map<number, number>();

  /** Whether the thread knows the campaign. */
  knows(campaign: PoolRequest['campaign']): boolean {
    return this.campaigns.has(keyOf(campaign));
  }

  /** How many campaigns the thread holds in memory. */
  get size(): number {
    return this.campaigns.size;
  }

  /** All that the thread must be told for a request, the request itself last; no message is long to send. */
  async *messages({ campaign, trials, artefacts: _, ...asked }: PoolRequest): AsyncGenerator<ThreadMessage, void> {
    const key = keyOf(campaign);
    const space = keyOf('spaceText' in campaign ? campaign : campaign.space);
    const told = this.campaigns.get(key)?.trials ?? new Map<string, TrialRecord>();
    const isNew = !this.campaigns.delete(key);
    this.campaigns.set(key, { space, trials: told });
    const size = this.spaces.get(space);
    const given = size === undefined ? await contentsOf(campaign) : null;
    this.spaces.delete(space);
    this.spaces.set(space, size ?? textBytes(given!));
    const old = this.forget();
    if (old !== null) yield old;
    if (given !== null) yield { type: 'space', space, given };
    if (isNew) yield { type: 'campaign', campaign: key, space, id: campaign.id, spec: campaign.spec };
    const news = trials.filter((trial) => told.get(trial.proposal.id) !== trial);
    for (const trial of news) told.set(trial.proposal.id, trial);
    for (let from = 0; from < news.length; from += trialsAtOnce)
      yield { type: 'trials', campaign: key, trials: news.slice(from, from + trialsAtOnce) };
    yield { type: 'decide', campaign: key, trialIds: trials.map((trial) => trial.proposal.id), ...asked };
  }

  /** Lets go of what was used longest ago: of spaces with their campaigns, and of campaigns. */
  private forget(): ThreadMessage | null {
    const spaces: number[] = [];
    let kept = 0;
    for (const [space, bytes] of [...this.spaces].reverse().slice(1)) {
      kept += bytes;
      if (kept > spaceBytesKept) spaces.push(space);
    }
    const campaigns = [...this.campaigns]
      .filter(([, { space }], i, all) => i < all.length - campaignsKept || spaces.includes(space))
      .map(([key]) => key);
    for (const space of spaces) this.spaces.delete(space);
    for (const key of campaigns) this.campaigns.delete(key);
    return spaces.length + campaigns.length === 0 ? null : { type: 'forget', campaigns, spaces };
  }
}

/** The space, whole: an object that is in memory already, or the bytes of its text, which are given away. */
function contentsOf(campaign: PoolRequest['campaign']): Space | Promise<Uint8Array> {
  return 'spaceText' in campaign ? campaign.spaceText() : campaign.space;
}

/** Bytes of a space's text, about. */
function textBytes(space: Space | Uint8Array): number {
  if (space instanceof Uint8Array) return space.length;
  return 25 * (space.pool?.ids.length ?? 0) * (space.parameters.length + 1);
}
