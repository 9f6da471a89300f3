import { patched } from '@temporalio/workflow';
import type { NewRuling } from '../activities/store/ruling.js';
import type { LoopEvent, LoopState, RulingEffect } from './loop.js';

/** What a campaign does for its rulings. */
interface Court {
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Writes a ruling down, once, and answers with what follows while these trials are in flight. */
  write(ruling: NewRuling, pending: readonly string[]): Promise<RulingEffect>;
  /** Tries until it succeeds. */
  insist<T>(work: () => Promise<T>): Promise<T>;
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
      let asked: LoopState;
      do {
        asked = court.state();
        effect = await this.ask(ruling, asked, effect !== null);
        // Of a trial that ended meanwhile the answer may not know, and of one that began it may know the end before the campaign
        // does: it is asked for again, and nothing written twice.
      } while (
        asked.ended !== court.state().ended ||
        (this.hasBegunSince(asked) && patched('what-began-is-asked-for'))
      );
    } finally {
      const anew = court.state().phase === 'draining' && patched('judge-the-stop-anew');
      const again = anew && patched('retries-outlive-an-undone-stop');
      // Absent in histories from before.
      if (effect?.trouble !== undefined)
        court.dispatch({ type: 'problem', key: `undo/${ruling.trialId}`, text: effect.trouble });
      court.dispatch({ type: 'ruled', id: ruling.trialId, effect, anew, again });
    }
  }

  /** @param isWritten - then it stands, whatever becomes of the question: a person looks, and what it comes to is asked again */
  private async ask(
    ruling: Omit<NewRuling, 'sinceRound'>,
    { round, inFlight }: LoopState,
    isWritten: boolean,
  ): Promise<RulingEffect> {
    const pending = inFlight.map(({ id }) => id);
    const write = () => this.court.write({ ...ruling, sinceRound: round + 1 }, pending);
    try {
      return await write();
    } catch (error) {
      if (!isWritten || !patched('what-is-written-is-insisted-on')) throw error;
      return this.court.insist(write);
    }
  }

  private hasBegunSince({ inFlight }: LoopState): boolean {
    const known = new Set(inFlight.map(({ id }) => id));
    return this.court.state().inFlight.some(({ id }) => !known.has(id));
  }
}
