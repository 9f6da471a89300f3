import type { CampaignSpec } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';
import { acquisitionNames, surrogateNames } from '../../models/strategy/names.js';

/** What a strategy on the command line puts in place of the file's; null where it is the file's own. */
export type StrategyOverride = { readonly surrogate?: string; readonly acquisition?: string } | null;

/** Names that are no surrogate and no acquisition. */
const own = ['default', 'file'] as const;

/**
 * Strategies from their names, parted by commas: `file` is that of the campaign file, `default` what is taken where a file
 * names nothing; or the name of an acquisition (`random` among them), of a surrogate, or of both with a plus between.
 *
 * @throws {InvalidInputError} with every name that is none, and what was probably meant
 */
export function parseStrategies(text: string): readonly StrategyOverride[] {
  const faults: Fault[] = [];
  const known = [...own, ...acquisitionNames, ...surrogateNames];
  const fail = (message: string, remedy: string) => faults.push({ path: '--strategy', message, remedy });
  const found = text.split(',').map((name) => {
    const given = name.trim();
    if (given === 'file') return null;
    if (given === 'default') return {};
    const parts = given.split('+').map((part) => part.trim());
    const unknown = parts.filter((part) => !known.includes(part));
    for (const part of unknown) fail(part === '' ? 'no name' : `no strategy '${part}'`, among(part, known));
    const acquisitions = parts.filter((part) => acquisitionNames.includes(part));
    const surrogates = parts.filter((part) => surrogateNames.includes(part));
    const fits = acquisitions.length <= 1 && surrogates.length <= 1;
    if (unknown.length === 0 && !(fits && acquisitions.length + surrogates.length === parts.length))
      fail(`'${given}' given`, "an acquisition, a surrogate, or one of each as 'surrogate+acquisition'");
    const [acquisition] = acquisitions;
    const [surrogate] = surrogates;
    return { ...(surrogate === undefined ? {} : { surrogate }), ...(acquisition === undefined ? {} : { acquisition }) };
  });
  if (faults.length > 0) throw new InvalidInputError('arguments', distinct(faults));
  return found;
}

function distinct(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}

/** What the strategy of a campaign is called: its surrogate and its acquisition as far as they are named, or `default`. */
export function strategyLabel({ strategy }: Pick<CampaignSpec, 'strategy'>): string {
  if (strategy === 'default') return 'default';
  const { surrogate, acquisition } = strategy;
  return [surrogate, acquisition].filter((name) => name !== undefined).join('+') || 'default';
}
