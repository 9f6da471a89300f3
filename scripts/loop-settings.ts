import type { CampaignSpec } from '../models/domain/campaign.js';
import { lossSign } from '../models/domain/campaign.js';
import type { LoopSettings } from '../workflows/loop.js';

/** What the loop needs of a campaign file; stop values turned into losses. */
export function loopSettings(spec: CampaignSpec): LoopSettings {
  const sign = lossSign(spec);
  return {
    sign,
    parallel: spec.parallel,
    synchronous: spec.synchronous,
    maxConsecutiveFailures: spec.maxConsecutiveFailures,
    budget: { cost: spec.budget.cost ?? null, trials: spec.budget.trials ?? null },
    stop: spec.stop.map((rule) => (rule.type === 'targetReached' ? { ...rule, value: sign * rule.value } : rule)),
  };
}
