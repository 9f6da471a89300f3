import { placeRun } from '../domain/achieved.js';
import type { Design } from '../domain/design.js';
import { designKey } from '../domain/design.js';
import type { DesignList } from '../domain/design-list.js';
import { outsideOf, widenedSpace, withSourceMolecules } from '../domain/outside.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import type { TrialRecord } from '../domain/record.js';
import { sha256Of } from '../domain/sha256.js';
import { rowsById, type Space } from '../domain/space.js';
import { blankDesigns, type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import { SpaceEncoder } from '../encode/space-encoder.js';
import { Generator } from '../random/generator.js';
import { sobol } from '../random/sobol.js';
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
}

/** A space with what is computed from it once. */
export interface PreparedSpace {
  readonly space: Space;
  /** Of the space with what was measured beside it, by this campaign and by earlier ones. */
  readonly encoder: SpaceEncoder;
  /** Parameters as a search draws their values: without the molecules that earlier campaigns alone measured. */
  readonly searched: readonly Parameter[];
  /** Null where the designs cannot be listed. */
  readonly listed: Listed | null;
  /** Of a pool that has grown: sha256 over what its columns mean, see `FitRecord`; null of any other space. */
  readonly meaning: string | null;
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
 */
export function prepareFor(space: Space, measured: readonly Place[]): Promise<PreparedSpace> {
  const strange = measured.filter((place) => outsideOf(space, place) !== null).map(({ design }) => design);
  const wide = widenedSpace(space, strange);
  if (wide === space) return prepareSpace(space);
  const lists = wide.parameters.filter((parameter, p) => parameter !== space.parameters[p]);
  const key = JSON.stringify(
    [...new Set(strange.map((design) => designKey(design)))].concat(lists.map(({ name }) => name)),
  );
  const known = widened.get(space);
  if (known?.key === key) return known.promise;
  const promise = prepare(space, wide);
  widened.set(space, { key, promise });
  return promise;
}

/** @param measured - the space with everything that this campaign measured beside it */
async function prepare(space: Space, measured = space): Promise<PreparedSpace> {
  const { parameters: searched } = measured;
  const origin = origins.get(space);
  const before = origin === undefined ? null : await prepareSpace(origin);
  const encoder = await SpaceEncoder.of(withSourceMolecules(measured), before?.encoder);
  const meaning = before === null ? null : sha256Of(encoder.meaning);
  const designs = space.pool?.designs ?? productOf(space);
  if (designs === null) return { space, encoder, searched, listed: null, meaning };
  const ids = space.pool?.ids ?? null;
  const place = space.pool === null ? placesOf(designs) : rowsById(space.pool);
  const known = before !== null && encoder.encodesLike(before.encoder) ? before.listed!.encoded : null;
  const listed = { designs, ids, encoded: encodeList(encoder, designs, known), place };
  return { space, encoder, searched, listed, meaning };
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

/** All combinations of values, the last parameter running fastest; null if there are too many to list. */
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
  return designs;
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

/** The design at a point of the unit cube, one coordinate a parameter. */
export function designAt(space: Space, unit: ArrayLike<number>): Design {
  return Object.fromEntries(
    space.parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, unit[p]!)]),
  );
}

/** The designs of these visits as columns; in a listed space, those of its list, unless one of them is not in it. */
export function encodedAt(prepared: PreparedSpace, visits: readonly Place[]): EncodedDesigns {
  const { listed, encoder } = prepared;
  if (listed === null) return encoder.encode(visits.map((visit) => visit.design));
  const places = visits.map((visit) => placeOf(listed, visit));
  if (places.some((place) => place === undefined)) return encoder.encode(visits.map((visit) => visit.design));
  return selectDesigns(listed.encoded, places as number[]);
}

/** That many designs that represent the whole space: scrambled Sobol points, or rows of the list at random. */
export function representatives(
  { space, encoder, listed }: PreparedSpace,
  count: number,
  seed: number,
): EncodedDesigns {
  if (listed !== null) {
    const order = new Generator(seed, 'representatives').permutation(listed.designs.length);
    return selectDesigns(listed.encoded, order.slice(0, count));
  }
  const d = space.parameters.length;
  const points = sobol(count, d, seed);
  const at = (i: number) => designAt(space, points.subarray(i * d, (i + 1) * d));
  return encoder.encode(Array.from({ length: count }, (_, i) => at(i)));
}

/**
 * Designs in the order in which an initial sample takes them: a seeded shuffle of the list, or the scrambled Sobol
 * sequence where the space cannot be listed.
 */
export function initialOrder({ space, listed }: PreparedSpace, seed: number): (i: number) => Place | null {
  if (listed !== null) {
    const order = new Generator(seed, 'initial').permutation(listed.designs.length);
    return (i) => (i < order.length ? placeAt(listed, order[i]!) : null);
  }
  const d = space.parameters.length;
  let points = sobol(64, d, seed);
  return (i) => {
    if ((i + 1) * d > points.length) points = sobol(2 * (i + 1), d, seed);
    return { design: designAt(space, points.subarray(i * d, (i + 1) * d)), rowId: null };
  };
}

/** Which levels of which listed designs may not be proposed again: run already, or below a level that was. */
export function takenLevels(listed: Listed, levels: number, visits: readonly Visit[]): Uint8Array {
  const taken = new Uint8Array(listed.designs.length * levels);
  for (const visit of visits) {
    const row = placeOf(listed, visit);
    if (row === undefined) continue;
    taken[row * levels + visit.level] = 1;
    if (visit.level === levels - 1 && (visit.pending || primaryTurned(visit) !== null))
      for (let level = 0; level < levels; level++) taken[row * levels + level] = 1;
  }
  return taken;
}
