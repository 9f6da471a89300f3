import { writeRuling } from '../../activities/rule.js';
import { findCampaign, loadOutline } from '../../activities/store/campaign.js';
import type { Query, Store } from '../../activities/store/client.js';
import { exactJson } from '../../activities/store/exact-json.js';
import { findObservation } from '../../activities/store/observation.js';
import { lastRound } from '../../activities/store/proposal.js';
import { AthanorError } from '../../models/domain/errors.js';
import { timesRun } from '../../models/domain/record.js';
import { type Judgement, type Ruling, rulingFault } from '../../models/domain/ruling.js';
import { isSeenStale, type Seen, seenOf } from '../../models/domain/seen.js';
import { measuredNames } from '../../models/domain/standing.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type { Rule } from '../../workflows/messages.js';
import { knownTrial } from './people.js';
import { requestIdOf } from './request-id.js';
import { changedSince } from './who-was-first.js';

/**
 * Checks that a person may rule so on a trial: it has ended, and what counts of it can be judged so.
 *
 * Who says again what they ruled last, as when nobody had confirmed it in time, gives the same order, which is taken once.
 *
 * @param seen - how far its author knows the trial; as it is now where absent
 * @returns the ruling as its campaign takes it
 * @throws {AthanorError} NOT_FOUND, or WRONG_STATE that says why not, and who was first
 */
export async function rulingOn(query: Query, trialId: string, judgement: Judgement, seen?: Seen): Promise<Rule> {
  const trial = await knownTrial(query, trialId);
  const refuse = (why: string) => new AthanorError('WRONG_STATE', `trial '${trialId}' cannot be ruled on so: ${why}`);
  const generation = timesRun(trial);
  const given = await findObservation(query, trialId, generation);
  if (given === null)
    throw refuse(trial.state === 'running' ? 'it is in flight; only one that has ended can' : `it is ${trial.state}`);
  const { spec } = await loadOutline(query, parseTrialId(trialId).campaignId);
  const { who, why, verdict, values, cause } = judgement;
  const { rulings } = seenOf(trial);
  const last = trial.rulings?.at(-1);
  if (rulings > 0 && isSame(last!, judgement))
    return { who, note: why, trialId, generation, verdict, values, cause, after: rulings - 1 };
  if (seen !== undefined && isSeenStale(seen, { generation, rulings }))
    throw refuse(await changedSince(query, trialId));
  const fault = rulingFault(given, trial.observation, judgement, measuredNames(spec));
  if (fault !== null) throw refuse(fault);
  return { who, note: why, trialId, generation, verdict, values, cause, after: rulings };
}

function isSame(ruling: Ruling, judgement: Judgement): boolean {
  const of = ({ who, why, verdict, values, cause }: Judgement) => exactJson({ who, why, verdict, values, cause }, true);
  return of(ruling) === of(judgement);
}

/**
 * Writes a ruling down for a campaign that has stopped; it goes on no more for that, but what counts of it has changed.
 * @returns false if it has not stopped, and must be told itself
 */
export async function ruleOnStopped(store: Store, { note, ...given }: Rule): Promise<boolean> {
  const { campaignId } = parseTrialId(given.trialId);
  const campaign = await loadOutline(store.query, campaignId);
  const requestId = requestIdOf('rule', { note, ...given });
  return store.transaction(async (query) => {
    // Held, so that nobody lets it go on at the same moment.
    await query('SELECT 1 FROM campaign WHERE id = $1 FOR UPDATE', [campaignId]);
    if ((await findCampaign(query, campaignId))?.phase !== 'stopped') return false;
    const sinceRound = (await lastRound(query, campaignId)) + 1;
    const ruling = { ...given, why: note, requestId, sinceRound, at: Date.now() };
    await writeRuling(query, campaign, ruling);
    return true;
  });
}
