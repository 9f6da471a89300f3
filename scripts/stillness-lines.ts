import type { Obstacle } from '../activities/obstacles.js';
import type { WaitingTrialOf } from './durable/stillness.js';
import { durationText } from './duration-text.js';
import { cleanLine } from './failure-line.js';

/** What stands still, in one line. @param now - milliseconds since 1970 */
export function obstacleText({ lab, name, kind, text, since, until, waiting }: Obstacle, now: number): string {
  const from = since === null || kind === 'unable' ? '' : `, for ${durationText(now - since)}`;
  const end = until === null ? '' : `, until ${new Date(until).toISOString()}`;
  const trials = waiting.length === 0 ? '' : `; ${waiting.length} trial${waiting.length === 1 ? ' waits' : 's wait'}`;
  return `${lab}/${name}  ${cleanLine(text, 300)}${from}${end}${trials}`;
}

/** For which slot a trial waits, since when, and who has it. @param now - milliseconds since 1970 */
export function waitText({ trialId, step, on, since, has, unable }: WaitingTrialOf, now: number): string {
  const what = `${trialId}${step === null ? '' : `, step ${step},`}`;
  if (unable !== null)
    return `${what} can be done nowhere, for ${durationText(now - since)}: ${cleanLine(unable, 300)}`;
  const who = has.map(
    ({ name, key, since: from, held }) =>
      `${on.length > 1 ? `${name}: ` : ''}${key} ${held ? 'holds' : 'has'} it, for ${durationText(now - from)}`,
  );
  return `${what} waits for ${on.join(' or ')}, for ${durationText(now - since)}${who.length === 0 ? '' : ` (${who.join('; ')})`}`;
}
