import { recipeOf } from '../../models/domain/proposed-recipe.js';
import type { Ruling } from '../../models/domain/ruling.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { loadOutline } from './campaign.js';
import type { Query } from './client.js';
import { listStepAnswers } from './step-answer.js';
import { loadTrial, type TrialRef } from './trial.js';

/**
 * SQL: of a lease of a position, the steps of its trial that a person's ruling left as they are; null where none did. The sample
 * stands there until somebody has seen to it.
 */
export const leftBehind = `(SELECT audit.details->'notUndone' FROM audit
  WHERE audit.campaign_id = lease.campaign_id AND audit.action = 'rule' AND audit.details->'notUndone' IS NOT NULL
    AND starts_with(lease.key, (audit.details->>'trial') || '/g' || (audit.details->>'generation') || '/@') LIMIT 1)`;

/** Whether a person's ruling on a generation of a trial left steps as they are. */
export async function isLeftBehind(query: Query, { trialId, generation }: TrialRef): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM audit WHERE campaign_id = $1 AND action = 'rule' AND details->'notUndone' IS NOT NULL
       AND details->>'trial' = $2 AND details->>'generation' = $3`,
    [parseTrialId(trialId).campaignId, trialId, String(generation)],
  );
  return rows.length > 0;
}

/**
 * Steps that a ruling on a trial of several leaves as they are: nothing was taken back while nobody could tell of a later one, and
 * nothing will be once it is said to have come to nothing.
 */
export async function stepsLeft(
  query: Query,
  { trialId, generation, verdict }: TrialRef & Pick<Ruling, 'verdict'>,
): Promise<readonly string[]> {
  if (verdict === 'release' || verdict === 'amend') return [];
  const answers = await listStepAnswers(query, { trialId, generation });
  if (!answers.some(({ step, how }) => how === 'unknown' && undoneBy(step) === null)) return [];
  const begun = answers.filter(({ how }) => how === 'done' || (how === 'unknown' && verdict !== 'notStarted'));
  const { spec } = await loadOutline(query, parseTrialId(trialId).campaignId);
  const { proposal } = await loadTrial(query, { trialId, generation });
  return (recipeOf(spec, proposal) ?? []).flatMap(({ step, undo }) =>
    undo !== undefined && begun.some((answer) => answer.step === step) ? [step] : [],
  );
}
