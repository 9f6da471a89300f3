import { acquisitionNamed } from '../acquisition/acquisitions.js';
import { type Campaign, lossSign } from '../domain/campaign.js';
import { type Design, designKey } from '../domain/design.js';
import type { FitRecord, Reason } from '../domain/proposal.js';
import { type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import {
  type AcquisitionSurface,
  acquisitionValues,
  type Maximum,
  maximiseAcquisition,
} from '../optimiser/maximise-acquisition.js';
import { deriveSeed } from '../random/generator.js';
import { type FittedSurrogate, type LevelPosterior, lossScale } from '../surrogate/contract.js';
import { surrogateNamed } from '../surrogate/surrogates.js';
import { type PreparedSpace, placeAt, placeOf, takenLevels } from './candidates.js';
import type { DecideRequest } from './decide.js';
import type { Visit } from './history.js';
import type { Purse } from './purse.js';

/** A design chosen for a level, and why. */
export interface Choice {
  readonly design: Design;
  readonly rowId: string | null;
  readonly level: number;
  readonly reason: Reason;
}

/** Rows up to which hyperparameters are fitted anew every round; beyond, when the data has grown by a twentieth. */
const alwaysFitUpTo = 60;

/** Lower trials between two target trials, in costs of a target trial. */
const lowerWorth = 2;

interface Round {
  readonly request: DecideRequest;
  readonly prepared: PreparedSpace;
  readonly visits: readonly Visit[];
  readonly seed: number;
  readonly purse: Purse;
  /** Choices of the initial sample made in this round already; more are added to them. */
  readonly choices: Choice[];
}

/** Fills the round up with maxima of the acquisition, one after the other, each pending for the next. */
export function chooseByAcquisition(round: Round): { choices: Choice[]; fit: FitRecord } {
  const { request, prepared, visits, purse, choices } = round;
  const { campaign, count } = request;
  const strategy = campaign.spec.strategy === 'default' ? {} : campaign.spec.strategy;
  const acquisition = acquisitionNamed(strategy.acquisition ?? 'log-ei-per-cost');
  const { fitted, record } = fitRound(
    round,
    strategy.surrogate ?? (campaign.spec.fidelities.length > 1 ? 'icm' : 'gp'),
  );
  const levelCount = campaign.spec.fidelities.length;
  const measured = visits.filter((visit) => visit.level === levelCount - 1 && visit.loss !== null);
  const incumbent = fitted.scale.toLatent(Math.min(...measured.map((visit) => visit.loss!)));
  const all: Visit[] = [...visits, ...choices.map(asPending)];
  let surrogate = conditioned(
    fitted,
    prepared,
    all.filter((visit) => visit.pending),
  );
  while (choices.length < count) {
    const levels = allowedLevels(campaign, all, purse);
    if (levels.length === 0) break;
    const surface = { surrogate, acquisition, incumbent, costs: campaign.spec.fidelities.map((f) => f.cost), levels };
    const best =
      prepared.listed === null ? bestAnywhere(surface, round, all, choices.length) : bestListed(surface, prepared, all);
    if (best === null) break;
    purse.pay(best.level);
    const choice: Choice = {
      design: best.design,
      rowId: best.rowId,
      level: best.level,
      reason: reasonOf(campaign, surface, prepared.encoder.encode([best.design]), best),
    };
    choices.push(choice);
    const visit = asPending(choice);
    all.push(visit);
    if (choices.length < count) surrogate = conditioned(surrogate, prepared, [visit]);
  }
  return { choices, fit: record };
}

/**
 * Levels that may be proposed. Expected improvement judges by what the target is believed to be, and would go on asking
 * a cheap level for ever without putting a belief to the test; and the campaign is judged at the target alone. So the
 * target comes next once lower trials worth two target trials, or a tenth of the trials of the budget, have been
 * proposed since the last one, and no lower trial takes what the last target trial needs.
 */
function allowedLevels({ spec }: Campaign, visits: readonly Visit[], purse: Purse): readonly number[] {
  const target = spec.fidelities.length - 1;
  const { trials } = spec.budget;
  const since = visits.slice(visits.findLastIndex((visit) => visit.level === target) + 1);
  const spent = since.reduce((sum, visit) => sum + spec.fidelities[visit.level]!.cost, 0);
  const isDue =
    spent >= lowerWorth * spec.fidelities[target]!.cost ||
    (trials !== undefined && (since.length >= Math.max(1, trials / 10) || visits.length === trials - 1));
  return [...spec.fidelities.keys()].filter((level) => (level === target || !isDue) && purse.pays(level, target));
}

function asPending(choice: Choice): Visit {
  return { trialId: '', design: choice.design, rowId: choice.rowId, level: choice.level, loss: null, pending: true };
}

/** The surrogate fitted to, or with the hyperparameters of the last fit conditioned on, all measured trials. */
function fitRound(
  { request, prepared, visits, seed }: Round,
  name: string,
): { fitted: FittedSurrogate; record: FitRecord } {
  const rows = visits.filter((visit) => visit.loss !== null);
  const last = request.trials.findLast((trial) => trial.proposal.basis.fit !== null)?.proposal.basis.fit ?? null;
  const previous = last !== null && last.surrogate === name ? last : null;
  const grown = previous === null || rows.length <= alwaysFitUpTo || rows.length >= previous.observations * 1.05;
  const fitted = surrogateNamed(name).fit(
    {
      designs: encodedAt(prepared, rows),
      levels: Int32Array.from(rows, (row) => row.level),
      losses: Float64Array.from(rows, (row) => row.loss!),
      levelCount: request.campaign.spec.fidelities.length,
      finite: prepared.listed !== null,
    },
    { seed, previous: previous?.hyperparameters ?? null, optimise: grown },
  );
  const { hyperparameters, logPosterior, jitter } = fitted;
  const made = grown
    ? { round: request.round, observations: rows.length }
    : { round: previous.round, observations: previous.observations };
  return { fitted, record: { ...made, surrogate: name, hyperparameters, logPosterior, jitter } };
}

function encodedAt(prepared: PreparedSpace, visits: readonly Visit[]): EncodedDesigns {
  const { listed, encoder } = prepared;
  if (listed === null) return encoder.encode(visits.map((visit) => visit.design));
  return selectDesigns(
    listed.encoded,
    visits.map((visit) => placeOf(listed, visit)!),
  );
}

function conditioned(surrogate: FittedSurrogate, prepared: PreparedSpace, pending: readonly Visit[]): FittedSurrogate {
  if (pending.length === 0) return surrogate;
  return surrogate.condition(
    encodedAt(prepared, pending),
    Int32Array.from(pending, (visit) => visit.level),
  );
}

type Best = Maximum & { readonly rowId: string | null };

function bestListed(surface: AcquisitionSurface, prepared: PreparedSpace, visits: readonly Visit[]): Best | null {
  const listed = prepared.listed!;
  const levelCount = surface.costs.length;
  const taken = takenLevels(listed, levelCount, visits);
  const values = acquisitionValues(surface, listed.encoded);
  let best: { row: number; level: number; value: number } | null = null;
  surface.levels.forEach((level, l) => {
    for (let row = 0; row < listed.designs.length; row++) {
      if (taken[row * levelCount + level]) continue;
      const value = values[l]![row]!;
      if (best === null || value > best.value) best = { row, level, value };
    }
  });
  // Assigned inside the callback, which narrowing does not see.
  const found = best as { row: number; level: number; value: number } | null;
  if (found === null) return null;
  return { ...found, ...placeAt(listed, found.row) };
}

function bestAnywhere(
  surface: AcquisitionSurface,
  { prepared, seed }: Round,
  visits: readonly Visit[],
  place: number,
): Best | null {
  const target = surface.costs.length - 1;
  const leaders = visits
    .filter((visit) => visit.level === target && visit.loss !== null)
    .sort((a, b) => a.loss! - b.loss!)
    .slice(0, 5)
    .map((visit) => visit.design);
  const seen = new Set(visits.map((visit) => `${visit.level} ${designKey(visit.design)}`));
  const refused = (design: Design, level: number) => seen.has(`${level} ${designKey(design)}`);
  const found = maximiseAcquisition(surface, prepared.encoder, leaders, refused, deriveSeed(seed, 'place', place));
  return found === null ? null : { ...found, rowId: null };
}

function reasonOf(campaign: Campaign, surface: AcquisitionSurface, point: EncodedDesigns, best: Best): Reason {
  const posterior = surface.surrogate.posterior(point);
  const target = surface.costs.length - 1;
  const { spec } = campaign;
  const objective = spec.objectives[0]!;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const number = (value: number) => `${Number(value.toPrecision(4))}`;
  const here = inLosses(surface, posterior, best.level);
  const there = inLosses(surface, posterior, target);
  const sign = lossSign(spec);
  const incumbent = sign * surface.surrogate.scale.toLoss(surface.incumbent);
  const expected = `${objective.name} at the target expected at ${number(sign * there.mean)} ± ${number(there.sd)}${unit}, best so far ${number(incumbent)}`;
  const variances = posterior.variance[best.level]![0]! * posterior.variance[target]![0]!;
  const correlation = posterior.covariance[best.level]![0]! / Math.sqrt(variances);
  const why =
    best.level === target
      ? ''
      : `; a trial here correlates ${number(correlation)} with it at cost ${spec.fidelities[best.level]!.cost}`;
  return {
    kind: 'acquisition',
    acquisition: surface.acquisition.name,
    value: best.value,
    mean: sign * here.mean,
    sd: here.sd,
    targetMean: sign * there.mean,
    targetSd: there.sd,
    text: expected + why,
  };
}

/** Median loss at a level, and half the width of the central 68 %: mean and sd where the scale is that of the losses. */
function inLosses({ surrogate }: AcquisitionSurface, posterior: LevelPosterior, level: number) {
  const mean = posterior.mean[level]![0]!;
  const sd = Math.sqrt(posterior.variance[level]![0]!);
  const { scale } = surrogate;
  if (scale === lossScale) return { mean, sd };
  return { mean: scale.toLoss(mean), sd: (scale.toLoss(mean + sd) - scale.toLoss(mean - sd)) / 2 };
}
