import type { CampaignMirror } from '../activities/store/campaign.js';
import type { CampaignStatus } from './messages.js';

/** What the store is told of a campaign's state, for reading where its workflow cannot be asked. */
export function mirrorOf(status: CampaignStatus): CampaignMirror {
  const { phase, stop, budget, wallClockMs, problem, parallel, lifted, wasPaused } = status;
  const loop = { parallel, lifted: [...lifted], ...(wasPaused === true ? { wasPaused } : {}) };
  return { phase, stop, budget: { ...budget, wallClockMs }, problem, loop };
}
