import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Slot } from './loop.js';

/** A proposal whose time to be approved is limited, and what happens to it then. */
interface Limited {
  readonly id: string;
  readonly until: number;
  readonly otherwise: 'approve' | 'reject';
}

/** Says of proposals that wait for approval when their time is up; those that wait for ever it leaves alone. */
export class ApprovalTimers {
  private readonly timers = new Map<string, CancellationScope>();
  private stopped = false;

  constructor(private readonly onOver: (id: string, otherwise: Limited['otherwise']) => void) {}

  /** Watches those of the slots that wait for approval, and no others. */
  watch(waiting: readonly Slot[]): void {
    const limited = this.stopped ? [] : waiting.flatMap(limitOf);
    const ids = new Set(limited.map(({ id }) => id));
    for (const [id, timer] of this.timers)
      if (!ids.has(id)) {
        timer.cancel();
        this.timers.delete(id);
      }
    for (const { id, until, otherwise } of limited) {
      if (this.timers.has(id)) continue;
      const timer = new CancellationScope();
      this.timers.set(id, timer);
      void timer
        .run(() => sleep(Math.max(1, until - Date.now())))
        .then(
          () => this.onOver(id, otherwise),
          () => undefined,
        );
    }
  }

  /** Says nothing any more: another run does. */
  stop(): void {
    this.stopped = true;
    this.watch([]);
  }
}

/** The slots with the time until which they wait, of those of which it was not known: it counts from now. */
export function withDeadlines(slots: readonly Slot[], now: number): readonly Slot[] {
  return slots.map((slot) =>
    isOpen(slot) ? { ...slot, approval: { ...slot.approval!, until: now + slot.approval!.timeoutMs! } } : slot,
  );
}

/** The times until which these wait that have got one beside the slots of before. */
export function newDeadlines(before: readonly Slot[], after: readonly Slot[]): Readonly<Record<string, number>> {
  return Object.fromEntries(after.flatMap((slot, i) => (isOpen(before[i]!) ? [[slot.id, slot.approval!.until!]] : [])));
}

function isOpen({ approval }: Slot): boolean {
  return approval !== undefined && approval.timeoutMs !== null && approval.until === null;
}

function limitOf({ id, needs, approval }: Slot): Limited[] {
  if (needs !== 'approval' || approval === undefined || approval.until === null || approval.otherwise === 'wait')
    return [];
  return [{ id, until: approval.until, otherwise: approval.otherwise }];
}
