import { logPi } from '../../acquisition/log-pi.js';
import type { Campaign } from '../../domain/campaign.js';
import { designKey } from '../../domain/design.js';
import type { Assurance } from '../../domain/proposal.js';
import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import { spaceDomain } from '../../search/domain.js';
import { maximiseAcquisition } from '../../search/maximise-acquisition.js';
import { rawDesigns } from '../../search/raw-designs.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { encodedAt, type PreparedSpace, placeOf } from '../candidates.js';
import { primaryTurned, ranked, type Visit } from '../history.js';
import { chanceOfBetter } from './chance-of-better.js';

/** Sobol points that represent a space that cannot be listed, beside those around the best designs. */
const points = 2048;

/** Designs measured as the best at the target, around which is looked more closely. */
const leadersAtMost = 5;

/** What the trials so far and the surrogates fitted to them say. */
export interface Knowledge {
  readonly campaign: Campaign;
  readonly prepared: PreparedSpace;
  readonly visits: readonly Visit[];
  /** Given everything measured, and nothing that is pending. */
  readonly ensemble: Ensemble;
  /** Visits whose values the surrogates take for gross errors: they are not the best, whatever they say. */
  readonly suspects: readonly Visit[];
  readonly seed: number;
}

/**
 * For each stop rule `regretBound`, with which probability the best design measured at the target is within its ε of the
 * best there is, by the posterior of the surrogates: at least 1 − Σ_m w_m·P_m(some candidate is better by more than ε), see
 * `chanceOfBetter`.
 *
 * Candidates are all designs of a list but those that count as infeasible at the target: one whose trial was cancelled, lost by
 * its device, or is still to be judged may be the better one. In a space that cannot be listed they are
 * 2,048 Sobol points, points around the five best designs, and the design that most probably is that much better, found
 * by gradients, with points around it: the best there is is then the best of these.
 *
 * @returns in the order of the campaign file; none before something is measured at the target
 */
export function assurances(knowledge: Knowledge): Assurance[] {
  const { campaign, visits, suspects } = knowledge;
  const target = campaign.spec.fidelities.length - 1;
  const measured = ranked(
    campaign.spec,
    visits.filter((visit) => visit.level === target && !suspects.includes(visit)),
  );
  const [best] = measured;
  if (best === undefined) return [];
  const at = encodedAt(knowledge.prepared, [best]);
  return campaign.spec.stop.flatMap((rule) => {
    if (rule.type !== 'regretBound') return [];
    const { epsilon } = rule;
    const candidates =
      candidatesOfList(knowledge, best, target) ??
      candidatesAnywhere(knowledge, measured.filter((visit) => !visit.outside).slice(0, leadersAtMost), epsilon);
    const chance = chanceOfBetter(knowledge.ensemble, at, candidates, epsilon, deriveSeed(knowledge.seed, 'assurance'));
    return [{ trialId: best.trialId, epsilon, probability: 1 - chance }];
  });
}

/** All rows but the best one and those infeasible at the target; null where there is no list. */
function candidatesOfList(
  { prepared: { listed }, visits }: Knowledge,
  best: Visit,
  target: number,
): EncodedDesigns | null {
  if (listed === null) return null;
  const out = new Set<number | undefined>([placeOf(listed, best), ...listed.barred]);
  for (const visit of visits) if (visit.level === target && visit.infeasible) out.add(placeOf(listed, visit));
  return selectDesigns(
    listed.encoded,
    [...Array(listed.designs.length).keys()].filter((row) => !out.has(row)),
  );
}

function candidatesAnywhere(
  { prepared: { encoder, space }, ensemble, campaign, seed }: Knowledge,
  leaders: readonly Visit[],
  epsilon: number,
): EncodedDesigns {
  const designs = leaders.map((visit) => visit.design);
  const target = campaign.spec.fidelities.length - 1;
  const wanted = primaryTurned(leaders[0]!)! - epsilon;
  const surface = {
    parts: ensemble.members.map(({ surrogate, weight }) => ({
      acquisition: { surrogate, anchors: null, anchored: 'target' as const, evaluate: logPi.evaluate },
      incumbent: surrogate.scale.toLatent(wanted),
      scale: surrogate.scale,
      weight,
    })),
    lossPower: logPi.lossPower,
    costs: campaign.spec.fidelities.map(() => 1),
    levels: [target],
  };
  const domain = spaceDomain(encoder, { space });
  const likeliest = maximiseAcquisition(surface, domain, designs, deriveSeed(seed, 'likeliest'));
  const around = likeliest === null ? designs : [likeliest.design, ...designs];
  const all = [...around, ...rawDesigns(domain, around, points, deriveSeed(seed, 'points'))];
  const keys = new Set([designKey(designs[0]!)]);
  return encoder.encode(
    all.filter((design) => {
      const key = designKey(design);
      return !keys.has(key) && keys.add(key);
    }),
  );
}
