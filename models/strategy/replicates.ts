import { type CampaignSpec, targetFidelity } from '../domain/campaign.js';
import { outsideOf } from '../domain/outside.js';
import { asksReplicates, type ReplicateRule } from '../domain/replicates.js';
import type { Space } from '../domain/space.js';
import { counts, front, goalsOf, hasSeveralGoals, modelledOutcomes } from '../domain/standing.js';
import { fTail } from '../stats/f-tail.js';
import { type Place, placeKey } from './candidates.js';
import { judgedVisits, type Visit } from './history.js';

/** Chance of values that differ so by noise alone, below which they are said to disagree. */
const byChance = 0.05;

/** Standard deviations within which a lead may be noise. */
const withinNoise = 1.96;

/** A design to be measured once more, and why. */
export interface Again {
  readonly place: Place;
  readonly text: string;
}

/** Trials at the target of what was asked for as one design. */
interface Group {
  readonly place: Place;
  readonly visits: readonly Visit[];
}

/** Mean and variance of some values. */
interface Spread {
  readonly count: number;
  readonly variance: number;
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

  /** The first design that is owed, or else one whose values disagree, or that is the best by a single one; null where there is none. */
  next(visits: readonly Visit[]): Again | null {
    return this.owed(visits) ?? this.disputed(visits);
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

  private disputed(visits: readonly Visit[]): Again | null {
    const most = this.rule.whenDisagreeing ?? this.rule.atTarget;
    const groups = this.groups(visits);
    // One more value at a time: the one in flight may settle it.
    const open = groups.filter(
      (group) => group.visits.length < most && group.visits.every(({ pending }) => !pending) && this.isOpen(group),
    );
    if (open.length === 0) return null;
    const outcomes = modelledOutcomes(goalsOf(this.spec));
    for (const group of open)
      for (const [o, name] of outcomes.entries()) {
        const own = spreadOf(group, o);
        const others = pooled(groups.filter((other) => other !== group).map((other) => spreadOf(other, o)));
        if (own.count < 2 || others === null || !(own.variance > 0)) continue;
        if (fTail(own.variance / others.variance, own.count - 1, others.freedom) * outcomes.length >= byChance)
          continue;
        const text = `measures again ${named(group)}, as its values of ${name} disagree: they differ by ${short(own.variance)} (sd), those of one design elsewhere by ${short(others.variance)}`;
        return { place: group.place, text };
      }
    const best = this.doubtfulBest(groups, open);
    if (best === null) return null;
    return {
      place: best.place,
      text: `measures again ${named(best)}, the best so far, by a single value that noise may have made`,
    };
  }

  /** The best, or one of a front, where it was measured once and its lead may be noise; null where there is none. */
  private doubtfulBest(groups: readonly Group[], open: readonly Group[]): Group | null {
    const of = new Map(groups.flatMap((group) => group.visits.map((visit) => [visit, group] as const)));
    const judged = judgedVisits(
      this.spec,
      averaged(
        this.spec,
        groups.flatMap((group) => group.visits),
      ),
    );
    const best = front(judged);
    // What stands for the mean of several is no visit of its own.
    const found = best.find(({ visit }) => of.get(visit)?.visits.length === 1 && open.includes(of.get(visit)!));
    if (found === undefined) return null;
    const group = of.get(found.visit)!;
    const noise =
      found.visit.noises[0] ?? pooled(groups.map((one) => spreadOf(one, 0)))?.variance ?? Number.POSITIVE_INFINITY;
    if (noise === 0) return null;
    if (hasSeveralGoals(goalsOf(this.spec))) return group;
    const others = judged.filter((one) => one !== found && counts(one));
    const next = others.reduce((least, { losses }) => Math.min(least, losses[0]!), Number.POSITIVE_INFINITY);
    return next - found.losses[0]! <= withinNoise * Math.sqrt(2 * noise) ? group : null;
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

function spreadOf({ visits }: Group, outcome: number): Spread {
  const values = valuesOf(visits, outcome);
  if (values.length < 2) return { count: values.length, variance: 0 };
  const mean = meanOf(visits, outcome)!;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, variance: squares / (values.length - 1) };
}

/** The variance of values of one design, over all designs that have several; null where none has. */
function pooled(spreads: readonly Spread[]): { readonly variance: number; readonly freedom: number } | null {
  const several = spreads.filter(({ count }) => count > 1);
  const freedom = several.reduce((sum, { count }) => sum + count - 1, 0);
  if (freedom === 0) return null;
  return { variance: several.reduce((sum, { count, variance }) => sum + (count - 1) * variance, 0) / freedom, freedom };
}

/** The trials of a design, in words; one that was just proposed has no name yet. */
function named({ visits }: Group): string {
  const ids = visits.flatMap(({ trialId }) => (trialId === '' ? [] : [trialId]));
  return ids.length === 0 ? 'a design of this round' : `what ${ids.join(', ')} measured`;
}

/** The standard deviation that a variance is the square of. */
function short(variance: number): string {
  return String(Number(Math.sqrt(variance).toPrecision(2)));
}
