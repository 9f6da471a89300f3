import { listAudit } from '../../activities/store/audit.js';
import { findCampaign, loadOutline } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { lastRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { tallyOf } from '../../activities/tally.js';
import type { StopReason } from '../../models/domain/record.js';
import { initialState } from '../../workflows/loop.js';
import { firstRuleMet, restsOnValues, valueRules } from '../../workflows/stop-rules.js';
import { loopSettings } from '../loop-settings.js';

/**
 * Whether what a stopped campaign stopped for holds no more: people have ruled since its last round, and no rule is met by what
 * counts now. Whether a bound on the regret is, the next round would say.
 */
export async function isStopUndone(query: Query, id: string): Promise<boolean> {
  const head = await findCampaign(query, id);
  return head?.phase === 'stopped' && restsOnValues(head.stop) && (await reasonNow(query, id)) === null;
}

/**
 * What a stopped campaign would be stopped for: what it stopped for, unless it is a rule and people have ruled since its last
 * round; then that rule if it is still met by what counts now, else another that is, null if none is.
 */
export async function reasonNow(query: Query, id: string): Promise<StopReason | null> {
  const head = await findCampaign(query, id);
  const stop = head?.stop ?? null;
  if (stop === null || !restsOnValues(stop)) return stop?.reason ?? null;
  const round = await lastRound(query, id);
  const trials = await loadTrials(query, id);
  if (!trials.some(({ rulings = [] }) => rulings.some(({ sinceRound }) => sinceRound > round))) return stop.reason;
  const { spec } = await loadOutline(query, id);
  const settings = loopSettings(spec);
  const state = { ...initialState(settings), ...tallyOf(spec, trials, await listAudit(query, id)), round };
  const met = (lifted: readonly StopReason[]) => firstRuleMet(settings, { ...state, lifted })?.reason ?? null;
  return met(valueRules.filter((rule) => rule !== stop.reason)) ?? met(head?.loop?.lifted ?? []);
}
