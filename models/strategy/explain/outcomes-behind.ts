import type { ArtefactSource } from '../../domain/artefact.js';
import { designObjectives } from '../../domain/computed.js';
import type { FitRecord } from '../../domain/fit-record.js';
import { goalsOf, modelledOutcomes, ownValue } from '../../domain/standing.js';
import { deriveSeed } from '../../random/generator.js';
import { calibrated } from '../../surrogate/calibration.js';
import type { TrainingSet } from '../../surrogate/contract.js';
import { type Contender, Ensemble } from '../../surrogate/ensemble.js';
import { surrogateChoice } from '../../surrogate/surrogates.js';
import { Artefacts, recordedArtefacts } from '../artefacts.js';
import { encodedAt, representatives } from '../candidates.js';
import { grownRecord, hasSameColumns } from '../growth.js';
import { visitsOf } from '../history.js';
import { outcomeContenders } from '../outcome-contenders.js';
import { type FittedEnsemble, type Learned, lastFittedEnsemble, mostRows, standing } from './surrogates-behind.js';

/** What surrogates know of one outcome that goals are stated on. */
export interface FittedOutcome extends FittedEnsemble {
  readonly name: string;
  /** Among `turned` of a visit. */
  readonly place: number;
  /** The value in its own unit that a turned one stands for. */
  own(turned: number): number;
}

/**
 * The surrogates of the last fit of every outcome that goals are stated on, the first objective's before all others: conditioned on all
 * that was measured, and calibrated for designs in general. Empty before there was a fit, and where another version made it; an outcome
 * that was never measured at the target is left out, and so is one that is computed from the design alone, of which nothing is learned.
 *
 * @remarks Cost: that of `lastCalibrations`, for each outcome.
 */
export async function fittedOutcomes(record: Learned): Promise<readonly FittedOutcome[]> {
  const first = await lastFittedEnsemble(record);
  if (first === null) return [];
  const { campaign, trials } = await grownRecord(record);
  const fit = trials.findLast(({ proposal }) => proposal.basis.fit !== null)!.proposal.basis.fit!;
  const { prepared } = first;
  const all = await outcomesBehind({ campaign, trials }, fit, first, recordedArtefacts(record));
  const found: FittedOutcome[] = [];
  for (const { from, ...outcome } of all) {
    if (from === null) {
      found.push(outcome);
      continue;
    }
    const { contenders, training, seed } = from;
    const candidates = representatives(prepared, standing, deriveSeed(campaign.spec.seed, 'calibration'));
    found.push({
      ...outcome,
      ensemble: await calibrated(outcome.ensemble, contenders, training, { candidates, seed }),
    });
  }
  return found;
}

/** An outcome with what its surrogates were fitted from; null of the first objective's, which were given. */
export interface OutcomeBehind extends FittedOutcome {
  readonly from: {
    readonly contenders: readonly Contender[];
    readonly training: TrainingSet;
    readonly seed: number;
  } | null;
}

/**
 * The surrogates of a fit of every outcome that goals are stated on, conditioned on all that was measured; not calibrated. What is left
 * out is as of `fittedOutcomes`.
 *
 * @param grown - campaign and trials with what the pool has grown by
 * @param first - what surrogates know of the first objective
 * @param source - finds what the fit names; absent where that is nothing
 */
export async function outcomesBehind(
  { campaign, trials }: Pick<Learned, 'campaign' | 'trials'>,
  fit: FitRecord,
  first: FittedEnsemble,
  source: ArtefactSource | undefined,
): Promise<readonly OutcomeBehind[]> {
  const { spec } = campaign;
  const goals = goalsOf(spec);
  const target = spec.fidelities.length - 1;
  const { prepared } = first;
  const artefacts = new Artefacts(source);
  const visits = visitsOf(campaign, trials, []);
  const known = surrogateChoice(fit.surrogate).members;
  const found: OutcomeBehind[] = [];
  const exact = designObjectives(campaign);
  for (const [place, name] of modelledOutcomes(goals).entries()) {
    if (exact.has(name)) continue;
    const own = (turned: number) => ownValue(goals.objectives[place] ?? { direction: 'minimise' }, turned);
    if (place === 0) {
      found.push({ ...first, name, place, own, from: null });
      continue;
    }
    const rows = visits.filter(({ turned }) => turned[place] != null).slice(-mostRows);
    if (!rows.some(({ level }) => level === target)) continue;
    const training: TrainingSet = {
      designs: encodedAt(prepared, rows),
      levels: Int32Array.from(rows, ({ level }) => level),
      losses: Float64Array.from(rows, ({ turned }) => turned[place]!),
      noise: Float64Array.from(rows, ({ noises }) => noises[place] ?? Number.NaN),
      levelCount: target + 1,
      finite: prepared.listed !== null,
    };
    const members = fit.outcomes?.find((one) => one.name === name)?.members ?? [];
    const previous = hasSameColumns(fit, prepared) ? await artefacts.earlier(members, name) : [];
    const seed = deriveSeed(spec.seed, name);
    const contenders = outcomeContenders(campaign, name, known);
    const ensemble = await Ensemble.fit(contenders, training, { seed, previous, optimise: previous.length === 0 });
    const from = { contenders, training, seed };
    found.push({ name, place, own, prepared, visits: rows, ensemble, from });
  }
  return found;
}
