import { jobRequest } from '../../activities/job-request.js';
import type { Query } from '../../activities/store/client.js';
import { findLab } from '../../activities/store/lab.js';
import { stockOf } from '../../activities/store/stock.js';
import { stepUses } from '../../lab-adapters/step-values.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { instrumentsFor } from '../../models/domain/lab.js';
import { addedAmounts, leastUsed } from '../../models/domain/stock-needs.js';
import type { OwnDesign } from '../../workflows/messages.js';

/** A stock of which less is left than a design takes, in the unit of the stock. */
export interface Shortage {
  readonly lab: string;
  readonly stock: string;
  readonly unit: string;
  readonly left: number;
  readonly wanted: number;
}

/**
 * What a design wants of the stock of its lab that is not there now: its trial would wait for that. What trials that have begun
 * are to use is no longer there; what others that wait will take, is.
 *
 * @returns empty where all suffices, or nothing of a lab is used
 */
export async function shortagesOf(
  query: Query,
  { space, spec }: Campaign,
  own: Pick<OwnDesign, 'design' | 'rowId' | 'fidelity'>,
): Promise<readonly Shortage[]> {
  const level = spec.fidelities.find(({ name }) => name === own.fidelity);
  const lab = typeof spec.lab !== 'object' ? null : ((await findLab(query, spec.lab.name))?.definition ?? null);
  if (lab === null || level === undefined) return [];
  const request = jobRequest({ space, spec }, own);
  const steps = level.recipe ?? (level.instrument === undefined ? [] : [{ on: level.instrument, uses: {} }]);
  const amounts = await Promise.all(
    steps.map(async ({ on, uses }) => {
      const told = await stepUses(uses, request, lab.stock);
      // Amounts that cannot be told are refused when it is the step's turn.
      return leastUsed(lab, instrumentsFor(lab, on), 'uses' in told ? told.uses : {});
    }),
  );
  const left = await stockOf(query, lab.name);
  return Object.entries(addedAmounts(...amounts)).flatMap(([stock, wanted]) => {
    const there = left.get(stock) ?? 0;
    const { unit } = lab.stock[stock] ?? { unit: '' };
    return wanted > there ? [{ lab: lab.name, stock, unit, left: there, wanted }] : [];
  });
}
