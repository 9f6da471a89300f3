import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { LeaseState, Want } from './lease-life.js';
import { isWhole, membersOf } from './payloads.js';

/** A slot that a job has: the right to move it. */
export interface HeldSlot {
  readonly key: string;
  readonly lab: string;
  /** Name of the instrument or position. */
  readonly instrument: string;
  /** Name of the slot, as calls of adapters have it. */
  readonly slot: string;
  readonly fence: number;
}

/** To an instrument's workflow: a slot is wanted. May be sent again at any time. */
export const wantSlot = defineSignal<[Want]>('wantSlot');
/** To an instrument's workflow: a slot is wanted no more, or given back. May be sent again at any time. */
export const returnSlot = defineSignal<[{ readonly key: string }]>('returnSlot');
/** To an instrument's workflow: what the store says of it has changed. */
export const labChanged = defineSignal<[]>('labChanged');
/** To who asked: the slot is theirs. May come again. */
export const slotGranted = defineSignal<[HeldSlot]>('slotGranted');

/** Who has an instrument, and who waits for it. */
export const leases = defineQuery<LeaseState>('leases');

/** The payload of `wantSlot`. */
export function readWant(payload: unknown): Want | null {
  const { key, holder, anyOf, campaignId, priority, begun, askedAt, uses, after } = membersOf(payload);
  const amounts = Object.entries(membersOf(uses));
  const known =
    isText(key) &&
    isText(holder) &&
    Array.isArray(anyOf) &&
    anyOf.every(isText) &&
    isText(campaignId) &&
    isWhole(priority) &&
    typeof begun === 'boolean' &&
    isWhole(askedAt) &&
    amounts.every(([, amount]) => typeof amount === 'number' && Number.isFinite(amount) && amount >= 0) &&
    (after === null || isText(after));
  if (!known) return null;
  return {
    key,
    holder,
    anyOf,
    campaignId,
    priority,
    begun,
    askedAt,
    uses: Object.fromEntries(amounts) as Want['uses'],
    after,
  };
}

/** The payload of `returnSlot`. */
export function readReturn(payload: unknown): { readonly key: string } | null {
  const { key } = membersOf(payload);
  return isText(key) ? { key } : null;
}

/** The payload of `slotGranted`. */
export function readGranted(payload: unknown): HeldSlot | null {
  const { key, lab, instrument, slot, fence } = membersOf(payload);
  const known = isText(key) && isText(lab) && isText(instrument) && isText(slot) && isWhole(fence);
  return known ? { key, lab, instrument, slot, fence } : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 1_000;
}
