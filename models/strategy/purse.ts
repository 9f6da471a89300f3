import type { Campaign } from '../domain/campaign.js';

/** Relative slack in comparing costs, so that sums of decimals do not strand the last trial. */
const costSlack = 1e-9;

/** What may still be spent in this round. */
export class Purse {
  constructor(
    private readonly campaign: Campaign,
    private left: number | null,
  ) {}

  /** Levels that can be paid, cheapest first. */
  affordable(): number[] {
    const { fidelities } = this.campaign.spec;
    return [...fidelities.keys()].filter(
      (level) => this.left === null || fidelities[level]!.cost <= this.left + this.slack(),
    );
  }

  /** Whether a trial at this level, and one at the target after it, can be paid. */
  pays(level: number, target: number): boolean {
    const { fidelities } = this.campaign.spec;
    const cost = fidelities[target]!.cost + (level === target ? 0 : fidelities[level]!.cost);
    return this.left === null || cost <= this.left + this.slack();
  }

  /** Takes the cost of a trial at this level; false if it cannot be paid. */
  pay(level: number): boolean {
    if (!this.affordable().includes(level)) return false;
    if (this.left !== null) this.left -= this.campaign.spec.fidelities[level]!.cost;
    return true;
  }

  private slack(): number {
    return costSlack * (this.campaign.spec.budget.cost ?? 1);
  }
}
