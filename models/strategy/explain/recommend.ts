import type { MomentAcquisition } from '../../acquisition/contract.js';
import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign, CampaignSpec, Objective } from '../../domain/campaign.js';
import { type Design, designKey } from '../../domain/design.js';
import type { TrialRecord } from '../../domain/record.js';
import { goalsOf, hasSeveralGoals, ownValue, primaryObjective } from '../../domain/standing.js';
import { deriveSeed } from '../../random/generator.js';
import { type AcquisitionSurface, acquisitionValues } from '../../search/acquisition-surface.js';
import { spaceDomain } from '../../search/domain.js';
import { maximiseAcquisition } from '../../search/maximise-acquisition.js';
import type { LatentScale } from '../../surrogate/contract.js';
import { Ensemble } from '../../surrogate/ensemble.js';
import { defaultChoice, surrogateChoice } from '../../surrogate/surrogates.js';
import { Artefacts } from '../artefacts.js';
import {
  encodedAt,
  type Place,
  type PreparedSpace,
  placeAt,
  placeKey,
  placesOfTrials,
  prepareFor,
} from '../candidates.js';
import { contextsOf } from '../contexts.js';
import { extensionsOf, grownCampaign } from '../growth.js';
import { primaryTurned, ranked, type Visit, visitsOf } from '../history.js';
import { trainingSet } from '../training-set.js';
import { widenings } from './prequential.js';

/** A design to be measured at the target, by what lower fidelities tell; not a result. */
export interface Recommendation {
  readonly design: Design;
  /** Row of the pool, null outside pools. */
  readonly rowId: string | null;
  /** The highest fidelity that gave values: what follows is expected there, as nothing is known of the target. */
  readonly fidelity: string;
  /** Median, in the objective's own unit and direction. */
  readonly expected: number;
  /** Interval that holds the value without measurement noise with probability 0.95, lower end first; widened as `widenings` says. */
  readonly interval: readonly [number, number];
}

/** Probability outside the interval, on either side. */
const tail = 0.025;

/** The mean, turned round: the best design is the one expected to be lowest. */
const leastMean: MomentAcquisition = {
  kind: 'moments',
  lossPower: null,
  name: 'least-mean',
  description: 'posterior mean of the loss',
  evaluate: ({ mean }) => ({ value: -mean, byMean: -1, byVariance: 0, byLevelVariance: 0, byCovariance: 0 }),
};

/** As `leastMean`; of a wanted value the distance of the mean from it on the scale of a surrogate, turned round. */
function nearestMean(
  { direction, value = 0 }: Pick<Objective, 'direction' | 'value'>,
  scale: LatentScale,
): MomentAcquisition['evaluate'] {
  if (direction !== 'target') return leastMean.evaluate;
  const wanted = scale.toLatent(value);
  return ({ mean }) => ({
    value: -Math.abs(mean - wanted),
    byMean: Math.sign(wanted - mean),
    byVariance: 0,
    byLevelVariance: 0,
    byCovariance: 0,
  });
}

/**
 * What to measure at the target of a campaign that measured nothing there: the design expected best at the highest
 * fidelity that gave values, by the surrogates fitted to all values. Designs that failed at the target are left out.
 *
 * @param artefacts - finds the extensions of the pool; absent where there is none
 * @returns null if something was measured at the target, or nothing anywhere
 */
export async function recommend(
  given: Campaign,
  told: readonly TrialRecord[],
  artefacts?: ArtefactSource,
): Promise<Recommendation | null> {
  const { source } = new Artefacts(artefacts);
  const { campaign, trials } = await grownCampaign(given, told, extensionsOf(told), source);
  const prepared = await prepareFor(campaign.space, placesOfTrials(trials), contextsOf(campaign.spec, trials, []));
  const visits = visitsOf(campaign, trials, []);
  const measured = visits.filter((visit) => primaryTurned(visit) !== null);
  const level = measured.reduce((highest, visit) => Math.max(highest, visit.level), -1);
  const target = campaign.spec.fidelities.length - 1;
  if (level < 0 || level === target) return null;
  const seed = deriveSeed(campaign.spec.seed, 'recommendation');
  const ensemble = await fittedBelow(campaign, prepared, measured, level, seed);
  const failed = new Set(visits.filter((visit) => visit.level === target).map(placeKey));
  const place = leastLoss(ensemble, prepared, level, { spec: campaign.spec, measured, failed, seed });
  if (place === null) return null;
  const point = encodedAt(prepared, [place]);
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(point));
  const objective = primaryObjective(campaign.spec);
  const widened = widenings(campaign.spec, trials, [])[level]!;
  const value = (p: number) => ownValue(objective, ensemble.quantile(posteriors, { level, candidate: 0, widened }, p));
  const ends = [value(tail), value(1 - tail)] as const;
  return {
    design: place.design,
    rowId: place.rowId,
    fidelity: campaign.spec.fidelities[level]!.name,
    expected: value(0.5),
    interval: [Math.min(...ends), Math.max(...ends)],
  };
}

/** The surrogates of the campaign, with the highest level that gave values as the target. */
function fittedBelow(
  campaign: Campaign,
  prepared: PreparedSpace,
  measured: readonly Visit[],
  level: number,
  seed: number,
): Promise<Ensemble> {
  const { spec } = campaign;
  const named = spec.strategy === 'default' ? undefined : spec.strategy.surrogate;
  const { substances, codes } = prepared.encoder.encoding;
  const finite = prepared.listed !== null || substances > 0;
  const { members } = surrogateChoice(
    named ?? defaultChoice(level + 1, { finite, coded: codes.length > 0, goals: hasSeveralGoals(goalsOf(spec)) }),
  );
  return Ensemble.fit(members, trainingSet(campaign, prepared, measured, level + 1), {
    seed,
    previous: [],
    optimise: true,
  });
}

function leastLoss(
  { members }: Ensemble,
  { listed, encoder, space }: PreparedSpace,
  level: number,
  known: {
    readonly spec: CampaignSpec;
    readonly measured: readonly Visit[];
    readonly failed: ReadonlySet<string>;
    readonly seed: number;
  },
): Place | null {
  const { spec, measured, failed, seed } = known;
  const objective = primaryObjective(spec);
  const surface: AcquisitionSurface = {
    parts: members.map(({ surrogate, weight }) => ({
      acquisition: { surrogate, anchors: null, anchored: 'target', evaluate: nearestMean(objective, surrogate.scale) },
      incumbent: 0,
      scale: surrogate.scale,
      weight,
    })),
    lossPower: leastMean.lossPower,
    costs: new Array<number>(level + 1).fill(1),
    levels: [level],
  };
  if (listed === null) {
    const inside = measured.filter((visit) => visit.level === level && !visit.outside);
    const leaders = ranked(spec, inside)
      .slice(0, 5)
      .map((visit) => visit.design);
    const domain = spaceDomain(encoder, { space, refused: (design) => failed.has(designKey(design)) });
    const found = maximiseAcquisition(surface, domain, leaders, seed);
    return found === null ? null : { design: found.design, rowId: null };
  }
  const [values] = acquisitionValues(surface, listed.encoded);
  const open = [...values!.keys()].filter(
    (row) => !listed.barred.has(row) && !failed.has(placeKey(placeAt(listed, row))),
  );
  if (open.length === 0) return null;
  return placeAt(
    listed,
    open.reduce((a, b) => (values![b]! > values![a]! ? b : a)),
  );
}
