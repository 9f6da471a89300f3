import type { DecidePool } from '../../activities/decide-pool.js';
import type { Progress } from '../../models/strategy/progress.js';
import { durationText } from '../duration-text.js';
import { progressText } from '../progress.js';

/** A decision is spoken of when it has taken this long, and again each time it has taken as long once more. */
const everyMs = 60_000;

/** The pool, with a line in the log for every minute that a decision takes; most take seconds and leave none. */
export function logSlowDecisions(pool: DecidePool, log: (message: string) => void): DecidePool {
  return {
    decide: (request, call = {}) => {
      let minutes = 0;
      let doing = 'waiting for a thread';
      const timer = setInterval(() => {
        minutes += 1;
        const taken = durationText(minutes * everyMs);
        log(`${request.campaign.id}, round ${request.round}: ${doing}, for ${taken} in all`);
      }, everyMs);
      const onProgress = (progress: Progress) => {
        doing = progressText(progress);
        call.onProgress?.(progress);
      };
      return pool.decide(request, { ...call, onProgress }).finally(() => clearInterval(timer));
    },
    close: () => pool.close(),
  };
}
