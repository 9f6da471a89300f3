import type { NewChange } from '../activities/store/change.js';
import type { LoopEvent, LoopState } from './loop.js';

/** What a campaign does for changes of what is in force. */
interface Means {
  campaignId(): string;
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Sets the time after which the campaign drains, milliseconds from its start. */
  setWallClock(wallClockMs: number | null): void;
  /** Writes a change down, once, and answers whether it is in force. */
  write(change: NewChange): Promise<boolean>;
}

/** A change, as its campaign is told of it. */
export type Ordered = Omit<NewChange, 'campaignId' | 'sinceRound'>;

/** Has changes by people written down one after the other, and then does them. */
export class ChangeQueue {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly means: Means) {}

  /**
   * Has a change written down for the next round on; none begins meanwhile.
   *
   * @throws {ActivityFailure} if another was first; nothing has changed then
   */
  async change(ordered: Ordered): Promise<void> {
    this.means.dispatch({ type: 'ruling', id: ordered.requestId });
    const done = this.last.then(() => this.write(ordered));
    this.last = done.catch(() => undefined);
    await done;
  }

  private async write(ordered: Ordered): Promise<void> {
    const { means } = this;
    const { requestId: id, change } = ordered;
    try {
      const sinceRound = means.state().round + 1;
      if (!(await means.write({ ...ordered, campaignId: means.campaignId(), sinceRound }))) return;
      const { wallClockMs } = change.budget ?? {};
      if (wallClockMs !== undefined) means.setWallClock(wallClockMs);
      means.dispatch({ type: 'changed', change });
    } finally {
      means.dispatch({ type: 'ruled', id, effect: null });
    }
  }
}
