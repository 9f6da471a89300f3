import { InvalidInputError } from '../../models/domain/errors.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { Learned } from '../../models/strategy/predict/property.js';
import { loadCampaign } from '../campaign-file.js';
import { readResults } from '../suggest/results-table.js';

/**
 * What a campaign file and a table of results, as `suggest` takes them, have taught.
 *
 * @throws {InvalidInputError} with every fault of either
 */
export async function learnedFromResults(
  file: string,
  results: string,
  { home, ignored, onNote }: { readonly home: string; readonly ignored: readonly string[]; onNote(line: string): void },
): Promise<Learned> {
  const campaign = await loadCampaign(file, { adapters: 'unchecked', onNote, home });
  const table = await readResults(campaign, results, ignored);
  for (const note of table.notes) onNote(`${results}: ${note}`);
  const planner = new Planner(campaign);
  planner.tell(table.results);
  return { campaign, trials: planner.trials };
}

/** @throws {InvalidInputError} if a campaign file is given where a campaign or record is wanted */
export function refuseCampaignFile(given: string): void {
  if (!/\.ya?ml$/i.test(given)) return;
  const remedy = "give the results so far, too: --results TABLE; or the campaign's id, or its record";
  throw new InvalidInputError('arguments', [{ path: '', message: `${given} is a campaign file`, remedy }]);
}
