import { createCampaign } from '../../activities/store/campaign.js';
import type { Store } from '../../activities/store/client.js';
import { saveRound } from '../../activities/store/proposal.js';
import { decide } from '../../models/strategy/decide.js';
import { someCampaign } from './campaigns.js';

/**
 * A campaign of so many rounds of ten trials each, of which the first has ended, the second was withdrawn and the others wait. All are copies of
 * what is decided for the first round, but for their ids.
 */
export async function manyTrials(store: Store, id: string, rounds: number): Promise<void> {
  const campaign = {
    ...someCampaign({
      fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
      strategy: { initial: { trials: 10 } },
    }),
    id,
  };
  await createCampaign(store.query, campaign);
  const asked = { campaignId: id, round: 1, count: 10, pending: [], remainingCost: null };
  const { proposals } = await decide({ ...asked, campaign, trials: [] });
  await store.transaction(async (query) => {
    await saveRound(query, { ...asked, shortfall: null, proposals });
    await query(
      `INSERT INTO round (campaign_id, round, count, pending)
       SELECT campaign_id, n, count, pending FROM round, generate_series(2, $2::integer) AS n WHERE campaign_id = $1`,
      [id, rounds],
    );
    await query(
      `INSERT INTO proposal (id, campaign_id, round, place, design, row_id, fidelity, estimated_cost, reason, basis)
       SELECT campaign_id || '/r' || n || '/p' || place, campaign_id, n, place, design, row_id, fidelity, estimated_cost, reason, basis
       FROM proposal, generate_series(2, $2::integer) AS n WHERE campaign_id = $1`,
      [id, rounds],
    );
    await query(
      `INSERT INTO trial (id, campaign_id) SELECT id, campaign_id FROM proposal WHERE campaign_id = $1 AND round > 1`,
      [id],
    );
    await query(
      `INSERT INTO attempt (trial_id, outcome, values, noise, cost, duration_ms, artefacts, details, generation)
       SELECT id, 'measured', json_build_object('f', round), '{}', 1, 0, '{}', '{}', 1 FROM proposal WHERE campaign_id = $1 AND place = 1`,
      [id],
    );
    await query(
      `UPDATE trial SET state = CASE place WHEN 1 THEN 'ended' ELSE 'withdrawn' END, ended_at = now()
       FROM proposal WHERE proposal.id = trial.id AND trial.campaign_id = $1 AND place <= 2`,
      [id],
    );
  });
}
