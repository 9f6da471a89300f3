import type { EventFilter, StoreEvent } from '../../activities/store/event.js';

/** Reads the log from a number on; sealed first, so that nothing is skipped. */
export type ReadEvents = (filter: EventFilter) => Promise<readonly StoreEvent[]>;

/** How often the log is looked at, milliseconds. */
const lookMs = 300;
const readAtOnce = 500;

/** Hears of events in their order, each once. */
export type Hearer = (events: readonly StoreEvent[]) => void;

/**
 * The log as it grows, read once for all who follow it. It is read while somebody does.
 */
export class EventFeed {
  private readonly hearers = new Set<Hearer>();
  private timer: NodeJS.Timeout | null = null;
  private reading: Promise<void> | null = null;
  private seq = 0;

  /**
   * @param read - of all campaigns
   * @param onTrouble - told what failed; it goes on trying
   */
  constructor(
    private readonly read: ReadEvents,
    private readonly onTrouble: (error: Error) => void = () => undefined,
  ) {}

  /** Number of the last event that hearers were told of. */
  get last(): number {
    return this.seq;
  }

  /**
   * Follows the log after a number that is not beyond its end.
   * @returns how to leave
   */
  follow(after: number, hear: Hearer): () => void {
    let at = after;
    let isBehind = true;
    const own: Hearer = (events) => {
      const news = events.filter(({ seq }) => seq > at);
      if (news.length === 0) return;
      at = news.at(-1)!.seq;
      hear(news);
    };
    // The next look reads on from the place that is farthest behind; nobody hears an event twice.
    const join = () => {
      this.seq = this.hearers.size === 0 ? at : Math.min(this.seq, at);
      this.hearers.add(own);
      this.start();
    };
    // What was before the others' place is read for this one alone; then it hears with them.
    const catchUp = async () => {
      while (isBehind) {
        const events = await this.read({ after: at, limit: readAtOnce });
        own(events);
        if (events.length < readAtOnce) isBehind = false;
      }
      join();
    };
    const caughtUp = catchUp().catch((error: Error) => {
      this.onTrouble(error);
      join();
    });
    return () => {
      isBehind = false;
      void caughtUp.then(() => {
        this.hearers.delete(own);
        if (this.hearers.size === 0) this.stop();
      });
    };
  }

  /** Ends all reading. */
  async close(): Promise<void> {
    this.hearers.clear();
    this.stop();
    await this.reading;
  }

  private start(): void {
    this.timer ??= setInterval(() => {
      this.reading ??= this.look().finally(() => {
        this.reading = null;
      });
    }, lookMs);
  }

  private stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    try {
      for (;;) {
        const events = await this.read({ after: this.seq, limit: readAtOnce });
        if (events.length === 0) return;
        this.seq = events.at(-1)!.seq;
        for (const hear of this.hearers) hear(events);
      }
    } catch (error) {
      this.onTrouble(error as Error);
    }
  }
}
