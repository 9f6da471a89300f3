import { placeRun } from '../domain/achieved.js';
import type { ContextValues } from '../domain/contexts.js';
import type { Design } from '../domain/design.js';
import { designKey } from '../domain/design.js';
import type { DesignList } from '../domain/design-list.js';
import { outsideOf, widenedSpace, withSourceMolecules } from '../domain/outside.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { TrialRecord } from '../domain/record.js';
import { sha256Of } from '../domain/sha256.js';
import { rowsById, type Space } from '../domain/space.js';
import { blankDesigns, type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import { SpaceEncoder } from '../encode/space-encoder.js';
import { Generator } from '../random/generator.js';
import { Region } from '../search/region.js';
import { sampledDesigns } from '../search/sampled-designs.js';
import type { KnownContexts } from './contexts.js';
import { primaryTurned, type Visit } from './history.js';

/** Combinations of parameter values up to which a space without a pool is listed in full. */
const listedDesigns = 20_000;

/** Designs of a list that are turned into columns together. */
const encodedAtOnce = 4096;

/** Designs that can be listed: a pool, or a small product of finite parameters. */
export interface Listed {
  readonly designs: DesignList;
  readonly ids: readonly string[] | null;
  readonly encoded: EncodedDesigns;
  /** Place of each design, by row id in a pool and by design key elsewhere. */
  readonly place: Pick<ReadonlyMap<string, number>, 'get'>;
  /** Rows of a pool that break constraints of the space: they are learned from, and never proposed. Empty elsewhere. */
  readonly barred: ReadonlySet<number>;
}

/** A space with what is computed from it once. */
export interface PreparedSpace {
  readonly space: Space;
  /** Of the space with what was measured beside it, by this campaign and by earlier ones. */
  readonly encoder: SpaceEncoder;
  /** Null where the designs cannot be listed. */
  readonly listed: Listed | null;
  /** Of a pool that has grown: sha256 over what its columns mean, see `FitRecord`; null of any other space. */
  readonly meaning: string | null;
  /** What is encoded beside the designs; null where the campaign has no contexts. */
  readonly contexts: KnownContexts | null;
}

const prepared = new WeakMap<Space, Promise<PreparedSpace>>();

/** The space with its encoder and list of designs; remembered for as long as the space object lives. */
export function prepareSpace(space: Space): Promise<PreparedSpace> {
  let promise = prepared.get(space);
  if (promise === undefined) {
    promise = prepare(space);
    prepared.set(space, promise);
  }
  return promise;
}

const origins = new WeakMap<Space, Space>();

/** Remembers from what a space has grown, so that only what it has beyond that is encoded. */
export function grownFrom(grown: Space, origin: Space): void {
  origins.set(grown, origin);
}

const widened = new WeakMap<Space, { readonly key: string; readonly promise: Promise<PreparedSpace> }>();

/**
 * The space as it is for a campaign in which these designs were measured. Where some of them are none of the space, their
 * molecules and mixtures are encoded beside those of the space; candidates remain those of the space.
 *
 * @param contexts - encoded beside them: in what was measured as it was, elsewhere at its current value; null where there are none
 */
export function prepareFor(
  space: Space,
  measured: readonly Place[],
  contexts: KnownContexts | null = null,
): Promise<PreparedSpace> {
  const strange = measured.filter((place) => outsideOf(space, place) !== null).map(({ design }) => design);
  const wide = widenedSpace(space, strange);
  if (wide === space && contexts === null) return prepareSpace(space);
  const lists = wide.parameters.filter((parameter, p) => parameter !== space.parameters[p]);
  const key = JSON.stringify([
    ...new Set(strange.map((design) => designKey(design))),
    ...lists.map(({ name }) => name),
    ...(contexts === null ? [] : [contexts.parameters, contexts.current]),
  ]);
  const known = widened.get(space);
  const promise = known?.key === key ? known.promise : prepare(space, wide, contexts);
  widened.set(space, { key, promise });
  // What was told since changes what stands for untold values, though nothing of the columns.
  return contexts === null ? promise : promise.then((found) => ({ ...found, contexts }));
}

/** @param measured - the space with everything that this campaign measured beside it */
async function prepare(space: Space, measured = space, contexts: KnownContexts | null = null): Promise<PreparedSpace> {
  const origin = origins.get(space);
  const before = origin === undefined ? null : await prepareSpace(origin);
  // Molecules are encoded once, whatever stands beside them.
  const known = contexts === null ? before?.encoder : (await prepareSpace(space)).encoder;
  const encoder = await SpaceEncoder.of(withSourceMolecules(measured), known, contexts ?? undefined);
  const meaning = before === null ? null : sha256Of(encoder.meaning);
  const designs = space.pool?.designs ?? productOf(space);
  if (designs === null) return { space, encoder, listed: null, meaning, contexts };
  const ids = space.pool?.ids ?? null;
  const place = space.pool === null ? placesOf(designs) : rowsById(space.pool);
  const listedBefore =
    before !== null && contexts === null && encoder.encodesLike(before.encoder) ? before.listed!.encoded : null;
  const listed = {
    designs,
    ids,
    encoded: encodeList(encoder, designs, listedBefore),
    place,
    barred: barredRows(space),
  };
  return { space, encoder, listed, meaning, contexts };
}

/** Rows of a pool that break constraints. */
function barredRows(space: Space): ReadonlySet<number> {
  const barred = new Set<number>();
  const region = Region.of(space);
  if (space.pool === null || region.constraints.isEmpty) return barred;
  let row = 0;
  for (const design of space.pool.designs) {
    if (!region.keeps(design)) barred.add(row);
    row++;
  }
  return barred;
}

/** Rows of a list that may be proposed, in a seeded order. */
export function shuffled({ designs, barred }: Listed, seed: number, name: string): readonly number[] {
  const order = new Generator(seed, name).permutation(designs.length);
  return barred.size === 0 ? order : order.filter((row) => !barred.has(row));
}

function placesOf(designs: DesignList): Map<string, number> {
  const keys = Array.from(designs, designKey);
  return new Map(keys.map((key, at) => [key, at]));
}

/**
 * The columns of a list, of which only a part is held as objects at any time.
 *
 * @param known - those of its first designs, where they are known
 */
function encodeList(encoder: SpaceEncoder, designs: DesignList, known: EncodedDesigns | null): EncodedDesigns {
  const encoded = blankDesigns(designs.length, encoder.encoding);
  const blocks = ['numeric', 'categories', 'substances', 'coded', 'vectors'] as const;
  for (const block of known === null ? [] : blocks) encoded[block].set(known![block]);
  for (let from = known?.n ?? 0; from < designs.length; from += encodedAtOnce) {
    const count = Math.min(encodedAtOnce, designs.length - from);
    const part = encoder.encode(Array.from({ length: count }, (_, i) => designs.at(from + i)!));
    for (const block of blocks) encoded[block].set(part[block], (part[block].length / count) * from);
  }
  return encoded;
}

/** All combinations of values that keep the constraints, the last parameter running fastest; null if there are too many to list. */
function productOf(space: Space): Design[] | null {
  let designs: Record<string, number | string>[] = [{}];
  let size = 1;
  for (const parameter of space.parameters)
    size *= typeOf(parameter).values(parameter)?.length ?? Number.POSITIVE_INFINITY;
  if (size > listedDesigns) return null;
  for (const parameter of space.parameters)
    designs = designs.flatMap((design) =>
      typeOf(parameter)
        .values(parameter)!
        .map((value) => ({ ...design, [parameter.name]: value })),
    );
  const region = Region.of(space);
  return region.constraints.isEmpty ? designs : designs.filter((design) => region.keeps(design));
}

/** A design, with its row where there is a pool. */
export interface Place {
  readonly design: Design;
  readonly rowId: string | null;
}

/** The places of some trials: where they were proposed, and where they were run in their place. */
export function placesOfTrials(trials: readonly Pick<TrialRecord, 'proposal' | 'observation'>[]): readonly Place[] {
  return trials.flatMap(({ proposal, observation }) => {
    const run = placeRun(proposal, observation);
    return run.design === proposal.design ? [proposal] : [proposal, run];
  });
}

/** What tells a place from all others: the row of a pool, or else the design. */
export function placeKey({ rowId, design }: Place): string {
  return rowId ?? designKey(design);
}

/** Place of a visited design in the list, or undefined. */
export function placeOf(
  listed: Listed,
  visit: { readonly rowId: string | null; readonly design: Design },
): number | undefined {
  return listed.place.get(listed.ids === null ? designKey(visit.design) : visit.rowId!);
}

/** The design at a place of the list, with its row where the list is a pool. */
export function placeAt({ designs, ids }: Listed, at: number): Place {
  return { design: designs.at(at)!, rowId: ids?.[at] ?? null };
}

/**
 * The designs of these visits as columns, with the contexts in which they were measured, or else the current ones; in a listed
 * space, those of its list, unless one of them is not in it.
 */
export function encodedAt(
  prepared: PreparedSpace,
  visits: readonly (Place & { readonly contexts?: ContextValues })[],
): EncodedDesigns {
  const { listed, encoder } = prepared;
  if (visits.some(({ contexts }) => contexts !== undefined))
    return encoder.encode(visits.map(({ design, contexts }) => ({ ...design, ...contexts })));
  if (listed === null) return encoder.encode(visits.map((visit) => visit.design));
  const places = visits.map((visit) => placeOf(listed, visit));
  if (places.some((place) => place === undefined)) return encoder.encode(visits.map((visit) => visit.design));
  return selectDesigns(listed.encoded, places as number[]);
}

/** Visits as they would be in the current contexts. */
export function atCurrent(visits: readonly Place[]): readonly Place[] {
  return visits.map(({ design, rowId }) => ({ design, rowId }));
}

/** That many designs that represent the whole space, or all: an even sample of it, or rows of the list at random. */
export function representatives(
  { space, encoder, listed }: PreparedSpace,
  count: number,
  seed: number,
): EncodedDesigns {
  if (listed !== null) return selectDesigns(listed.encoded, shuffled(listed, seed, 'representatives').slice(0, count));
  return encoder.encode(sampledDesigns(space, count, seed));
}

/** Which levels of which listed designs may not be proposed: run already, below a level that was, or of rows that are barred. */
export function takenLevels(listed: Listed, levels: number, visits: readonly Visit[]): Uint8Array {
  const taken = new Uint8Array(listed.designs.length * levels);
  for (const row of listed.barred) taken.fill(1, row * levels, (row + 1) * levels);
  for (const visit of visits) {
    const row = placeOf(listed, visit);
    if (row === undefined) continue;
    taken[row * levels + visit.level] = 1;
    if (visit.level === levels - 1 && (visit.pending || primaryTurned(visit) !== null))
      for (let level = 0; level < levels; level++) taken[row * levels + level] = 1;
  }
  return taken;
}
