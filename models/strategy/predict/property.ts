import type { CampaignSpec } from '../../domain/campaign.js';
import type { CampaignRecord, TrialRecord } from '../../domain/record.js';
import { orientationOf, primaryObjective } from '../../domain/standing.js';
import { deriveSeed } from '../../random/generator.js';
import { calibrated } from '../../surrogate/calibration.js';
import { Ensemble } from '../../surrogate/ensemble.js';
import { defaultChoice, surrogateChoice } from '../../surrogate/surrogates.js';
import { type PreparedSpace, representatives } from '../candidates.js';
import { lastFittedEnsemble, mostRows, standing } from '../explain/surrogates-behind.js';
import type { GrownCampaign } from '../growth.js';
import { knownVariance, type Visit } from '../history.js';
import { joinSources } from '../sources.js';
import { subsetOf, trainingSet } from '../training-set.js';

/** What a campaign knows: its trials, and what these name. */
export type Learned = Pick<CampaignRecord, 'campaign' | 'trials' | 'artefacts'>;

/** An outcome at a fidelity, where it was measured at least once. */
export interface Property {
  readonly fidelity: string;
  readonly outcome: string;
  /** How many trials gave it there. */
  readonly trials: number;
  /** How the surrogates are less than exact, e.g. `subset 400 of 700`; null where they are not. */
  readonly approximation: string | null;
}

/** A property with the surrogates that tell of it, the fidelity being their target. */
export interface FittedProperty extends Property {
  readonly level: number;
  /** By which its values are turned so that lower is better. */
  readonly sign: 1 | -1;
  readonly ensemble: Ensemble;
  /** The trials that gave it. */
  readonly visits: readonly Visit[];
}

/** What properties are fitted from. */
export interface Knowledge extends GrownCampaign {
  readonly learned: Learned;
  readonly prepared: PreparedSpace;
  /** Trials that ended, as they ran. */
  readonly visits: readonly Visit[];
}

/**
 * The surrogates of an outcome at a level: those of the campaign, told of that level and the ones below it, with intervals as
 * wide as they err at designs in general (see `calibrated`). Of the objective at the target they are those of the last fit, given all
 * that was measured, as the report takes them.
 *
 * @returns null where it was never measured there
 */
export async function fitProperty(
  knowledge: Knowledge,
  outcome: string,
  level: number,
): Promise<FittedProperty | null> {
  const { campaign, trials, prepared, learned } = knowledge;
  const { spec } = campaign;
  const sign = signOf(spec, outcome);
  const own = ofOutcome(knowledge.visits, trials, outcome, sign);
  const visits = own.filter((visit) => visit.level === level);
  if (visits.length === 0) return null;
  const told = own.filter((visit) => visit.level <= level);
  const used = subsetOf(campaign, prepared, told, mostRows);
  const approximation = used.length === told.length ? null : `subset ${used.length} of ${told.length}`;
  const fidelity = spec.fidelities[level]!.name;
  const property = { fidelity, outcome, trials: visits.length, approximation, level, sign, visits };
  const decides = outcome === primaryObjective(spec).name && level === spec.fidelities.length - 1;
  const last = decides ? await lastFittedEnsemble(learned) : null;
  if (last !== null) return { ...property, ensemble: last.ensemble };
  const sources = decides ? joinSources(prepared, sign) : null;
  const named = spec.strategy === 'default' ? undefined : spec.strategy.surrogate;
  const { substances, codes } = prepared.encoder.encoding;
  const finite = prepared.listed !== null || substances > 0;
  const levels = level + 1 + (sources?.rows.count ?? 0);
  const { members } = surrogateChoice(named ?? defaultChoice(levels, { finite, coded: codes.length > 0 }));
  const contenders = sources?.contenders(members) ?? members;
  const training = trainingSet(campaign, prepared, used, level + 1);
  const seed = deriveSeed(spec.seed, 'property', level, outcome);
  const ensemble = await Ensemble.fit(contenders, training, { seed, previous: [], optimise: true });
  const candidates = representatives(prepared, standing, deriveSeed(spec.seed, 'calibration'));
  return { ...property, ensemble: await calibrated(ensemble, contenders, training, { candidates, seed }) };
}

function signOf({ objectives }: CampaignSpec, outcome: string): 1 | -1 {
  const objective = objectives.find(({ name }) => name === outcome);
  return objective === undefined ? 1 : orientationOf(objective);
}

/** The visits where an outcome was measured, with that alone. */
function ofOutcome(
  visits: readonly Visit[],
  trials: readonly TrialRecord[],
  outcome: string,
  sign: 1 | -1,
): readonly Visit[] {
  const observations = new Map(trials.map(({ proposal, observation }) => [proposal.id, observation]));
  return visits.flatMap((visit) => {
    const observation = observations.get(visit.trialId);
    if (observation?.outcome !== 'measured') return [];
    const { values, noise } = observation;
    if (!Object.hasOwn(values, outcome)) return [];
    return [{ ...visit, turned: [sign * values[outcome]!], noises: [knownVariance(noise[outcome])] }];
  });
}
