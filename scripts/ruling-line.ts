import type { Ruling } from '../models/domain/ruling.js';
import { cleanLine } from './failure-line.js';
import { formatNumber } from './wording.js';

/** A ruling in one line: what was decided, by whom, from when, and why. */
export function rulingLine({ verdict, values, cause, who, why, sinceRound }: Ruling): string {
  const given = Object.entries(values).map(([name, value]) => `${name}=${formatNumber(value)}`);
  const said = {
    release: given.length === 0 ? 'released' : `released with ${given.join(' ')}`,
    amend: `amended to ${given.join(' ')}`,
    discard: 'discarded',
    failed: `declared failed (${cause})`,
    notStarted: 'declared not started',
  }[verdict];
  return cleanLine(`${said} by ${who} from round ${sinceRound} on: ${why}`);
}
