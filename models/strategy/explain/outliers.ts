import { median } from 'simple-statistics';
import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign } from '../../domain/campaign.js';
import type { Proposal } from '../../domain/proposal.js';
import type { TrialRecord } from '../../domain/record.js';
import { ownValue, primaryObjective } from '../../domain/standing.js';
import { offBy, perMedian } from '../../surrogate/kinds/robust-gp.js';
import { extensionsOf } from '../growth.js';
import { primaryTurned, visitsOf } from '../history.js';
import { defaultsVersion } from '../names.js';
import { versionsOf } from '../versions.js';
import { surrogatesBehind } from './surrogates-behind.js';

/** A measured value that all the others speak against. */
export interface Outlier {
  readonly trialId: string;
  /** As measured, and as predicted without it; in the objective's own unit. */
  readonly value: number;
  readonly predicted: number;
  /** Whether the surrogate has taken it for a gross error, and not learned from it. */
  readonly isLeftOut: boolean;
}

/** Trials from which outliers are told, at least and at most. */
const trialsAtLeast = 6;
const trialsAtMost = 400;

/**
 * Measured values at the target that lie far from what the surrogate of largest weight predicts of them from all others: those that
 * it has not learned from (see `fitRobust`), and those that are off by more than six times what is usual (by the median), and by more
 * than two of its own standard deviations, in which it reckons with them as noise. Whether they are wrong a person must judge.
 *
 * @param next - proposals made after these trials, whose fit is used; without one, the last fit of the trials
 * @param artefacts - finds what that fit names, and the extensions of the pool; absent where that is nothing
 * @see Rasmussen and Williams 2006, eq. 5.12 (leave-one-out)
 */
export async function outliersOf(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  next: readonly Proposal[] = [],
  artefacts?: ArtefactSource,
): Promise<readonly Outlier[]> {
  const proposals = [...trials.map(({ proposal }) => proposal), ...next];
  const basis = proposals.findLast((proposal) => proposal.basis.fit !== null)?.basis;
  const target = campaign.spec.fidelities.length - 1;
  const visits = visitsOf(campaign, trials, []).filter((visit) => primaryTurned(visit) !== null);
  if (basis?.fit == null || basis.defaults !== defaultsVersion(campaign.spec)) return [];
  if (visits.length < trialsAtLeast || visits.length > trialsAtMost || campaign.space.sources !== undefined) return [];
  const all = proposals.map((proposal) => ({ proposal }));
  const last = { extensions: extensionsOf(all), codes: versionsOf(all) };
  const { ensemble } = await surrogatesBehind(campaign, trials, basis.fit, { artefacts, ...last });
  const { surrogate } = ensemble.members.reduce((most, member) => (member.weight > most.weight ? member : most));
  const { mean, variance } = surrogate.leaveOneOut();
  const rows = [...visits.keys()].filter((row) => visits[row]!.level === target);
  const off = rows.map((row) => Math.abs(surrogate.scale.toLatent(primaryTurned(visits[row]!)!) - mean[row]!));
  if (off.length < trialsAtLeast) return [];
  const usual = perMedian * median(off);
  const objective = primaryObjective(campaign.spec);
  return rows.flatMap((row, i) => {
    const isLeftOut = surrogate.suspects?.includes(row) ?? false;
    if (!isLeftOut && !(off[i]! > offBy.usual * usual && off[i]! > offBy.own * Math.sqrt(variance[row]!))) return [];
    const value = (loss: number) => ownValue(objective, loss);
    const { trialId } = visits[row]!;
    const predicted = value(surrogate.scale.toLoss(mean[row]!));
    return [{ trialId, value: value(primaryTurned(visits[row]!)!), predicted, isLeftOut }];
  });
}
