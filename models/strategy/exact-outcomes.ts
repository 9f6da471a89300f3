import type { Campaign, Objective } from '../domain/campaign.js';
import { designObjectives } from '../domain/computed.js';
import type { Design } from '../domain/design.js';
import { orientationOf } from '../domain/standing.js';
import { designRowKey, type EncodedDesigns } from '../encode/encoded-designs.js';
import { designNear } from '../encode/near-design.js';
import { spaceDomain } from '../search/domain.js';
import { sampledDesigns } from '../search/sampled-designs.js';
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
      const own = visits.map(({ design }) => of(design)).filter(Number.isFinite);
      const seen = own.length > 0 ? own : someOf(campaign, prepared).map(of).filter(Number.isFinite);
      const [least, most] = seen.reduce(
        ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const,
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
      );
      const spread = (seen.length === 0 ? 0 : most - least) || Math.abs(seen[0] ?? 0) || 1;
      const surrogate = exactSurrogate({
        valueAt: (designs, row) => sign * of(designOf(designs, row)),
        spread,
        worst: worstOf(objective, seen, spread),
        levelCount: campaign.spec.fidelities.length,
        free,
      });
      return [name, new Ensemble([{ name: exactName, sees: 'levels', weight: 1, score: 0, surrogate }])] as const;
    }),
  );
}

/** Designs that stand for all, where no trial tells how large values are. */
const some = 64;

function someOf({ spec }: Campaign, { listed, space }: PreparedSpace): Design[] {
  if (listed === null) return sampledDesigns(space, some, spec.seed);
  const every = Math.ceil(listed.designs.length / some);
  return Array.from(
    { length: Math.floor((listed.designs.length - 1) / every) + 1 },
    (_, i) => listed.designs.at(i * every)!,
  );
}

/** Ranges that a design without a value is beyond the worst that is known. */
const beyond = 10;

/**
 * What stands for the value of a design that has none, turned: far beyond the worst that was seen, and beyond all that the file says
 * to be worth nothing, so that no design with a value is worse, wherever values lie.
 */
function worstOf(objective: Objective, seen: readonly number[], spread: number): number {
  const { reference, desirable, value = 0, min, max } = objective;
  const stated = [reference, desirable?.from, min, max].filter((one) => one !== undefined);
  const distance = (one: number) =>
    objective.direction === 'target' ? Math.abs(one - value) : orientationOf(objective) * one;
  const worst = [...seen, ...stated].reduce((most, one) => Math.max(most, distance(one)), Number.NEGATIVE_INFINITY);
  const loss = (Number.isFinite(worst) ? worst : 0) + beyond * spread;
  return objective.direction === 'target' ? value + loss : loss;
}
