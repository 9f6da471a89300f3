import type { Campaign } from '../models/domain/campaign.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { primaryObjective } from '../models/domain/standing.js';
import { recordedArtefacts } from '../models/strategy/artefacts.js';
import { type Recommendation, recommend } from '../models/strategy/explain/recommend.js';
import { bestOf, targetName } from './outcome.js';
import { wordingOf } from './wording.js';

/** What to measure next where a campaign has ended without a value at its target; null for any other. */
export async function recommendationOf(
  record: Pick<CampaignRecord, 'campaign' | 'phase' | 'trials' | 'artefacts'>,
): Promise<Recommendation | null> {
  const { campaign, phase, trials } = record;
  if (phase !== 'stopped' || bestOf(campaign.spec, trials) !== null) return null;
  return recommend(campaign, trials, recordedArtefacts(record));
}

/** A recommendation in words, which do not claim a result. */
export function recommendationText(campaign: Campaign, { design, rowId, ...told }: Recommendation): string {
  const { spec } = campaign;
  const wording = wordingOf(campaign, []);
  const [low, high] = told.interval.map(wording.value);
  const expected = `${primaryObjective(spec).name} ${wording.value(told.expected)} at ${told.fidelity} (95 %: ${low} to ${high})`;
  return `measure ${wording.design(design, rowId)} at ${targetName(spec)}: expected best, ${expected}; how far ${targetName(spec)} differs is not known`;
}
