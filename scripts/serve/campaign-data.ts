import { listAudit } from '../../activities/store/audit.js';
import { findCampaign, loadCampaign, noCampaign } from '../../activities/store/campaign.js';
import type { Store } from '../../activities/store/client.js';
import { newestByCampaign } from '../../activities/store/event.js';
import { loadTrials } from '../../activities/store/record.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { Kept } from './kept.js';

/** Campaigns of which all trials are kept in memory; those that nobody looks at go. */
const mostKept = 8;
/** What is made of a campaign that goes on is made again at most so often, milliseconds: thousands of trials take a second. */
const apartMs = 1_000;

/** The records of campaigns, without the bytes of artefacts, read again only where something happened. */
export class CampaignData {
  private readonly kept = new Kept<CampaignRecord>(mostKept);
  private readonly asked = new Map<string, { readonly at: number; readonly newest: number }>();

  constructor(private readonly store: Store) {}

  /** A number that grows with what is written of a campaign. @throws {AthanorError} NOT_FOUND */
  async newest(id: string): Promise<number> {
    const known = this.asked.get(id);
    if (known !== undefined && Date.now() - known.at < apartMs) return known.newest;
    const newest = (await newestByCampaign(this.store.query, id)).get(id);
    if (newest === undefined) throw await noCampaign(this.store.query, id);
    this.asked.set(id, { at: Date.now(), newest });
    return newest;
  }

  /** @throws {AthanorError} NOT_FOUND */
  async record(id: string): Promise<CampaignRecord> {
    return this.kept.get(id, await this.newest(id), () => this.read(id));
  }

  private async read(id: string): Promise<CampaignRecord> {
    const { query } = this.store;
    const head = await findCampaign(query, id);
    if (head === null) throw await noCampaign(query, id);
    const { phase, stop } = head;
    const campaign = await loadCampaign(query, id);
    return { campaign, phase, stop, trials: await loadTrials(query, id), audit: await listAudit(query, id) };
  }
}
