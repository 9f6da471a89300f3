import type { Clock } from '../../lab-adapters/contract.js';

/** A clock that passes exactly when somebody sleeps on it. */
export function virtualClock(start = 0): Clock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}
