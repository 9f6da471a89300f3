import { createCampaign } from '../../activities/store/campaign.js';
import type { Store } from '../../activities/store/client.js';
import { saveObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { trialId } from '../../models/domain/trial.js';
import { Generator } from '../../models/random/generator.js';
import { decide } from '../../models/strategy/decide.js';
import { ended, someCampaign } from './campaigns.js';

/** What makes a campaign large. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly observations: number;
  /** The default one where absent. */
  readonly surrogate?: string;
}

/**
 * A campaign on a pool of random designs, and trials of its first rows as if all had been proposed in round 1. The last
 * of them carries a fit, so that the next decision conditions on the data and does not fit anew.
 */
export async function largeCampaign(
  id: string,
  { rows, columns, observations, surrogate }: Size,
): Promise<{ campaign: Campaign; trials: readonly TrialRecord[] }> {
  const random = new Generator(1, 'large-campaign');
  const names = Array.from({ length: columns }, (_, j) => `x${j}`);
  const designs = Array.from({ length: rows }, () => Object.fromEntries(names.map((name) => [name, random.uniform()])));
  const space = {
    parameters: names.map((name) => ({ name, type: 'continuous' as const, bounds: [0, 1] as [number, number] })),
    pool: { ids: designs.map((_, i) => `row-${i}`), designs },
  };
  const fidelities = [{ name: 'exact', adapter: 'problem', cost: 1 }];
  const campaign = { ...someCampaign({ fidelities, strategy: { initial: { trials: 8 }, surrogate } }, space), id };
  const lossOf = (design: Readonly<Record<string, number | string>>) =>
    names.reduce((sum, name, j) => sum + (Number(design[name]) - j / columns) ** 2, 0);
  const first = await decide({ campaign, round: 1, count: 8, pending: [], remainingCost: null, trials: [] });
  const begun = first.proposals.map((proposal) => ended(proposal, lossOf(proposal.design)));
  const next = await decide({ campaign, round: 2, count: 1, pending: [], remainingCost: null, trials: begun });
  const { basis } = next.proposals[0]!;
  const fitted = { ...basis, fit: { ...basis.fit!, observations } };
  const trials = Array.from({ length: observations }, (_, i): TrialRecord => {
    const design = designs[i]!;
    const proposal = {
      ...next.proposals[0]!,
      design,
      rowId: `row-${i}`,
      id: trialId(id, 1, i + 1),
      round: 1,
      index: i + 1,
    };
    return ended({ ...proposal, basis: fitted }, lossOf(design));
  });
  return { campaign, trials };
}

/** Writes a campaign and its trials, all of them of round 1 and ended, to a store. */
export async function storeCampaign(store: Store, campaign: Campaign, trials: readonly TrialRecord[]): Promise<void> {
  await createCampaign(store.query, campaign);
  await store.transaction(async (query) => {
    const asked = { campaignId: campaign.id, round: 1, count: trials.length, pending: [], remainingCost: null };
    await saveRound(query, { ...asked, shortfall: null, proposals: trials.map((trial) => trial.proposal) });
    for (const trial of trials) await saveObservation(query, trial.observation!);
  });
}

/** The trials as if no fit had been made yet, so that the next decision has to fit. */
export function withoutFits(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  return trials.map((trial) => {
    const basis = { ...trial.proposal.basis, fit: null };
    return { ...trial, proposal: { ...trial.proposal, basis } };
  });
}
