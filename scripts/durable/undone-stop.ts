import { listAudit } from '../../activities/store/audit.js';
import { findCampaign, loadOutline } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { lastRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { tallyOf } from '../../activities/tally.js';
import { initialState } from '../../workflows/loop.js';
import { firstRuleMet, restsOnValues } from '../../workflows/stop-rules.js';
import { loopSettings } from '../loop-settings.js';

/**
 * Whether what a stopped campaign stopped for holds no more: people have ruled since its last round, and no rule is met by what
 * counts now. Whether a bound on the regret is, the next round would say.
 */
export async function isStopUndone(query: Query, id: string): Promise<boolean> {
  const head = await findCampaign(query, id);
  if (head?.phase !== 'stopped' || !restsOnValues(head.stop)) return false;
  const round = await lastRound(query, id);
  const trials = await loadTrials(query, id);
  if (!trials.some(({ rulings = [] }) => rulings.some(({ sinceRound }) => sinceRound > round))) return false;
  const { spec } = await loadOutline(query, id);
  const settings = loopSettings(spec);
  const tally = tallyOf(spec, trials, await listAudit(query, id));
  const lifted = head.loop?.lifted ?? [];
  return firstRuleMet(settings, { ...initialState(settings), ...tally, round, lifted }) === null;
}
