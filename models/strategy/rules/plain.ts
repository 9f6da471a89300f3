import type { AcquisitionType } from '../../acquisition/contract.js';
import { normalised, ofLargeWeight } from '../../surrogate/weights.js';
import { bestCandidate } from '../best-candidate.js';
import type { Rule } from './contract.js';

/** The design and level with the largest value of an acquisition, by the members of large weight. */
export function plainRule(type: AcquisitionType): Rule {
  return {
    next: (situation, open) => bestCandidate(type, normalised(ofLargeWeight(situation.members)), situation, open),
  };
}
