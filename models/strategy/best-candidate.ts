import { standardDeviation } from 'simple-statistics';
import type { AcquisitionSituation, AcquisitionType, PreparedAcquisition } from '../acquisition/contract.js';
import type { Design } from '../domain/design.js';
import { selectDesigns } from '../encode/encoded-designs.js';
import { Generator } from '../random/generator.js';
import { weightedChoice } from '../random/weighted-choice.js';
import {
  type AcquisitionSurface,
  acquisitionValues,
  type ComputedSurface,
  type Surface,
} from '../search/acquisition-surface.js';
import { spaceDomain } from '../search/domain.js';
import { drawLargest } from '../search/draw-largest.js';
import { maximiseAcquisition } from '../search/maximise-acquisition.js';
import { rawDesigns } from '../search/raw-designs.js';
import { type Listed, placeAt } from './candidates.js';
import type { Crowded } from './crowding.js';
import { ranked } from './history.js';
import type { Open } from './open.js';
import type { MemberSituation, Situation } from './rules/contract.js';
import { shortlist } from './shortlist.js';

/** Candidates of a list that are drawn together, and those of a space without one: how many there are, and are drawn. */
const drawn = { listed: 1000, points: 2048, anywhere: 512 } as const;

/** What is known beside the members. */
type Where = Omit<Situation, 'members' | 'further'>;

/** A design and level, with the acquisition there. */
export interface Best {
  readonly design: Design;
  readonly rowId: string | null;
  readonly level: number;
  readonly value: number;
}

/** The design and level with the largest acquisition of those that may be proposed, or null if there is none. */
export async function bestCandidate(
  type: AcquisitionType,
  members: readonly MemberSituation[],
  situation: Where,
  open: Open,
): Promise<Best | null> {
  const { listed } = situation.prepared;
  if (type.kind === 'drawn') {
    const { surrogate, seed } = drawnMember(members);
    const { costs, feasibility } = situation;
    const surface = { acquisition: type, surrogate, costs, feasibility, ...ownCosts(situation) };
    return listed === null ? drawnAnywhere(surface, situation, open, seed) : drawnListed(surface, listed, open, seed);
  }
  const surface = surfaceOf(type, members, situation, open);
  if (listed !== null) return bestListed({ ...surface, ...ownCosts(situation) }, listed, open);
  const { like: other } = type.kind === 'anchored' ? type : { like: undefined };
  const like = other === undefined ? null : surfaceOf(other, members, situation, open);
  return bestAnywhere({ surface, like, best: leaders(situation) }, situation, open, members[0]!.seed);
}

/**
 * The design and level with the largest value of a surface of those that may be proposed, or null if there is none.
 *
 * @param best - the best designs so far, near which is searched, too
 */
export async function bestOfSurface(
  surface: ComputedSurface,
  situation: Where,
  open: Open,
  { best, seed }: { readonly best: readonly Design[]; readonly seed: number },
): Promise<Best | null> {
  const { listed } = situation.prepared;
  if (listed !== null) return bestListed(surface, listed, open);
  return bestAnywhere({ surface, like: null, best }, situation, open, seed);
}

function surfaceOf(
  type: Exclude<AcquisitionType, { kind: 'drawn' }>,
  members: readonly MemberSituation[],
  { costs, feasibility }: Where,
  { levels }: Open,
): AcquisitionSurface {
  const parts = members.map((situation) => ({
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

function ownCosts({ costsAt }: Where): Pick<Where, 'costsAt'> {
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
function drawnMember(members: readonly MemberSituation[]): MemberSituation {
  const weights = members.map(({ weight }) => weight);
  return members[weightedChoice(weights, new Generator(members[0]!.seed, 'member'))]!;
}

async function bestListed(surface: Surface, listed: Listed, open: Open): Promise<Best | null> {
  const closed = open.closed(listed);
  const levelCount = closed.length / listed.designs.length;
  const rows = 'values' in surface ? null : await shortlist(surface, listed, closed);
  const values = acquisitionValues(surface, rows === null ? listed.encoded : selectDesigns(listed.encoded, [...rows]));
  let best: { row: number; level: number; value: number } | null = null;
  for (const [l, level] of open.levels.entries())
    for (let at = 0; at < (rows ?? listed.designs).length; at++) {
      const row = rows?.[at] ?? at;
      if (closed[row * levelCount + level]) continue;
      const value = values[l]![at]!;
      if (best !== null && value <= best.value) continue;
      if (!open.isTooDear(level, () => placeAt(listed, row))) best = { row, level, value };
    }
  return best === null ? null : foundAt(listed, best);
}

function drawnListed(
  surface: Parameters<typeof drawLargest>[0],
  listed: Listed,
  open: Open,
  seed: number,
): Best | null {
  const levelsOf = (row: number) => open.levels.filter((level) => open.row(listed, row, level));
  const best = drawLargest(surface, listed.encoded, levelsOf, { most: drawn.listed, seed });
  return best === null ? null : foundAt(listed, best);
}

function foundAt(listed: Listed, { row, level, value }: { row: number; level: number; value: number }): Best {
  return { ...placeAt(listed, row), level, value };
}

function bestAnywhere(
  {
    surface,
    like,
    best,
  }: { readonly surface: Surface; readonly like: Surface | null; readonly best: readonly Design[] },
  situation: Where,
  open: Open,
  seed: number,
): Best | null {
  const { encoder, space } = situation.prepared;
  const refused = (design: Design, level: number) => open.refused(design, level);
  const search = (near: Crowded | null) =>
    maximiseAcquisition(surface, spaceDomain(encoder, { space, refused, crowded: near }), best, seed, like);
  const { crowded } = open;
  const found = search(crowded) ?? (crowded === null ? null : search(null));
  return found === null ? null : { ...found, rowId: null };
}

function drawnAnywhere(
  surface: Parameters<typeof drawLargest>[0],
  situation: Where,
  open: Open,
  seed: number,
): Best | null {
  const { encoder, space } = situation.prepared;
  const designs = rawDesigns(spaceDomain(encoder, { space }), leaders(situation), drawn.points, seed);
  const encoded = encoder.encode(designs);
  const levelsOf = (row: number) =>
    open.levels.filter((level) => !(open.refused(designs[row]!, level) || open.crowded?.(encoded, row, level)));
  const best = drawLargest(surface, encoded, levelsOf, { most: drawn.anywhere, seed });
  return best === null ? null : { design: designs[best.row]!, rowId: null, level: best.level, value: best.value };
}

/** The five best designs of the space measured at the target. */
function leaders({ spec, visits, costs }: Where): Design[] {
  const atTarget = visits.filter((visit) => visit.level === costs.length - 1 && !visit.outside);
  return ranked(spec, atTarget)
    .slice(0, 5)
    .map((visit) => visit.design);
}
