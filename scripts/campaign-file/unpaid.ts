import type { CampaignParts } from './parts.js';

/** Why designs are too many, and how many there may be. */
export interface Unpaid {
  /** How many trials they are, and what is against that. */
  readonly message: string;
  readonly most: number;
}

/**
 * Why the budget of a file does not pay so many designs at the target fidelity, each measured as often as `replicates` wants; null
 * where it does, or where that is not known.
 *
 * @param designs - their number
 * @param are - what their trials are called; nothing where that is plain
 */
export function unpaid(
  designs: number,
  { budget, replicates, fidelities }: Pick<CampaignParts, 'budget' | 'replicates' | 'fidelities'>,
  are = '',
): Unpaid | null {
  const each = replicates?.atTarget ?? 1;
  const trials = designs * each;
  const over = 'more than the budget of';
  const counted = each === 1 ? `${designs}` : `${designs} designs, each measured ${each} times: ${trials}`;
  if (budget.trials !== undefined && trials > budget.trials)
    return {
      message:
        are === '' ? `${counted}, ${over} ${budget.trials} trials` : `${counted} ${are}, ${over} ${budget.trials}`,
      most: Math.floor(budget.trials / each),
    };
  const cost = fidelities.at(-1)?.cost;
  if (cost === undefined || budget.cost === undefined || !(trials * cost > budget.cost)) return null;
  return {
    message: `${counted} trials at the target cost ${trials * cost}, ${over} ${budget.cost}`,
    most: Math.floor(budget.cost / cost / each),
  };
}
