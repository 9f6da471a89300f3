import { type CampaignSpec, targetFidelity } from '../domain/campaign.js';
import { outsideOf } from '../domain/outside.js';
import { asksReplicates, type ReplicateRule } from '../domain/replicates.js';
import type { Space } from '../domain/space.js';
import { goalsOf, modelledOutcomes } from '../domain/standing.js';
import { fTail } from '../stats/f-tail.js';
import { type Place, placeKey } from './candidates.js';
import type { Visit } from './history.js';
import { ReplicateSpread } from './replicate-spread.js';
import { Stakes } from './stakes.js';

/** Chance of values that differ so by noise alone, below which they are said to disagree. */
const byChance = 0.05;

/** A design to be measured once more, and why. */
export interface Again {
  readonly place: Place;
  readonly text: string;
}

/** What surrogates say of trials. */
export interface ByModels {
  /** All without values that they take for gross errors, by which nothing is the best; absent where nothing is doubted. */
  readonly believed?: readonly Visit[];
  /** What those that gave values would have given in the current contexts; absent where there are none. */
  readonly now?: ReadonlyMap<Visit, Visit['turned']>;
}

/** Trials at the target of what was asked for as one design. */
interface Group {
  readonly place: Place;
  readonly visits: readonly Visit[];
}

/**
 * Replicates by the rule of a campaign (see `replicatesSchema`). A design is what was asked for: whoever set it a little otherwise
 * each time has measured it as often. What ran counts, whatever it gave; what failed by its design, gave nothing or was rejected, and
 * was never measured, is not asked again.
 */
export class Replicates {
  private constructor(
    private readonly spec: CampaignSpec,
    private readonly space: Space,
    private readonly rule: ReplicateRule,
  ) {}

  /** Null where nothing is measured more than once by rule. @param space - in which proposals lie */
  static of({ replicates, ...spec }: CampaignSpec, space: Space): Replicates | null {
    return asksReplicates(replicates) ? new Replicates({ ...spec, replicates }, space, replicates) : null;
  }

  /**
   * The first design that was asked for less often than each is to be; null where there is none.
   *
   * @param visits - everything run, running or just proposed, in the order in which that came about
   */
  owed(visits: readonly Visit[]): Again | null {
    const { atTarget } = this.rule;
    const found = this.groups(visits).find((group) => group.visits.length < atTarget && this.isOpen(group));
    if (found === undefined) return null;
    const which = found.visits.length + 1;
    const text = `measures again ${named(found)}: ${which} of the ${atTarget} times that each design is measured at '${this.target}'`;
    return { place: found.place, text };
  }

  /**
   * The first design that is owed, or else one whose values disagree and that may be the best, or that is the best by a single one; null
   * where there is none.
   */
  next(visits: readonly Visit[], byModels: ByModels = {}): Again | null {
    return this.owed(visits) ?? this.disputed(visits, byModels);
  }

  /**
   * Visits without those that measure a design at the target once more than first trials name it.
   *
   * @param planned - the first trials at the target
   */
  firstOnly(visits: readonly Visit[], planned: readonly Place[]): readonly Visit[] {
    const named = new Map<string, number>();
    for (const place of planned) named.set(placeKey(place), (named.get(placeKey(place)) ?? 0) + 1);
    const times = ({ place }: Group) => named.get(placeKey(place)) ?? 1;
    const again = new Set(this.groups(visits).flatMap((group) => group.visits.slice(times(group))));
    return visits.filter((visit) => !again.has(visit));
  }

  private disputed(visits: readonly Visit[], { believed, now }: ByModels): Again | null {
    const most = this.rule.whenDisagreeing ?? this.rule.atTarget;
    const groups = this.groups(visits);
    // One more value at a time: the one in flight may settle it.
    const isFree = (group: Group) =>
      group.visits.length < most && group.visits.every(({ pending }) => !pending) && this.isOpen(group);
    if (!groups.some(isFree)) return null;
    const turnedNow = (visit: Visit) => now?.get(visit) ?? visit.turned;
    const kept = believed === undefined ? null : new Map(believed.map(({ trialId, turned }) => [trialId, turned]));
    const turnedKept = (visit: Visit) => {
      const own = kept === null ? visit.turned : (kept.get(visit.trialId) ?? []);
      return turnedNow(visit).map((value, o) => (own[o] == null ? null : value));
    };
    const standing = new Map<Visit, Group>();
    for (const group of groups) {
      const told = group.visits.filter((visit) => turnedKept(visit).some((value) => value !== null));
      if (told.length > 0) standing.set(meanVisit(told, turnedKept), group);
    }
    const stakes = new Stakes(this.spec, [...standing.keys()]);
    const best = new Set(stakes.best.map(({ visit }) => standing.get(visit)));
    const outcomes = modelledOutcomes(goalsOf(this.spec));
    const members = groups.map((group) => group.visits);
    const spreads = outcomes.map((_, o) => new ReplicateSpread(this.spec, members, o));
    const pooled = spreads.map((spread) => spread.pooled?.variance ?? Number.POSITIVE_INFINITY);
    for (const [g, group] of groups.entries()) {
      if (!isFree(group)) continue;
      const matters = (noises: readonly number[]) =>
        best.has(group) || stakes.mayJoin(group.visits.map(turnedNow), noises);
      // What disagrees adds to what is pooled, so by the others alone no more do matter.
      if (!matters(pooled)) continue;
      const beside = spreads.map((spread) => spread.beside(g));
      if (!matters(beside.map((one, o) => one?.others.variance ?? pooled[o]!))) continue;
      for (const [o, name] of outcomes.entries()) {
        const { own, others } = beside[o] ?? {};
        if (own === undefined || others === undefined || !(own.variance > 0)) continue;
        const chance = fTail(own.variance / others.variance, own.freedom, others.freedom);
        if (chance * outcomes.length >= byChance) continue;
        const apart = this.spec.contexts === undefined ? '' : ', apart from what contexts do';
        const text = `measures again ${named(group)}, as its values of ${name} disagree${apart}: they differ by ${short(own.variance)} (sd), those of one design elsewhere by ${short(others.variance)}`;
        return { place: group.place, text };
      }
    }
    for (const one of stakes.best) {
      const group = standing.get(one.visit)!;
      const noises = outcomes.map((_, o) => one.visit.noises[o] ?? pooled[o]!);
      if (group.visits.length > 1 || !isFree(group) || !stakes.isDoubtful(one, noises)) continue;
      const text = `measures again ${named(group)}, the best so far, by a single value that noise may have made`;
      return { place: group.place, text };
    }
    return null;
  }

  /** Whether it may be asked for once more: it lies in the space, and was not all in vain. */
  private isOpen({ place, visits }: Group): boolean {
    return visits.some(({ pending, turned }) => pending || turned.length > 0) && outsideOf(this.space, place) === null;
  }

  private get target(): string {
    return targetFidelity(this.spec).name;
  }

  private groups(visits: readonly Visit[]): readonly Group[] {
    return groupsOf(this.spec, visits);
  }
}

/**
 * Where designs are measured more than once by rule: visits with one for each design measured at the target, its first, with the mean of
 * its values; those at lower fidelities, and those that gave nothing, as they are. Elsewhere all visits as they are.
 */
export function averaged(spec: CampaignSpec, visits: readonly Visit[]): readonly Visit[] {
  if (!asksReplicates(spec.replicates)) return visits;
  const groups = groupsOf(
    spec,
    visits.filter(({ turned }) => turned.length > 0),
  );
  const own = new Map<Visit, Visit | null>();
  for (const { visits: some } of groups)
    if (some.length > 1)
      some.forEach((visit, i) => {
        if (i > 0) own.set(visit, null);
        else own.set(visit, { ...visit, turned: visit.turned.map((_, o) => meanOf(some, o)) });
      });
  return visits.flatMap((visit) => (own.has(visit) ? (own.get(visit) ?? []) : [visit]));
}

function groupsOf({ fidelities }: CampaignSpec, visits: readonly Visit[]): readonly Group[] {
  const groups = new Map<string, { place: Place; visits: Visit[] }>();
  for (const visit of visits) {
    if (visit.level !== fidelities.length - 1) continue;
    const { design, rowId } = visit.asked ?? visit;
    const key = placeKey({ design, rowId });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { place: { design, rowId }, visits: [visit] });
    else group.visits.push(visit);
  }
  return [...groups.values()];
}

function valuesOf(visits: readonly Visit[], outcome: number): readonly number[] {
  return visits.flatMap(({ turned }) => turned[outcome] ?? []);
}

function meanOf(visits: readonly Visit[], outcome: number): number | null {
  const values = valuesOf(visits, outcome);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The first of these visits with the means of what all of them gave. */
function meanVisit([first, ...more]: readonly Visit[], turnedOf: (visit: Visit) => Visit['turned']): Visit {
  const all = [first!, ...more].map((visit) => ({ ...visit, turned: turnedOf(visit) }));
  return { ...first!, turned: first!.turned.map((_, o) => meanOf(all, o)) };
}

/** The trials of a design, in words; one that was just proposed has no name yet. */
function named({ visits }: Group): string {
  const idsOf = (some: readonly Visit[]) => some.flatMap(({ trialId }) => (trialId === '' ? [] : [trialId])).join(', ');
  const measured = idsOf(visits.filter(({ turned }) => turned.length > 0));
  const waiting = idsOf(visits.filter(({ pending }) => pending));
  const parts = [
    ...(measured === '' ? [] : [`${measured} measured`]),
    ...(waiting === '' ? [] : [`${waiting} is to measure`]),
  ];
  return parts.length === 0 ? 'a design of this round' : `what ${parts.join(' and ')}`;
}

/** The standard deviation that a variance is the square of. */
function short(variance: number): string {
  return String(Number(Math.sqrt(variance).toPrecision(2)));
}
