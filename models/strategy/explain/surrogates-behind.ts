import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign } from '../../domain/campaign.js';
import type { CodesVersion } from '../../domain/codes-version.js';
import type { FitRecord } from '../../domain/fit-record.js';
import type { CampaignRecord, TrialRecord } from '../../domain/record.js';
import { orientationOf, primaryObjective } from '../../domain/standing.js';
import { deriveSeed } from '../../random/generator.js';
import { calibrated } from '../../surrogate/calibration.js';
import { Ensemble } from '../../surrogate/ensemble.js';
import { surrogateChoice } from '../../surrogate/surrogates.js';
import { Artefacts, recordedArtefacts } from '../artefacts.js';
import { type PreparedSpace, placesOfTrials, prepareFor, representatives } from '../candidates.js';
import { contextsOf } from '../contexts.js';
import { extensionsOf, grownCampaign, hasSameColumns } from '../growth.js';
import { primaryTurned, type Visit, visitsOf } from '../history.js';
import { defaultsVersion } from '../names.js';
import { joinSources } from '../sources.js';
import { exactUpTo, subsetOf, trainingSet } from '../training-set.js';
import { versionsOf } from '../versions.js';

/** Representative designs by which intervals of designs in general are calibrated. */
export const standing = 512;

/** Rows that are learned from, at most, to say how far a surrogate errs in general. */
export const mostRows = 400;

/** An ensemble fitted to a space, prepared for its designs. */
export interface FittedEnsemble {
  readonly prepared: PreparedSpace;
  readonly ensemble: Ensemble;
  /** The trials that it was fitted to, a row each, in this order. */
  readonly visits: readonly Visit[];
}

/** The surrogates that a decision was made with. */
export interface SurrogatesBehind extends FittedEnsemble {
  /** What intervals of designs in general are read from; see `calibrated` of an ensemble. */
  calibrated(): Promise<FittedEnsemble>;
}

/** See `surrogatesBehind`. */
interface BehindOptions {
  readonly most?: number;
  readonly artefacts?: ArtefactSource | undefined;
  readonly extensions?: readonly string[];
  readonly codes?: readonly CodesVersion[];
}

/**
 * The surrogates behind a decision, rebuilt from its record: the kinds and the hyperparameters that its proposals carry,
 * conditioned on the trials that had ended by then. Where the pool has grown since, and its columns mean something else, they
 * are fitted afresh.
 *
 * @param options.most - trials that they are conditioned on, at most; as many as a decision takes where absent
 * @param options.artefacts - finds what the fit names, and the extensions of the pool; absent where that is nothing
 * @param options.extensions - of the pool; those of the last trial where absent
 * @param options.codes - versions of encoders; those of the last trial where absent
 */
export async function surrogatesBehind(
  given: Campaign,
  told: readonly TrialRecord[],
  fit: FitRecord,
  {
    most = exactUpTo,
    artefacts: source,
    extensions = extensionsOf(told),
    codes = versionsOf(told),
  }: BehindOptions = {},
): Promise<SurrogatesBehind> {
  const artefacts = new Artefacts(source);
  const { campaign, trials } = await grownCampaign(given, told, extensions, artefacts.source, codes);
  const prepared = await prepareFor(campaign.space, placesOfTrials(trials), contextsOf(campaign.spec, trials, []));
  const all = visitsOf(campaign, trials, []).filter((visit) => primaryTurned(visit) !== null);
  const visits = subsetOf(campaign, prepared, all, most);
  const training = trainingSet(campaign, prepared, visits);
  const plain = surrogateChoice(fit.surrogate).members;
  const contenders = joinSources(prepared, orientationOf(primaryObjective(campaign.spec)))?.contenders(plain) ?? plain;
  const { seed } = campaign.spec;
  const isSame = hasSameColumns(fit, prepared);
  const previous = isSame ? await artefacts.earlier(fit.members) : [];
  const ensemble = await Ensemble.fit(contenders, training, { seed, previous, optimise: !isSame });
  const candidates = () => representatives(prepared, standing, deriveSeed(seed, 'calibration'));
  return {
    prepared,
    ensemble,
    visits,
    calibrated: async () => ({
      prepared,
      visits,
      ensemble: await calibrated(ensemble, contenders, training, { candidates: candidates(), seed }),
    }),
  };
}

/**
 * By how much each surrogate of the last fit errs more or less than it says, at designs in general, by all that was
 * measured since; surrogates of small weight are left out. Empty before the first fit, and where that was made by
 * another version, whose hyperparameters may mean something else.
 *
 * @remarks Cost: up to twenty fits of each surrogate, seconds with 150 trials.
 */
export async function lastCalibrations(record: CampaignRecord): Promise<ReadonlyMap<string, number>> {
  const members = (await lastFittedEnsemble(record))?.ensemble.members ?? [];
  return new Map(members.map(({ name, calibration = 1 }) => [name, calibration]));
}

/** What the surrogates of a campaign are rebuilt from. */
export type Learned = Pick<CampaignRecord, 'campaign' | 'trials' | 'artefacts'>;

const fittedEnsembles = new WeakMap<Learned, Promise<FittedEnsemble | null>>();

/**
 * The surrogates of the last fit, conditioned on all that was measured and calibrated for designs in general; null before
 * there was one, and where another version made it. Remembered for as long as the record lives.
 */
export function lastFittedEnsemble(record: Learned): Promise<FittedEnsemble | null> {
  const fitted = fittedEnsembles.get(record) ?? ensembleAfter(record);
  fittedEnsembles.set(record, fitted);
  return fitted;
}

async function ensembleAfter(record: Learned): Promise<FittedEnsemble | null> {
  const { campaign, trials } = record;
  const basis = trials.findLast(({ proposal }) => proposal.basis.fit !== null)?.proposal.basis;
  if (basis?.fit == null || basis.defaults !== defaultsVersion(campaign.spec)) return null;
  const options = { most: mostRows, artefacts: recordedArtefacts(record) };
  return (await surrogatesBehind(campaign, trials, basis.fit, options)).calibrated();
}
