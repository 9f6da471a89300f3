import { patched } from '@temporalio/workflow';
import type { NewRuling } from '../activities/store/ruling.js';
import type { LoopEvent, LoopState, RulingEffect } from './loop.js';

/** What a campaign does for its rulings. */
interface Court {
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Writes a ruling down, once, and answers with what follows while these trials are in flight. */
  write(ruling: NewRuling, pending: readonly string[]): Promise<RulingEffect>;
}

/** Has rulings written down one after the other. */
export class RulingQueue {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly court: Court) {}

  /**
   * Has a ruling written down for the next round on; none begins meanwhile.
   *
   * @param at - milliseconds since 1970
   * @throws {ActivityFailure} if the trial cannot be ruled on so; nothing has changed then
   */
  async rule(ruling: Omit<NewRuling, 'sinceRound'>): Promise<void> {
    this.court.dispatch({ type: 'ruling', id: ruling.trialId });
    const written = this.last.then(() => this.write(ruling));
    this.last = written.catch(() => undefined);
    await written;
  }

  private async write(ruling: Omit<NewRuling, 'sinceRound'>): Promise<void> {
    const { court } = this;
    let effect: RulingEffect | null = null;
    try {
      let ended: LoopState['ended'];
      do {
        const { round, inFlight, ended: before } = court.state();
        ended = before;
        const pending = inFlight.map(({ id }) => id);
        effect = await court.write({ ...ruling, sinceRound: round + 1 }, pending);
        // Of a trial that ended meanwhile the answer may not know: it is asked for again, and nothing written twice.
      } while (ended !== court.state().ended);
    } finally {
      const anew = court.state().phase === 'draining' && patched('judge-the-stop-anew');
      const again = anew && patched('retries-outlive-an-undone-stop');
      court.dispatch({ type: 'ruled', id: ruling.trialId, effect, anew, again });
    }
  }
}
