import { CancellationScope, sleep } from '@temporalio/workflow';

/** Says when the time of a campaign is up. */
export class WallClock {
  private timer: CancellationScope | null = null;

  /** @param startedAt - milliseconds since 1970 */
  constructor(
    private readonly startedAt: number,
    private readonly onOver: () => void,
  ) {}

  /** Has it told after so many milliseconds since the start, in place of any time before. */
  set(limitMs: number): void {
    this.stop();
    const scope = new CancellationScope();
    this.timer = scope;
    const left = Math.max(1, this.startedAt + limitMs - Date.now());
    void scope.run(() => sleep(left)).then(this.onOver, () => undefined);
  }

  /** Has it not told. */
  stop(): void {
    this.timer?.cancel();
  }
}
