import type { Signal } from '@preact/signals';
import type { WaitingTrialView } from '../scripts/serve/shapes.js';
import { type Read, useRead } from './use-read.js';

/** What waits for people. */
export interface Inbox {
  readonly trials: readonly WaitingTrialView[];
  readonly problems: readonly { readonly campaignId: string; readonly text: string; readonly phase: string }[];
}

/** Kinds of events that change nothing of it. */
const quiet = /^(instrument|device|tuning|notice)\./;

/** The inbox, read again as things happen. */
export function useInbox(): Signal<Read<Inbox>> {
  return useRead<Inbox>('/inbox', ({ kind }) => !quiet.test(kind));
}
