import { type CampaignSpec, lossSign } from '../domain/campaign.js';
import type { Reason } from '../domain/proposal.js';

/** What a trial is for: to make use of what is known, or to learn more. */
export type Purpose = 'exploit' | 'explore';

/**
 * What a proposal is for. It exploits where what is expected of it at the target is itself better than the best so far; where
 * its promise lies in what is not known of it, and before anything is foretold, it explores.
 *
 * @param best - of the measured values at the target, in the objective's own direction; null where there is none
 */
export function purposeOf(
  spec: CampaignSpec,
  { targetMean }: Pick<Reason, 'targetMean'>,
  best: number | null,
): Purpose {
  if (targetMean === null || best === null) return 'explore';
  return lossSign(spec) * targetMean < lossSign(spec) * best ? 'exploit' : 'explore';
}
