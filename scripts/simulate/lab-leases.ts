import type { Caller, Clock } from '../../lab-adapters/contract.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { LabSpec } from '../../models/domain/lab.js';
import { type Amounts, addedAmounts, type Draws, drawn } from '../../models/domain/stock-needs.js';
import type { LeaseCommand, LeaseEvent, LeaseState, Want } from '../../workflows/lease-life.js';
import { beginLeases, stepLeases } from '../../workflows/lease-state.js';

/** What is wanted of the lab. */
export interface SlotWant {
  /** Instruments that will do, or one position. */
  readonly anyOf: readonly string[];
  readonly key: string;
  readonly campaignId: string;
  /** Whether the trial has begun, so that this is a further step of it. */
  readonly begun: boolean;
  /** Stock that is used up, in the units of the lab. */
  readonly uses: Amounts;
  /** What further jobs of the same trial will use up: kept for them from now on. */
  readonly further?: Draws;
}

/** A slot that is leased. */
export interface LeasedSlot {
  /** Name of the instrument or position. */
  readonly name: string;
  /** Who makes the next call to it. */
  caller(): Caller;
}

interface Order {
  readonly want: SlotWant;
  slot: LeasedSlot | null;
  readonly settle: { resolve(slot: LeasedSlot): void; reject(error: unknown): void };
}

/** Code of the error where the stock does not suffice: nobody is there to fill it up. */
export const outOfStock = 'STOCK';

/**
 * The instruments and positions of a lab that exists in this process alone, with their stock: who has a slot, and who has it
 * next, is what it is in a lab that people share. Its instruments know no calendar, and are never put out of service.
 */
export class LabLeases {
  private readonly states = new Map<string, LeaseState>();
  private readonly orders: Order[] = [];
  private left: Amounts;
  /** What was drawn for jobs that have not begun, by key. */
  private kept: Draws = {};
  /** Keys of those that wait for stock. */
  private readonly short = new Set<string>();
  private fence = 0;

  constructor(
    private readonly lab: LabSpec,
    private readonly clock: Clock,
  ) {
    for (const [name, { slots }] of [...Object.entries(lab.instruments), ...Object.entries(lab.positions)])
      this.states.set(name, stepLeases(beginLeases(), { type: 'read', slots, leases: [], standstill: null }).state);
    this.left = Object.fromEntries(Object.entries(lab.stock).map(([name, { amount }]) => [name, amount]));
  }

  /**
   * Waits for a slot.
   * @throws {AthanorError} with code `STOCK` where the stock does not suffice, and no trial may give back what is kept for it
   * @throws the signal's reason once that is aborted
   */
  async take(want: SlotWant, signal?: AbortSignal): Promise<LeasedSlot> {
    signal?.throwIfAborted();
    const { promise, ...settle } = withResolvers<LeasedSlot>();
    const order: Order = { want, slot: null, settle };
    const give = () => settle.reject(signal!.reason);
    signal?.addEventListener('abort', give, { once: true });
    this.orders.push(order);
    const { anyOf } = want;
    const asked: Want = { ...want, holder: want.key, priority: 0, askedAt: this.clock.now(), after: null };
    for (const name of anyOf) if (order.slot === null) this.hear(name, { type: 'wanted', want: asked });
    try {
      return await promise;
    } catch (error) {
      this.short.delete(want.key);
      for (const name of anyOf) this.giveBack(name, want.key);
      throw error;
    } finally {
      this.orders.splice(this.orders.indexOf(order), 1);
      signal?.removeEventListener('abort', give);
    }
  }

  /** Gives a slot back; what became of its job is no matter, as nobody will come to say. */
  giveBack(name: string, key: string): void {
    this.hear(name, { type: 'returned', key });
  }

  /** Gives back what is kept for jobs that never will begin. */
  leave(keys: readonly string[]): void {
    const back = keys.filter((key) => Object.hasOwn(this.kept, key)).map((key) => this.kept[key]!);
    if (back.length === 0) return;
    this.left = addedAmounts(this.left, ...back);
    this.kept = Object.fromEntries(Object.entries(this.kept).filter(([key]) => !keys.includes(key)));
    this.lookAgain();
  }

  private hear(name: string, event: LeaseEvent): void {
    const { state, commands } = stepLeases(this.states.get(name)!, event);
    this.states.set(name, state);
    for (const command of commands) this.carryOut(name, command);
  }

  private carryOut(name: string, command: LeaseCommand): void {
    switch (command.type) {
      case 'release':
        this.hear(name, { type: 'closed', key: command.key, held: false });
        break;
      case 'tell':
        this.tell(command.want.key, {
          name,
          caller: () => ({ fence: ++this.fence, slot: `${this.lab.name}/${name}#${command.place}` }),
        });
        break;
      case 'grant':
        this.grant(name, command.want);
        break;
    }
  }

  /** Draws the stock, for all that is still to come where the trial has not begun. */
  private grant(name: string, { key, uses, anyOf }: Want): void {
    const found = this.drawnOn(name, key, uses);
    this.short.delete(key);
    if ('left' in found) {
      const { [key]: _, ...others } = { ...this.kept, ...this.orderOf(key)?.want.further };
      const wasKept = Object.keys(this.kept).length > 0;
      this.left = found.left;
      this.kept = others;
      this.hear(name, { type: 'granted', key, fence: ++this.fence });
      if (wasKept && Object.keys(others).length === 0) this.lookAgain();
      return;
    }
    const { stock, amount } = found.short;
    const unit = this.lab.stock[stock]?.unit ?? '';
    this.short.add(key);
    this.hear(name, { type: 'short', key, stock });
    // What is kept for others may be there again.
    if (Object.keys(this.kept).length > 0) return;
    if (anyOf.some((other) => 'left' in this.drawnOn(other, key, uses))) return;
    const message = `${amount} ${unit} of '${stock}' wanted, ${this.left[stock] ?? 0} ${unit} left`;
    this.orderOf(key)?.settle.reject(new AthanorError(outOfStock, message));
  }

  /** What is left with what a job uses up, and the instrument whatever the job. */
  private drawnOn(name: string, key: string, uses: Want['uses']) {
    const own = addedAmounts(uses, this.lab.instruments[name]?.uses ?? {});
    return drawn(this.left, this.kept, { ...this.orderOf(key)?.want.further, [key]: own });
  }

  /** Who waits for stock looks again. */
  private lookAgain(): void {
    if (this.short.size === 0) return;
    for (const [name, { slots }] of this.states) this.hear(name, { type: 'read', slots, leases: [], standstill: null });
  }

  private tell(key: string, slot: LeasedSlot): void {
    const order = this.orderOf(key);
    if (order === undefined || order.slot !== null) {
      this.giveBack(slot.name, key);
      return;
    }
    order.slot = slot;
    for (const name of order.want.anyOf) if (name !== slot.name) this.giveBack(name, key);
    order.settle.resolve(slot);
  }

  private orderOf(key: string): Order | undefined {
    return this.orders.find(({ want }) => want.key === key);
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((good, bad) => {
    resolve = good;
    reject = bad;
  });
  return { promise, resolve, reject };
}
