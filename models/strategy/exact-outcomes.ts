import type { Campaign } from '../domain/campaign.js';
import { designObjectives } from '../domain/computed.js';
import { orientationOf } from '../domain/standing.js';
import { designRowKey, type EncodedDesigns } from '../encode/encoded-designs.js';
import { designNear } from '../encode/near-design.js';
import { spaceDomain } from '../search/domain.js';
import { Ensemble } from '../surrogate/ensemble.js';
import { exactSurrogate } from '../surrogate/exact.js';
import { encodedAt, type PreparedSpace } from './candidates.js';
import type { Visit } from './history.js';

/** What an ensemble of such an outcome is called in place of a surrogate. */
const exactName = 'exact';

/**
 * The objectives that are computed from the design alone, by name, as ensembles that know them of every design: nothing is learned of
 * them, and nothing is uncertain.
 *
 * @param visits - whose designs, which may be none of the space, are asked about, too
 */
export function exactOutcomes(
  campaign: Campaign,
  prepared: PreparedSpace,
  visits: readonly Visit[],
): ReadonlyMap<string, Ensemble> {
  const computed = designObjectives(campaign);
  if (computed.size === 0) return new Map();
  const encoded = encodedAt(prepared, visits);
  const strangers = new Map(
    visits.flatMap((visit, i) => (visit.outside ? [[designRowKey(encoded, i), visit.design] as const] : [])),
  );
  const designOf = (designs: EncodedDesigns, row: number) =>
    (strangers.size === 0 ? undefined : strangers.get(designRowKey(designs, row))) ??
    designNear(prepared.encoder, designs, row);
  const free = spaceDomain(prepared.encoder).free;
  return new Map(
    [...computed].map(([name, { objective, of }]) => {
      const sign = orientationOf(objective);
      const seen = visits.map(({ design }) => of(design)).filter(Number.isFinite);
      const range = seen.length === 0 ? 0 : Math.max(...seen) - Math.min(...seen);
      const surrogate = exactSurrogate({
        valueAt: (designs, row) => sign * of(designOf(designs, row)),
        spread: range || Math.abs(seen[0] ?? 0) || 1,
        levelCount: campaign.spec.fidelities.length,
        free,
      });
      return [name, new Ensemble([{ name: exactName, sees: 'levels', weight: 1, score: 0, surrogate }])] as const;
    }),
  );
}
