import { hasComputed, withComputed } from '../models/domain/computed.js';
import { ContractError } from '../models/domain/errors.js';
import { measuredNames } from '../models/domain/standing.js';
import type { RulingEffect } from '../workflows/loop.js';
import type { CampaignSource } from './campaign-source.js';
import { notTakenBack } from './placed-trial.js';
import { knownOf } from './store/acts.js';
import { listAudit, saveAudit } from './store/audit.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Query, Store } from './store/client.js';
import { stepsLeft } from './store/left-behind.js';
import { type Counted, type NewRuling, saveRuling } from './store/ruling.js';
import { loadTrial } from './store/trial.js';
import { frontOf, tallyOf } from './tally.js';

/** A person's ruling, as the campaign has it written down. */
export interface RuleInput extends NewRuling {
  readonly campaignId: string;
  /** Trials in flight, whose ends the campaign has not heard of. */
  readonly pending: readonly string[];
}

/**
 * The front of a campaign by all that was measured of its designs.
 *
 * @param input - `pending`: trials in flight, whose ends the campaign has not heard of
 */
export async function averageDesigns(
  { source }: { readonly source: CampaignSource },
  { campaignId, pending }: { readonly campaignId: string; readonly pending: readonly string[] },
): Promise<RulingEffect['front']> {
  const { spec } = await source.campaign(campaignId);
  return frontOf(spec, await endedTrials(source, campaignId, pending));
}

/** Writes a ruling down, once, and says what follows from it for the campaign. */
export async function ruleTrial(
  { store, source }: { readonly store: Store; readonly source: CampaignSource },
  { campaignId, pending, ...ruling }: RuleInput,
): Promise<RulingEffect> {
  const campaign = await source.campaign(campaignId);
  const { spec } = campaign;
  const { was, is } = await store.transaction((query) => writeRuling(query, campaign, ruling));
  const left = await stepsLeft(store.query, ruling);
  const trouble = left.length === 0 ? {} : { trouble: notTakenBack(ruling.trialId, left) };
  const known = await endedTrials(source, campaignId, pending);
  const tally = tallyOf(spec, known, await listAudit(store.query, campaignId));
  return { was: worth(was), is: worth(is), ...tally, ...trouble };
}

/** Writes a ruling down with the decisions of people; to be called in a transaction. */
export async function writeRuling(query: Query, campaign: CampaignOutline, ruling: NewRuling): Promise<Counted> {
  const { id: campaignId, spec } = campaign;
  const { requestId, who, why, at, trialId, generation, verdict, values, cause, sinceRound } = ruling;
  if (!trialId.startsWith(`${campaignId}/`)) throw new ContractError(`'${trialId}' is no trial of '${campaignId}'`);
  const known = await knownOf(query, trialId);
  const proposal = hasComputed(spec) ? (await loadTrial(query, { trialId, generation })).proposal : null;
  const counted = await saveRuling(query, ruling, measuredNames(spec), (observation) =>
    proposal === null ? observation : withComputed(campaign, proposal, observation),
  );
  const notUndone = await stepsLeft(query, ruling);
  const said = {
    ...(Object.keys(values).length === 0 ? {} : { values }),
    ...(cause === null ? {} : { cause }),
    ...(notUndone.length === 0 ? {} : { notUndone }),
  };
  const details = { trial: trialId, generation, verdict, ...said, sinceRound, note: why, known };
  await saveAudit(query, { campaignId, requestId, at, who, action: 'rule', details });
  return counted;
}

/** Trials that the campaign knows to have ended. */
async function endedTrials(source: CampaignSource, campaignId: string, pending: readonly string[]) {
  const open = new Set(pending);
  return (await source.trials(campaignId)).filter(({ proposal }) => !open.has(proposal.id));
}

function worth(observation: Counted['was']): RulingEffect['was'] {
  return observation === null ? null : { outcome: observation.outcome, cost: observation.cost };
}
