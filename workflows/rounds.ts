import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { rootMessage } from './failures.js';
import type { LoopCommand, LoopEvent, LoopState, Slot } from './loop.js';

/** What a campaign does for its rounds. */
interface Means {
  campaignId(): string;
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Waits until a person has seen to a problem, or until something else is so. */
  untilSolved(key: string, text: string, also: () => boolean): Promise<void>;
  /** The problem of a key is none any more. */
  solved(key: string): void;
  /** Slots with the time until which they wait. */
  timed(slots: readonly Slot[]): readonly Slot[];
  readonly call: Pick<Activities, 'propose'>;
}

/** Has rounds decided. */
export class Rounds {
  private deciding: CancellationScope | null = null;

  constructor(private readonly means: Means) {}

  /** Nobody waits for the decision under way any more. */
  cancel(): void {
    this.deciding?.cancel();
  }

  /** Asks for a round until it is decided; what keeps it from that, a person has to see to. */
  async propose(command: LoopCommand & { type: 'propose' }): Promise<void> {
    const { means } = this;
    const { type: _, ...asked } = command;
    const stops = () => means.state().phase === 'draining' || means.state().phase === 'aborting';
    let proposed: Awaited<ReturnType<Activities['propose']>> | undefined;
    while (proposed === undefined) {
      const scope = new CancellationScope();
      this.deciding = scope;
      try {
        proposed = await scope.run(() => means.call.propose({ campaignId: means.campaignId(), ...asked }));
      } catch (error) {
        if (!isCancellation(error)) {
          if (!(error instanceof ActivityFailure)) throw error;
          const text = `round ${command.round} cannot be decided: ${rootMessage(error)}`;
          await means.untilSolved('decision', text, stops);
        }
        // Nobody waits for the round any more: it is answered with nothing.
        if (stops()) proposed = { proposals: [], shortfall: null };
      }
    }
    this.deciding = null;
    means.solved('decision');
    means.dispatch({ type: 'proposed', round: command.round, ...proposed, proposals: means.timed(proposed.proposals) });
  }
}
