import { normalised, ofLargeWeight, totalWeight } from '../../surrogate/weights.js';
import type { Choosable, MemberSituation } from '../best-candidate.js';
import { isDue } from './two-step.js';

/** Least share of target trials that is chosen without the earlier campaigns. */
const leastGuarded = 1 / 3;

/** A member, and whether it takes the earlier campaigns into account. */
export interface JoinedSituation extends MemberSituation {
  readonly joins: boolean;
}

/** Who chooses the next design. */
export interface Choosing {
  readonly situations: readonly MemberSituation[];
  readonly step: 'target' | 'guarded';
}

/**
 * The members of an ensemble that choose the next design of a campaign that was given earlier ones.
 *
 * Those that know nothing of the earlier campaigns and those that do take turns, as by the rule of two steps: the first choose
 * as large a share of the target trials as their weight, and at least a third. No score can tell an earlier campaign
 * that is right wherever it was tested and wrong at the best designs; such trials can.
 *
 * @param where - `visits`: everything run, running or just proposed
 */
export function choosing(
  situations: readonly JoinedSituation[],
  { visits, costs }: Pick<Choosable, 'visits' | 'costs'>,
): Choosing {
  const [alone, informed] = [false, true].map((joins) => situations.filter((one) => one.joins === joins));
  const share = alone!.length === 0 ? 0 : Math.max(leastGuarded, totalWeight(alone!));
  const isGuarded = informed!.length > 0 && isDue(visits, costs.length - 1, share);
  const group = isGuarded || informed!.length === 0 ? alone! : informed!;
  return {
    situations: normalised(ofLargeWeight(group)),
    step: isGuarded ? 'guarded' : 'target',
  };
}
