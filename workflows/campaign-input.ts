import type { LoopCommand, LoopSettings, LoopState } from './loop.js';

/** What a campaign workflow is started with; small, whatever the campaign. */
export interface CampaignInput {
  readonly campaignId: string;
  readonly settings: LoopSettings;
  /** Milliseconds from the start after which the campaign drains; null without such a budget. */
  readonly wallClockMs: number | null;
  /** Events of history after which to continue as new, although the server does not suggest it yet; for tests. */
  readonly historyLimit?: number;
  /** Present in every run but the first. */
  readonly carried?: Carried;
}

/** Where a run, or a campaign whose workflow was lost, goes on. */
export interface Carried {
  readonly state: LoopState;
  /** Decided on in the last run, to be carried out in this one. */
  readonly commands: readonly LoopCommand[];
  readonly startedAt: number;
  readonly runs: number;
}
