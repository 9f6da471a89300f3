import { placeRun } from '../domain/achieved.js';
import type { Campaign, CampaignSpec } from '../domain/campaign.js';
import type { ContextValues } from '../domain/contexts.js';
import { type Design, designKey } from '../domain/design.js';
import { NumericalError } from '../domain/errors.js';
import { outsideOf, type Placed } from '../domain/outside.js';
import type { TrialRecord } from '../domain/record.js';
import { discarded, isLost } from '../domain/ruling.js';
import { sha256Of } from '../domain/sha256.js';
import {
  byFirstObjective,
  type Goals,
  goalsOf,
  type Judged,
  judged,
  modelledOutcomes,
  type OutcomeValues,
  orientationOf,
  outcomeNames,
} from '../domain/standing.js';
import type { Observation } from '../domain/trial.js';
import { contextsAt, contextsOf } from './contexts.js';

/** A design at a fidelity that was run or is running, or that a person rejected. */
export interface Visit {
  readonly trialId: string;
  readonly design: Design;
  readonly rowId: string | null;
  readonly level: number;
  /**
   * What was measured of each modelled outcome (see `modelledOutcomes`), turned so that lower is better of what an objective
   * is stated on; null where it is missing. Empty where nothing was measured or the trial is in flight. This is what surrogates
   * learn, and what it is worth `ranked` says.
   */
  readonly turned: readonly (number | null)[];
  /** Known noise variance of each, in squares of its unit; null where unknown. */
  readonly noises: readonly (number | null)[];
  readonly pending: boolean;
  /** Whether it gave no value because of the design itself: a failure of class `chemistry`. Absent where it is not so. */
  readonly infeasible?: true;
  /** Whether a person did not want it, so that it never ran: it is not asked again. Absent where it is not so. */
  readonly rejected?: true;
  /**
   * Of one that ran and gave nothing that decides, not by its design: `held` where a person may say yet what counts of what was set
   * aside, `gone` where nothing will. Absent where it is not so.
   */
  readonly untaught?: 'held' | 'gone';
  /** Whether its design is none that may be proposed: it is learned from all the same. Absent where it is not so. */
  readonly outside?: true;
  /** What was measured of the surroundings, of one that is learned from; absent where the campaign has no contexts. */
  readonly contexts?: ContextValues;
  /** As it was proposed, where another design was achieved. */
  readonly asked?: Placed;
}

/** The visits, and what was asked in place of what was achieved: neither is to be asked again. */
export function withAsked(visits: readonly Visit[]): readonly Visit[] {
  const asked = visits.flatMap(({ asked: place, ...visit }) => (place === undefined ? [] : [{ ...visit, ...place }]));
  return asked.length === 0 ? visits : [...visits, ...asked];
}

/** Whether it taught nothing, as it gave nothing that decides, or as a person rejected it and it never ran. */
export function isUntaught({ rejected, untaught }: Pick<Visit, 'rejected' | 'untaught'>): boolean {
  return rejected !== undefined || untaught !== undefined;
}

/** Visits as versions saw them that did not keep away from those that taught nothing, so that what they decided can be computed again. */
export function withoutUntaught(visits: readonly Visit[]): readonly Visit[] {
  return visits.filter(({ rejected }) => rejected === undefined).map(({ untaught: _, ...visit }) => visit);
}

/** Whether its value may be known one day, so that models take it to come out as they expect: in flight, or set aside. */
export function isAwaited({ pending, untaught }: Pick<Visit, 'pending' | 'untaught'>): boolean {
  return pending || untaught === 'held';
}

/** The turned outcome of the first objective, which decides; null where that was not measured. */
export function primaryTurned({ turned }: Pick<Visit, 'turned'>): number | null {
  return turned[0] ?? null;
}

/** Visits where the outcome of the first objective was measured, the best first, of equals as they were given. */
export function ranked<V extends Pick<Visit, 'turned'>>(spec: CampaignSpec, visits: readonly V[]): V[] {
  const goals = goalsOf(spec);
  const measured = visits.filter((visit) => primaryTurned(visit) !== null);
  const worth = new Map(measured.map((visit) => [visit, judged(goals, ownValues(goals, visit))]));
  return measured.sort((a, b) => byFirstObjective(worth.get(a)!, worth.get(b)!));
}

/** A visit with what it is worth. */
export type JudgedVisit = Judged & { readonly visit: Visit };

/** What the visits that gave values at the target are worth, in their order. */
export function judgedVisits(spec: CampaignSpec, visits: readonly Visit[]): JudgedVisit[] {
  const goals = goalsOf(spec);
  const target = spec.fidelities.length - 1;
  return visits
    .filter(({ level, turned }) => level === target && turned.some((one) => one !== null))
    .map((visit) => ({ visit, ...judged(goals, ownValues(goals, visit)) }));
}

function ownValues(goals: Goals, { turned }: Pick<Visit, 'turned'>): OutcomeValues {
  const told = modelledOutcomes(goals).flatMap((name, i) => {
    const one = turned[i];
    return one === undefined || one === null ? [] : [[name, signOf(goals, i) * one] as const];
  });
  return Object.fromEntries(told);
}

/** By which the i-th modelled outcome is turned. */
function signOf({ objectives }: Goals, i: number): 1 | -1 {
  return objectives[i] === undefined ? 1 : orientationOf(objectives[i]);
}

/**
 * All trials of earlier rounds as the strategy sees them, in the order of their ids. A proposal that is neither in
 * flight nor observed was withdrawn: it never ran, and is seen only where a person rejected it. One of which a person said that device or operator lost it tells nothing
 * either, and its design is as free as if it had not run.
 *
 * @throws {NumericalError} naming the first trial that was measured with no finite value
 */
export function visitsOf(campaign: Campaign, trials: readonly TrialRecord[], pending: readonly string[]): Visit[] {
  const level = new Map(campaign.spec.fidelities.map((fidelity, i) => [fidelity.name, i]));
  const inFlight = new Set(pending);
  const known = contextsOf(campaign.spec, trials, pending);
  const goals = goalsOf(campaign.spec);
  const outcomes = outcomeNames(campaign.spec);
  const wanted = modelledOutcomes(goals).map((name, i) => ({ name, sign: signOf(goals, i) }));
  const ran = trials.filter(
    ({ proposal, observation, rejected }) =>
      inFlight.has(proposal.id) || (observation === null ? rejected !== undefined : !isLost(observation)),
  );
  return ran.map(({ proposal, observation, rejected }) => {
    const isPending = inFlight.has(proposal.id);
    const isRejected = !isPending && observation === null && rejected !== undefined;
    const measured = !isPending && observation?.outcome === 'measured';
    if (measured) refuseEmpty(observation, outcomes);
    const infeasible = !isPending && observation?.outcome === 'failed' && observation.cause?.class === 'chemistry';
    const place = placeRun(proposal, isPending ? null : observation);
    const turned = measured ? wanted.map(({ name, sign }) => turnedOf(observation, name, sign)) : [];
    const around = known === null || isPending ? null : contextsAt(campaign.spec, known, observation);
    const untaught = isPending || isRejected || infeasible ? null : untaughtOf(observation!, turned);
    return {
      trialId: proposal.id,
      design: place.design,
      rowId: place.rowId,
      level: level.get(proposal.fidelity)!,
      turned,
      noises: measured ? wanted.map(({ name }) => knownVariance(observation.noise[name])) : [],
      pending: isPending,
      ...(infeasible ? { infeasible } : {}),
      ...(isRejected ? { rejected: true as const } : {}),
      ...(untaught === null ? {} : { untaught }),
      ...(around === null ? {} : { contexts: around }),
      ...(outsideOf(campaign.space, place) === null ? {} : { outside: true as const }),
      ...(place.design === proposal.design ? {} : { asked: { design: proposal.design, rowId: proposal.rowId } }),
    };
  });
}

/** See `Visit.untaught`; null where the outcome that decides was measured. */
function untaughtOf({ outcome, cause }: Observation, turned: Visit['turned']): NonNullable<Visit['untaught']> | null {
  if (primaryTurned({ turned }) !== null) return null;
  return outcome === 'quarantined' && cause?.code !== discarded ? 'held' : 'gone';
}

/** An answer may lack outcomes, but not all of them. */
function refuseEmpty({ trialId, values }: Observation, outcomes: readonly string[]): void {
  if (outcomes.some((name) => values[name] !== undefined)) return;
  throw new NumericalError(`trial ${trialId} is measured with ${outcomes[0]} = undefined; a finite number is wanted`);
}

function turnedOf({ trialId, values }: Observation, name: string, sign: 1 | -1): number | null {
  const value = values[name];
  if (value === undefined) return null;
  if (!Number.isFinite(value))
    throw new NumericalError(`trial ${trialId} is measured with ${name} = ${value}; a finite number is wanted`);
  return sign * value;
}

/**
 * Noise variance from a reported standard deviation. One of 0 says that the value repeats exactly, not that a surrogate
 * could follow it exactly, and what it cannot follow is its noise: so none is known. Nor is it where its square is no
 * positive finite number.
 *
 * @see Gramacy and Lee 2012, Stat. Comput. 22, 713 (noise in models of deterministic computations)
 */
export function knownVariance(sd: number | undefined): number | null {
  const variance = sd === undefined ? 0 : sd * sd;
  return variance > 0 && variance < Number.POSITIVE_INFINITY ? variance : null;
}

/** Number of ended trials, and sha256 over what they gave, in the order of their ids; one that never ran gave nothing. */
export function hashVisits(visits: readonly Visit[]): { observed: number; dataHash: string } {
  const ended = visits.filter((visit) => !visit.pending && visit.rejected === undefined);
  const rows = ended.map((visit) => {
    const { trialId, design, level, turned, noises, infeasible } = visit;
    const around = visit.contexts === undefined ? [] : [visit.contexts];
    const row = [trialId, designKey(design), level, primaryTurned(visit), ...around];
    if (infeasible) return [...row, 'infeasible'];
    // Of one outcome what has been hashed ever since.
    if (turned.length > 1) return [...row, ...turned.slice(1), noises];
    return noises[0] == null ? row : [...row, noises[0]];
  });
  return { observed: ended.length, dataHash: sha256Of(JSON.stringify(rows)) };
}
