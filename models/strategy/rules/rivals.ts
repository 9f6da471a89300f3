import type { PreparedSpace } from '../candidates.js';
import { closeTo } from '../crowding.js';
import type { Visit } from '../history.js';
import { type Closing, Open } from '../open.js';
import type { Choice, Rule, Situation } from './contract.js';

/** What of each range a candidate must differ by, in a number or in anything else, to be another one in a space without a list. */
const apart = 0.05;

/**
 * The candidates that a choice was preferred to: what the rule would have chosen without it, one after the other, each in the
 * same situation with all before it closed. In a space without a list each differs from those before it by more than a twentieth of
 * some range.
 *
 * @param closing - as it was for the choice
 * @returns best first by the rule, at most `most`
 */
export async function rivalsOf(
  rule: Rule,
  situation: Situation,
  closing: Omit<Closing, 'besides'>,
  chosen: Choice,
  most: number,
): Promise<Choice[]> {
  const { prepared } = situation;
  const found: Choice[] = [chosen];
  while (found.length <= most) {
    const besides = closeTo(prepared, found, apart)!;
    const visits = [...closing.visits, ...found.map(asClosed)];
    const next = await rule.next(
      situation,
      new Open({ ...closing, visits, ...(isListed(prepared) ? {} : { besides }) }),
    );
    // Where all that is open lies near, the search takes what is near.
    if (next === null || (!isListed(prepared) && besides(prepared.encoder.encode([next.design]), 0, next.level))) break;
    found.push(next);
  }
  return found.slice(1);
}

function isListed({ listed }: PreparedSpace): boolean {
  return listed !== null;
}

/** What may not be asked again, as a visit that taught nothing. */
function asClosed({ design, rowId, level }: Choice): Visit {
  return { trialId: '', design, rowId, level, turned: [], noises: [], pending: false };
}
