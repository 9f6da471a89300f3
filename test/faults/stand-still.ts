import type { Control } from '../../scripts/durable/control-contract.js';

/** Measures how long a campaign stands still; printed only where `npm run faults` asks for it, and never asserted. */
export interface StandStill {
  /** Waits until a trial that had not started before has started, and one that had not ended has ended. */
  overcome(): Promise<void>;
}

/**
 * To be called at the moment of the kill.
 * @param what - was killed, for the table
 */
export function standStill(what: string, control: Control, id: string): StandStill {
  const since = Date.now();
  return {
    overcome: async () => {
      if (process.env.ATHANOR_FAULT_TIMES === undefined) return;
      const seen: { started: number | null; ended: number | null } = { started: null, ended: null };
      while (seen.started === null || seen.ended === null) {
        const trials = await control.trials(id).catch(() => []);
        for (const { startedAt, endedAt } of trials) {
          if (startedAt !== null && startedAt > since) seen.started ??= startedAt - since;
          if (endedAt !== null && endedAt > since) seen.ended ??= endedAt - since;
        }
        const over = trials.length > 0 && (await control.status(id).catch(() => null))?.phase === 'stopped';
        if (over) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const said = (ms: number | null) => (ms === null ? 'none' : `${(ms / 1000).toFixed(1)} s`);
      process.stdout.write(
        `stood still  ${what.padEnd(40)}  next start ${said(seen.started).padStart(7)}  next end ${said(seen.ended).padStart(7)}\n`,
      );
    },
  };
}
