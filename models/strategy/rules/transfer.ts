import type { AcquisitionType } from '../../acquisition/contract.js';
import { normalised, ofLargeWeight, totalWeight } from '../../surrogate/weights.js';
import { bestCandidate } from '../best-candidate.js';
import type { MemberSituation, Rule, Situation } from './contract.js';
import { isDue } from './two-step.js';

/** Least share of target trials that is chosen without the earlier campaigns. */
const leastGuarded = 1 / 3;

/** Who chooses the next design. */
export interface Choosing {
  readonly members: readonly MemberSituation[];
  readonly step: 'target' | 'guarded';
}

/** The largest value of an acquisition where earlier campaigns are given, by the members whose turn it is. */
export function transferRule(type: AcquisitionType): Rule {
  return {
    next: async (situation, open) => {
      const { members, step } = choosing(situation);
      const best = await bestCandidate(type, members, situation, open);
      return best === null ? null : { ...best, step };
    },
  };
}

/**
 * The members of an ensemble that choose the next design of a campaign that was given earlier ones.
 *
 * Those that know nothing of the earlier campaigns and those that do take turns, as by the rule of two steps: the first choose
 * as large a share of the target trials as their weight, and at least a third. No score can tell an earlier campaign
 * that is right wherever it was tested and wrong at the best designs; such trials can.
 */
export function choosing({ members, visits, costs }: Pick<Situation, 'members' | 'visits' | 'costs'>): Choosing {
  const [alone, informed] = [false, true].map((joins) => members.filter((one) => one.joins === joins));
  const share = alone!.length === 0 ? 0 : Math.max(leastGuarded, totalWeight(alone!));
  const isGuarded = informed!.length > 0 && isDue(visits, costs.length - 1, share);
  const group = isGuarded || informed!.length === 0 ? alone! : informed!;
  return {
    members: normalised(ofLargeWeight(group)),
    step: isGuarded ? 'guarded' : 'target',
  };
}
