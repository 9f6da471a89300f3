import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { LeasePlan } from '../activities/lease.js';
import { isAlreadyStarted } from './failures.js';
import type { instrumentWorkflow } from './instrument.js';
import type { Want } from './lease-life.js';
import { type HeldSlot, readGranted, returnSlot, slotGranted, wantSlot } from './lease-messages.js';
import { heeding } from './payloads.js';
import { instrumentWorkflowId } from './queues.js';

/** When who waits asks again, as the workflow of an instrument may have been lost with its queue; each time twice as long. */
const askAgainAfterMs = 120_000;
const longestMs = 24 * 3_600_000;

/** What is wanted: one slot of any of the instruments, or of one position. */
export type LeaseWant = LeasePlan & { readonly begun: boolean };

interface Order {
  readonly want: LeaseWant;
  slot: HeldSlot | null;
}

/** Leases slots for the jobs of one workflow; one a workflow, made at its start. */
export class LeaseDesk {
  private readonly orders: Order[] = [];

  constructor() {
    setHandler(
      slotGranted,
      heeding('slotGranted', readGranted, (slot) => this.take(slot)),
    );
  }

  /**
   * Does the work with a slot, which is given back afterwards, whatever became of it: where its job may still run it is then held
   * until a person says what became of it. Cancelled while it waits, it no longer wants one.
   */
  async withLease<T>(want: LeaseWant, work: (slot: HeldSlot) => Promise<T>): Promise<T> {
    const slot = await this.lease(want);
    try {
      return await work(slot);
    } finally {
      await this.leave(want);
    }
  }

  /** Waits for a slot, which is had until it is left; cancelled while it waits, it no longer wants one. */
  async lease(want: LeaseWant): Promise<HeldSlot> {
    const order: Order = { want, slot: null };
    this.orders.push(order);
    try {
      return await this.acquire(order);
    } catch (error) {
      await this.leave(want);
      throw error;
    }
  }

  /** Gives a slot back; `again` where that was said before, and it may have been held then. */
  async leave(want: LeaseWant, again = false): Promise<void> {
    const order = this.orders.find((one) => one.want === want);
    if (order === undefined && !again) return;
    if (order !== undefined) this.orders.splice(this.orders.indexOf(order), 1);
    const places = order?.slot == null ? want.anyOf.map(({ name }) => name) : [order.slot.instrument];
    const giveBack = (name: string) => this.giveBack(want.lab, name, want.want.key);
    await CancellationScope.nonCancellable(() => Promise.all(places.map(giveBack)));
  }

  private async acquire(order: Order): Promise<HeldSlot> {
    const { lab, anyOf, begun, want } = order.want;
    const { workflowId: holder } = workflowInfo();
    const names = anyOf.map(({ name }) => name);
    const asked: Want = { ...want, holder, anyOf: names, begun, askedAt: Date.now() };
    for (let waitMs = askAgainAfterMs; order.slot === null; waitMs = Math.min(2 * waitMs, longestMs)) {
      await Promise.all(names.map((name) => this.ask(lab, name, asked)));
      await condition(() => order.slot !== null, waitMs);
    }
    const { slot } = order;
    const others = names.filter((name) => name !== slot.instrument);
    await Promise.all(others.map((name) => this.giveBack(lab, name, want.key)));
    return slot;
  }

  /** Of several that are granted one is taken, and the others are given back. */
  private take(slot: HeldSlot): void {
    const order = this.orders.find(({ want }) => isFor(want, slot));
    if (order !== undefined && (order.slot ?? slot).instrument === slot.instrument) order.slot = slot;
    else {
      // Who asked may be cancelled by now; what is not given back the instrument finds with its holder gone.
      const giveBack = () => this.giveBack(slot.lab, slot.instrument, slot.key);
      void CancellationScope.nonCancellable(giveBack).catch(() => undefined);
    }
  }

  private async ask(lab: string, name: string, want: Want): Promise<void> {
    await this.signal(lab, name, (handle) => handle.signal(wantSlot, want));
  }

  private async giveBack(lab: string, name: string, key: string): Promise<void> {
    await this.signal(lab, name, (handle) => handle.signal(returnSlot, { key }));
  }

  /** Tells an instrument; one whose workflow is gone is begun anew. */
  private async signal(
    lab: string,
    name: string,
    send: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
  ): Promise<void> {
    const workflowId = instrumentWorkflowId(lab, name);
    const handle = getExternalWorkflowHandle(workflowId);
    try {
      await send(handle);
    } catch (error) {
      if (isCancellation(error)) throw error;
      await startChild<typeof instrumentWorkflow>('instrumentWorkflow', {
        workflowId,
        args: [{ lab, name }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      }).catch((fault: unknown) => {
        if (!isAlreadyStarted(fault)) throw fault;
      });
      await send(handle);
    }
  }
}

function isFor({ lab, anyOf, want }: LeaseWant, slot: HeldSlot): boolean {
  return want.key === slot.key && lab === slot.lab && anyOf.some(({ name }) => name === slot.instrument);
}
