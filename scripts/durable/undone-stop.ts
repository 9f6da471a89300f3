import { listAudit } from '../../activities/store/audit.js';
import { type CampaignHead, findCampaign, loadOutline } from '../../activities/store/campaign.js';
import { inForceNow } from '../../activities/store/change.js';
import type { Query } from '../../activities/store/client.js';
import { lastRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { tallyOf } from '../../activities/tally.js';
import { type BudgetInForce, type Changed, changesOf } from '../../models/domain/change.js';
import { type StopReason, spentOn, type TrialRecord } from '../../models/domain/record.js';
import { isAssured } from '../../workflows/changes.js';
import { initialState } from '../../workflows/loop.js';
import { firstRuleMet, restsOnValues, valueRules } from '../../workflows/stop-rules.js';
import { loopSettings } from '../loop-settings.js';
import { lastAssurances } from '../outcome.js';

/**
 * Whether what a stopped campaign stopped for holds no more: people have ruled since its last round, or changed its rules or budget,
 * and no rule is met by what counts now. Whether a bound on the regret is after a ruling, the next round would say.
 */
export async function isStopUndone(query: Query, id: string): Promise<boolean> {
  const head = await findCampaign(query, id);
  return head?.phase === 'stopped' && head.stop !== null && (await reasonNow(query, id)) === null;
}

/**
 * What a stopped campaign would be stopped for: what it stopped for, unless people have since its last round ruled, or changed what is
 * in force; then that if it still holds, else another rule that is met by what counts now, null if none is.
 */
export async function reasonNow(query: Query, id: string): Promise<StopReason | null> {
  const head = await findCampaign(query, id);
  const stop = head?.stop ?? null;
  if (head === null || stop === null) return null;
  const round = await lastRound(query, id);
  const trials = await loadTrials(query, id);
  const audit = await listAudit(query, id);
  const since = changesOf(audit).filter(({ told }) => told !== null && told.sinceRound > round);
  const { spec } = await loadOutline(query, id);
  const { budget, stop: rules, lifted } = inForceNow(head, spec, audit);
  if (!restsOnValues(stop)) return isBudgetUsedUp(stop.reason, since, budget, head, trials) ? stop.reason : null;
  const isRuled = trials.some(({ rulings = [] }) => rulings.some(({ sinceRound }) => sinceRound > round));
  if (!isRuled && !since.some(isOfRules)) return stop.reason;
  const settings = loopSettings(spec);
  const state = { ...initialState(settings), ...tallyOf(spec, trials, audit), rules, round };
  const met = (given: readonly StopReason[]) => firstRuleMet(settings, { ...state, lifted: given })?.reason ?? null;
  if (stop.reason === 'regretBound' && !isRuled && isAssured(rules, lastAssurances({ trials }))) return stop.reason;
  return met(valueRules.filter((rule) => rule !== stop.reason)) ?? met(lifted);
}

/** Whether a reason that no value of a trial is to blame for still holds after these changes. */
function isBudgetUsedUp(
  reason: StopReason,
  since: readonly Changed[],
  { cost, trials: most, wallClockMs }: BudgetInForce,
  { createdAt, endedAt }: CampaignHead,
  trials: readonly TrialRecord[],
): boolean {
  // Where parameters keep to other values than before there may be designs again; the next round says it.
  if (reason === 'exhausted') return !since.some((changed) => isOfFixed(changed) && changed.at >= (endedAt ?? 0));
  if (!since.some((changed) => isOfBudget(changed) && changed.at >= (endedAt ?? 0))) return true;
  const run = trials.filter(({ state }) => state === 'ended').length;
  const spent = trials.reduce((sum, trial) => sum + spentOn(trial), 0);
  if (reason === 'budgetCost') return cost !== null && !(cost > spent);
  if (reason === 'budgetTrials') return most !== null && !(most > run);
  if (reason === 'wallClock') return wallClockMs !== null && createdAt + wallClockMs <= Date.now();
  return true;
}

function isOfRules({ told }: Changed): boolean {
  return JSON.stringify(told?.was.stop) !== JSON.stringify(told?.is.stop);
}

function isOfFixed({ told }: Changed): boolean {
  return JSON.stringify(told?.was.fixed) !== JSON.stringify(told?.is.fixed);
}

function isOfBudget({ told }: Changed): boolean {
  return JSON.stringify(told?.was.budget) !== JSON.stringify(told?.is.budget);
}
