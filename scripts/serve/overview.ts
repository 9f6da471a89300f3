import { z } from '@hono/zod-openapi';
import { loadOutline } from '../../activities/store/campaign.js';
import type { Query, Store } from '../../activities/store/client.js';
import { newestByCampaign } from '../../activities/store/event.js';
import { summarise } from '../../activities/store/summary.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { Kept } from './kept.js';
import { campaignHead } from './shapes.js';

/** A campaign as the first view tells it. */
export const overviewShape = campaignHead
  .extend({
    objective: z.object({ name: z.string(), unit: z.string().nullable(), direction: z.string() }),
    budget: z
      .object({ cost: z.number().nullable(), trials: z.number().nullable(), wallClockMs: z.number().nullable() })
      .nullable(),
    spent: z.number().openapi({ description: "in the unit of the fidelities' costs" }),
    running: z.int(),
    proposed: z.int(),
    ended: z.int(),
    measured: z.int(),
    failed: z.int(),
    quarantined: z.int(),
    best: z.object({ trialId: z.string(), value: z.number() }).nullable(),
    held: z
      .object({ who: z.string(), at: z.number(), note: z.string().nullable() })
      .nullable()
      .openapi({ description: 'who paused or drained it, where somebody did' }),
  })
  .openapi('CampaignOverview');
/** See `overviewShape`. */
export type CampaignOverview = z.infer<typeof overviewShape>;

/** Campaigns of which figures are kept. */
const mostKept = 500;

/** Figures of all campaigns, computed anew where something happened. */
export class Overview {
  private readonly kept = new Kept<CampaignOverview>(mostKept);

  constructor(private readonly store: Store) {}

  /** All campaigns: those that have not stopped first, then the newest. */
  async list(): Promise<readonly CampaignOverview[]> {
    const { query } = this.store;
    const newest = await newestByCampaign(query);
    const all: CampaignOverview[] = [];
    for (const [id, number] of newest) all.push(await this.kept.get(id, number, () => overviewOf(query, id)));
    const rank = ({ phase }: CampaignOverview) => (phase === 'stopped' ? 1 : 0);
    return all.sort((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  }
}

async function overviewOf(query: Query, id: string): Promise<CampaignOverview> {
  const summary = await summarise(query, id);
  const { spec } = await loadOutline(query, id);
  const { name, unit = null, direction } = primaryObjective(spec);
  const { phase, problem, stop, createdAt, endedAt, budget, best } = summary;
  const { spent, running, proposed, measured, failed, quarantined, cancelled } = summary;
  return {
    ...{ id, name: summary.name, phase, problem, stop, createdAt, endedAt, budget },
    ...{ spent, running, proposed, measured, failed, quarantined },
    objective: { name, unit, direction },
    ended: measured + failed + quarantined + cancelled,
    best: best === null ? null : { trialId: best.trialId, value: best.value },
    held: phase === 'paused' || phase === 'draining' ? await heldBy(query, id, phase) : null,
  };
}

async function heldBy(query: Query, id: string, phase: 'paused' | 'draining'): Promise<CampaignOverview['held']> {
  const [row] = await query(
    `SELECT who, at, details->>'note' AS note FROM audit WHERE campaign_id = $1 AND action = $2 ORDER BY at DESC LIMIT 1`,
    [id, phase === 'paused' ? 'pause' : 'drain'],
  );
  if (row === undefined) return null;
  return { who: row.who as string, at: (row.at as Date).getTime(), note: row.note as string | null };
}
