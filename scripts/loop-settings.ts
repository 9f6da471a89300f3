import type { CampaignSpec } from '../models/domain/campaign.js';
import { goalsOf } from '../models/domain/standing.js';
import type { LoopSettings } from '../workflows/loop.js';

/** What the loop needs of a campaign file. */
export function loopSettings(spec: CampaignSpec): LoopSettings {
  return {
    goals: goalsOf(spec),
    parallel: spec.parallel,
    synchronous: spec.synchronous,
    maxConsecutiveFailures: spec.maxConsecutiveFailures,
    budget: { cost: spec.budget.cost ?? null, trials: spec.budget.trials ?? null },
    stop: spec.stop,
  };
}
