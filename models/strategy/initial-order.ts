import type { CampaignSpec } from '../domain/campaign.js';
import { withinKnownBounds } from '../domain/known-bounds.js';
import { Region } from '../search/region.js';
import { designSequence } from '../search/sampled-designs.js';
import { type Place, type PreparedSpace, placeAt, shuffled } from './candidates.js';

/** Designs in a row that keep the bounds, all known already, after which others are no longer looked for. */
const patience = 10_000;

/**
 * Designs in the order in which an initial sample takes them: a seeded shuffle of the list, or where the space cannot be listed
 * designs spread evenly over it; see `designSequence`. Those that break a bound which the design alone tells come after all others.
 *
 * @returns the design at a place; null where there are not so many
 */
export function initialOrder(
  { space, listed }: PreparedSpace,
  spec: Pick<CampaignSpec, 'objectives' | 'outcomes' | 'seed'>,
): (i: number) => Place | null {
  const { seed } = spec;
  const bounded = withinKnownBounds(spec, space);
  const region = Region.of(bounded);
  if (listed !== null) {
    const all = shuffled(listed, seed, 'initial');
    const keeps = (row: number) => bounded === space || region.keeps(listed.designs.at(row)!);
    const order = [...all.filter(keeps), ...all.filter((row) => !keeps(row))];
    return (i) => (i < order.length ? placeAt(listed, order[i]!) : null);
  }
  const placed = (design: ReturnType<typeof at>) => (design === null ? null : { design, rowId: null });
  const at = designSequence(bounded, seed, true);
  if (bounded === space) return (i) => placed(at(i));
  let [within, all] = [null as number | null, null as ReturnType<typeof designSequence> | null];
  const beyond: Place[] = [];
  let next = 0;
  return (i) => {
    const design = within === null || i < within ? at(i) : null;
    if (design !== null) return placed(design);
    if (within === null) for (within = i; within > 0 && at(within - 1) === null; ) within--;
    all ??= designSequence(space, seed, true);
    for (let misses = 0; beyond.length <= i - within && misses < patience; misses++) {
      const other = all(next++);
      if (other === null) break;
      if (region.keeps(other)) continue;
      beyond.push(placed(other)!);
      misses = 0;
    }
    return beyond[i - within] ?? null;
  };
}
