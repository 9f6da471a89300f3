import { patched } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { NewRuling } from '../activities/store/ruling.js';
import type { LoopEvent, LoopState, RulingEffect } from './loop.js';

/** What a campaign does for its rulings. */
interface Court {
  campaignId(): string;
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  readonly call: Pick<Activities, 'rule' | 'average'>;
  /** Waits until no end of a trial is being read: those that are read at once are one moment in replay. */
  hasHeard(): Promise<void>;
  /** Tries until it succeeds. */
  insist<T>(work: () => Promise<T>): Promise<T>;
}

/** Has rulings written down one after the other, and designs averaged between them. */
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

  /** Finds out what the design of a trial comes to that was measured again, by what is known of its trials. */
  async average(id: string): Promise<void> {
    this.last = this.last.then(() => this.count(id));
    await this.last;
  }

  private async count(id: string): Promise<void> {
    const { court } = this;
    let front: LoopState['front'];
    let asked: LoopState;
    do {
      await court.hasHeard();
      asked = court.state();
      const pending = asked.inFlight.map((slot) => slot.id);
      front = await court.insist(() => court.call.average({ campaignId: court.campaignId(), pending }));
      await court.hasHeard();
    } while (asked.ended !== court.state().ended || this.hasBegunSince(asked));
    court.dispatch({ type: 'averaged', id, front });
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
    const { court } = this;
    const campaignId = court.campaignId();
    const write = () => court.call.rule({ ...ruling, sinceRound: round + 1, campaignId, pending });
    try {
      return await write();
    } catch (error) {
      if (!isWritten || !patched('what-is-written-is-insisted-on')) throw error;
      return court.insist(write);
    }
  }

  private hasBegunSince({ inFlight }: LoopState): boolean {
    const known = new Set(inFlight.map(({ id }) => id));
    return this.court.state().inFlight.some(({ id }) => !known.has(id));
  }
}
