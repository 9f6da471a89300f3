import { standardDeviation } from 'simple-statistics';
import type { AcquisitionSituation, AcquisitionType, PreparedAcquisition } from '../acquisition/contract.js';
import { type Design, designKey } from '../domain/design.js';
import { outsideOf } from '../domain/outside.js';
import { selectDesigns } from '../encode/encoded-designs.js';
import { Generator } from '../random/generator.js';
import { weightedChoice } from '../random/weighted-choice.js';
import { type AcquisitionSurface, acquisitionValues, type CostsAt } from '../search/acquisition-surface.js';
import { drawLargest } from '../search/draw-largest.js';
import { maximiseAcquisition } from '../search/maximise-acquisition.js';
import { rawDesigns } from '../search/raw-designs.js';
import type { Feasibility } from '../surrogate/feasibility.js';
import { type Listed, type Place, type PreparedSpace, placeAt } from './candidates.js';
import { type Crowded, closedLevels, crowding } from './crowding.js';
import { primaryLoss, type Visit } from './history.js';
import { shortlist } from './shortlist.js';

/** Candidates of a list that are drawn together, and those of a space without one: how many there are, and are drawn. */
const drawn = { listed: 1000, points: 2048, anywhere: 512 } as const;

/** Where candidates may be chosen. */
export interface Choosable {
  readonly prepared: PreparedSpace;
  /** Everything run, running or just proposed. */
  readonly visits: readonly Visit[];
  /** Cost by level. */
  readonly costs: readonly number[];
  /**
   * Costs of designs at a level, where they are found to differ. Of a list, each candidate is valued by its own; in a
   * space without one the search climbs by the cost of the level, and only what is found is paid for by its own.
   */
  readonly costsAt?: CostsAt;
  /** How likely it is that a design gives a value; null or absent where nothing has failed by its design. */
  readonly feasibility?: Feasibility | null;
  /** Levels that may be proposed. */
  readonly levels: readonly number[];
  /** Whether a design costs too much at a level; it is made only where designs differ in cost. */
  readonly tooDear: (level: number, place: () => Place) => boolean;
}

/** A design and level, with the acquisition there. */
export interface Best {
  readonly design: Design;
  readonly rowId: string | null;
  readonly level: number;
  readonly value: number;
}

/** The situation as one member of an ensemble sees it. */
export interface MemberSituation extends AcquisitionSituation {
  /** Weight of the member; those add up to 1. */
  readonly weight: number;
}

/** The design and level with the largest acquisition of those that may be proposed, or null if there is none. */
export async function bestCandidate(
  type: AcquisitionType,
  situations: readonly MemberSituation[],
  where: Choosable,
): Promise<Best | null> {
  const { listed } = where.prepared;
  if (type.kind === 'drawn') {
    const { surrogate, seed } = drawnMember(situations);
    const { costs, feasibility = null } = where;
    const surface = { acquisition: type, surrogate, costs, feasibility, ...ownCosts(where) };
    return listed === null ? drawnAnywhere(surface, where, seed) : drawnListed(surface, listed, where, seed);
  }
  const surface = surfaceOf(type, situations, where);
  if (listed !== null) return bestListed({ ...surface, ...ownCosts(where) }, listed, where);
  const like = type.kind === 'anchored' && type.like !== undefined ? surfaceOf(type.like, situations, where) : null;
  return bestAnywhere({ surface, like }, where, situations[0]!.seed);
}

function surfaceOf(
  type: Exclude<AcquisitionType, { kind: 'drawn' }>,
  situations: readonly MemberSituation[],
  { costs, levels, feasibility = null }: Choosable,
): AcquisitionSurface {
  const parts = situations.map((situation) => ({
    acquisition: prepared(type, situation),
    incumbent: undercut(type, situation),
    scale: situation.surrogate.scale,
    weight: situation.weight,
  }));
  return { parts, lossPower: type.lossPower, costs, levels, feasibility };
}

/** The incumbent, lowered by the margin of the acquisition where trials are in flight at the target. */
function undercut(type: Exclude<AcquisitionType, { kind: 'drawn' }>, situation: AcquisitionSituation): number {
  const { incumbent, withPending, measured, pending, target } = situation;
  const margin = type.kind === 'moments' ? (type.marginBeside ?? 0) : 0;
  if (margin === 0 || !pending.levels.includes(target)) return incumbent;
  return incumbent - margin * standardDeviation([...withPending.posterior(measured).mean[target]!]);
}

function ownCosts({ costsAt }: Choosable): Pick<Choosable, 'costsAt'> {
  return costsAt === undefined ? {} : { costsAt };
}

function prepared(
  type: Exclude<AcquisitionType, { kind: 'drawn' }>,
  situation: AcquisitionSituation,
): PreparedAcquisition {
  if (type.kind === 'anchored') return type.prepare(situation);
  return { surrogate: situation.withPending, anchors: null, anchored: 'target', evaluate: type.evaluate };
}

/** One member, drawn by its weight. */
function drawnMember(situations: readonly MemberSituation[]): MemberSituation {
  const weights = situations.map(({ weight }) => weight);
  return situations[weightedChoice(weights, new Generator(situations[0]!.seed, 'member'))]!;
}

async function bestListed(
  surface: AcquisitionSurface,
  listed: Listed,
  { prepared, visits, costs, levels, tooDear }: Choosable,
): Promise<Best | null> {
  const levelCount = costs.length;
  const taken = closedLevels(prepared, listed, visits, levelCount);
  const rows = await shortlist(surface, listed, taken);
  const values = acquisitionValues(surface, rows === null ? listed.encoded : selectDesigns(listed.encoded, [...rows]));
  let best: { row: number; level: number; value: number } | null = null;
  for (const [l, level] of levels.entries())
    for (let at = 0; at < (rows ?? listed.designs).length; at++) {
      const row = rows?.[at] ?? at;
      if (taken[row * levelCount + level]) continue;
      const value = values[l]![at]!;
      if (best !== null && value <= best.value) continue;
      if (!tooDear(level, () => placeAt(listed, row))) best = { row, level, value };
    }
  return best === null ? null : foundAt(listed, best);
}

function drawnListed(
  surface: Parameters<typeof drawLargest>[0],
  listed: Listed,
  { prepared, visits, costs, levels, tooDear }: Choosable,
  seed: number,
): Best | null {
  const taken = closedLevels(prepared, listed, visits, costs.length);
  const levelsOf = (row: number) =>
    levels.filter((level) => !taken[row * costs.length + level] && !tooDear(level, () => placeAt(listed, row)));
  const best = drawLargest(surface, listed.encoded, levelsOf, { most: drawn.listed, seed });
  return best === null ? null : foundAt(listed, best);
}

function foundAt(listed: Listed, { row, level, value }: { row: number; level: number; value: number }): Best {
  return { ...placeAt(listed, row), level, value };
}

function bestAnywhere(
  { surface, like }: { readonly surface: AcquisitionSurface; readonly like: AcquisitionSurface | null },
  where: Choosable,
  seed: number,
): Best | null {
  const { encoder } = where.prepared;
  const search = (crowded: Crowded | null) =>
    maximiseAcquisition(surface, encoder, leaders(where), { refused: refusedBy(where), crowded }, seed, like);
  const crowded = crowding(where.prepared, where.visits);
  const found = search(crowded) ?? (crowded === null ? null : search(null));
  return found === null ? null : { ...found, rowId: null };
}

function drawnAnywhere(surface: Parameters<typeof drawLargest>[0], where: Choosable, seed: number): Best | null {
  const { encoder } = where.prepared;
  const designs = rawDesigns(encoder, leaders(where), drawn.points, seed);
  const encoded = encoder.encode(designs);
  const refused = refusedBy(where);
  const crowded = crowding(where.prepared, where.visits);
  const levelsOf = (row: number) =>
    where.levels.filter((level) => !(refused(designs[row]!, level) || crowded?.(encoded, row, level)));
  const best = drawLargest(surface, encoded, levelsOf, { most: drawn.anywhere, seed });
  return best === null ? null : { design: designs[best.row]!, rowId: null, level: best.level, value: best.value };
}

/** The five best designs of the space measured at the target. */
function leaders({ visits, costs }: Choosable): Design[] {
  return visits
    .filter((visit) => visit.level === costs.length - 1 && primaryLoss(visit) !== null && !visit.outside)
    .sort((a, b) => primaryLoss(a)! - primaryLoss(b)!)
    .slice(0, 5)
    .map((visit) => visit.design);
}

function refusedBy({ prepared, visits, tooDear }: Choosable): (design: Design, level: number) => boolean {
  const seen = new Set(visits.map((visit) => `${visit.level} ${designKey(visit.design)}`));
  // What is encoded beside the space, as it was measured, is found by the search, too.
  const isWide = visits.some((visit) => visit.outside);
  return (design, level) =>
    seen.has(`${level} ${designKey(design)}`) ||
    (isWide && outsideOf(prepared.space, { design, rowId: null }) !== null) ||
    tooDear(level, () => ({ design, rowId: null }));
}
