import { logEiPerCost } from '../../acquisition/log-ei-per-cost.js';
import type { CampaignSpec } from '../../domain/campaign.js';
import type { FitRecord } from '../../domain/fit-record.js';
import { front, goalsOf, hasSeveralGoals, orientationOf, primaryObjective } from '../../domain/standing.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { type Feasibility, fitFeasibility } from '../../surrogate/feasibility.js';
import { defaultChoice } from '../../surrogate/surrogates.js';
import { encodedAt, type PreparedSpace } from '../candidates.js';
import { widenings } from '../explain/prequential.js';
import type { Chosen } from '../explain/reason.js';
import { judgedVisits, primaryTurned, ranked, type Visit } from '../history.js';
import { InCurrent } from '../in-current.js';
import { goalNames, twoStepName } from '../names.js';
import { averaged } from '../replicates.js';
import { type JoinedSources, joinSources } from '../sources.js';
import { believedOf, type Doubted, doubtedVisits, doubtWords } from './doubts.js';
import { type Fitting, fitFurther, fitRound } from './round-fit.js';
import { mostOfFront } from './several-goals.js';

/** What is fitted and known in a round before anything is chosen. */
export interface Outset {
  readonly acquisition: string;
  readonly sources: JoinedSources | null;
  /** Given everything measured, and nothing that is pending. */
  readonly fitted: Ensemble;
  readonly record: FitRecord;
  /** Visits of which the surrogates take a value, of whatever outcome, for a gross error. */
  readonly suspects: readonly Visit[];
  /** All visits, without the values that are taken for gross errors: see `believedOf`. */
  readonly believed: readonly Visit[];
  /** Whether any surrogate of any outcome takes a value for one. */
  readonly hasSuspects: boolean;
  /** What trials come to in the current contexts; null where there are none. */
  readonly inCurrent: InCurrent | null;
  /** Visits measured at the target that the surrogates are conditioned on. */
  readonly measured: readonly Visit[];
  /** What every reason of the round says alike. */
  readonly told: Pick<
    Chosen,
    'acquisition' | 'widening' | 'incumbent' | 'isIncumbentOutside' | 'doubts' | 'approximation' | 'further' | 'front'
  >;
}

/** Fits the surrogates of a round. */
export async function outsetOf(round: Fitting): Promise<Outset> {
  const { request, prepared } = round;
  const { campaign } = request;
  const strategy = campaign.spec.strategy === 'default' ? {} : campaign.spec.strategy;
  const levelCount = campaign.spec.fidelities.length;
  const acquisition = strategy.acquisition ?? defaultAcquisition(campaign.spec);
  const { substances, codes } = prepared.encoder.encoding;
  const finite = prepared.listed !== null || substances > 0;
  const goals = goalsOf(campaign.spec);
  const several = hasSeveralGoals(goals);
  const sources = joinSources(prepared, orientationOf(primaryObjective(campaign.spec)));
  const choice =
    strategy.surrogate ??
    defaultChoice(levelCount + (sources?.rows.count ?? 0), { finite, coded: codes.length > 0, goals: several });
  const { used, fitted, record: made } = await fitRound(round, choice, sources);
  const outcomes = await fitFurther(round, choice, made.round === request.round);
  const further = outcomes?.ensembles ?? new Map<string, Ensemble>();
  const widening = widenings(campaign.spec, request.trials, request.pending);
  const record = {
    ...made,
    widening,
    ...(outcomes === null || outcomes.fits.length === 0 ? {} : { outcomes: outcomes.fits }),
  };
  const measured = used.filter((visit) => visit.level === levelCount - 1);
  const wrong = fitted.suspects.map((row) => used[row]!);
  const doubted: Doubted = new Map([[goals.objectives[0]!.name, wrong], ...(outcomes?.doubted ?? [])]);
  const right = averaged(campaign.spec, believedOf(goals, measured, doubted));
  const believed = believedOf(goals, round.visits, doubted);
  // What there is to better is what they would give now.
  const inCurrent = InCurrent.of(campaign.spec, prepared, { first: fitted, further });
  const [first] = ranked(campaign.spec, inCurrent?.expected(right) ?? right);
  const incumbent = first === undefined ? Number.POSITIVE_INFINITY : primaryTurned(first)!;
  const isIncumbentOutside =
    inCurrent === null
      ? [...right, ...wrong].some((visit) => visit.outside && primaryTurned(visit) === incumbent)
      : first?.outside === true;
  const approximation = record.approximation ?? null;
  const standing = several ? averaged(campaign.spec, believed) : [];
  const best = several ? front(judgedVisits(campaign.spec, inCurrent?.expected(standing) ?? standing)) : null;
  const hasSuspects = [fitted, ...further.values()].some(({ members }) =>
    members.some(({ surrogate }) => (surrogate.suspects ?? []).length > 0),
  );
  const told = {
    ...{ acquisition, widening, incumbent, isIncumbentOutside },
    ...{ doubts: doubtWords(doubted), approximation, further, front: best },
  };
  const suspects = doubtedVisits(doubted);
  return { acquisition, sources, fitted, record, measured, told, hasSuspects, suspects, believed, inCurrent };
}

/** What values proposals where the file names nothing. */
function defaultAcquisition(spec: CampaignSpec): string {
  const goals = goalsOf(spec);
  if (goals.combine !== undefined) return goalNames.merit;
  if (hasSeveralGoals(goals)) return goals.objectives.length > mostOfFront ? goalNames.scalar : goalNames.front;
  return spec.fidelities.length > 1 ? twoStepName : logEiPerCost.name;
}

/** The ensemble given that what is pending comes out as expected. */
export function conditioned(ensemble: Ensemble, prepared: PreparedSpace, pending: readonly Visit[]): Ensemble {
  if (pending.length === 0) return ensemble;
  const { designs, levels } = pendingAt(prepared, pending);
  return ensemble.condition(designs, levels);
}

/** Designs and levels of what is pending. */
export function pendingAt(prepared: PreparedSpace, pending: readonly Visit[]) {
  return { designs: encodedAt(prepared, pending), levels: Int32Array.from(pending, (visit) => visit.level) };
}

/** What failures teach, at any fidelity; null where nothing failed by its design. */
export function feasibilityOf(prepared: PreparedSpace, visits: readonly Visit[], seed: number): Feasibility | null {
  if (!visits.some(({ infeasible }) => infeasible)) return null;
  const told = visits.filter((visit) => primaryTurned(visit) !== null || visit.infeasible);
  const failed = told.map(({ infeasible }) => infeasible === true);
  return fitFeasibility(encodedAt(prepared, told), failed, deriveSeed(seed, 'feasibility'));
}

/** Probability that a design gives a value; null where nothing failed by its design. */
export function feasibleAt(prepared: PreparedSpace, visits: readonly Visit[], seed: number, point: EncodedDesigns) {
  const feasibility = feasibilityOf(prepared, visits, seed);
  return feasibility === null ? null : Math.exp(feasibility.log(point)[0]!);
}
