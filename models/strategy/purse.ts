import type { Campaign } from '../domain/campaign.js';
import type { Place } from './candidates.js';
import type { CostModel } from './cost-model.js';

/** Relative slack in comparing costs, so that sums of decimals do not strand the last trial. */
const costSlack = 1e-9;

/**
 * What may still be spent in this round, by what trials are learned to cost.
 *
 * A trial is begun only if the cost that nine of ten like it stay within is left; what it takes is its expected cost, as
 * long as its own is not known. So a budget can be overrun by what the last trials cost more than that, and by no more.
 */
export class Purse {
  private refused = false;

  constructor(
    private readonly campaign: Campaign,
    readonly costs: CostModel,
    private left: number | null,
  ) {}

  /** Whether something could not be paid, or some level cannot be now. */
  get isShort(): boolean {
    return this.refused || this.affordable().length < this.costs.levels.length;
  }

  /** Levels at which a trial of some design can be paid, cheapest first. */
  affordable(): number[] {
    return [...this.costs.levels.keys()].filter((level) => this.holds(this.costs.least(level)));
  }

  /** Whether a trial at this level, and one of some design at the target after it, can be paid. */
  pays(level: number, target: number): boolean {
    return this.holds(this.costs.least(target) + (level === target ? 0 : this.costs.levels[level]!));
  }

  /** Whether a trial of this design at this level, one that can be paid for other designs, cannot be for this one. */
  isTooDear(level: number, place: () => Place): boolean {
    const tooDear = this.costs.dependsOnDesign(level) && !this.holds(this.costs.cautious(level, place()));
    this.refused ||= tooDear;
    return tooDear;
  }

  /** Whether a trial can be paid. */
  affords(level: number, place: Place): boolean {
    const affords = this.holds(this.costs.cautious(level, place));
    this.refused ||= !affords;
    return affords;
  }

  /** Takes the expected cost of a trial; false if it cannot be paid. */
  pay(level: number, place: Place): boolean {
    if (!this.affords(level, place)) return false;
    if (this.left !== null) this.left -= this.costs.expected(level, place);
    return true;
  }

  private holds(cost: number): boolean {
    return this.left === null || cost <= this.left + costSlack * (this.campaign.spec.budget.cost ?? 1);
  }
}
