import type { CampaignSpec } from '../../models/domain/campaign.js';

/** How the sections of an outcome are told from those of others: nothing for the first. */
export interface OutcomeWords {
  /** Added to headings. */
  readonly of: string;
  /** Added to ids. */
  readonly suffix: string;
}

/** An outcome with its unit, as an axis has it. */
export function labelOf({ objectives, outcomes = [] }: CampaignSpec, name: string): string {
  const { unit } = [...objectives, ...outcomes].find((one) => one.name === name) ?? {};
  return unit === undefined ? name : `${name} [${unit}]`;
}
