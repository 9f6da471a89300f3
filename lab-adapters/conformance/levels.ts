import type { Adapter } from '../contract.js';

/** What an adapter can do, each shown by laws of its own; `runs` every adapter has to. */
export const levels = ['runs', 'finds', 'adopts', 'cancels', 'pauses', 'stops safely', 'tells health'] as const;
/** One of the levels above. */
export type Level = (typeof levels)[number];

const verbs: Readonly<Record<Level, keyof Adapter>> = {
  runs: 'submit',
  finds: 'find',
  adopts: 'adopt',
  cancels: 'cancel',
  pauses: 'pause',
  'stops safely': 'safeStop',
  'tells health': 'health',
};

/** Whether the adapter has what the level takes. */
export function claims(adapter: Adapter, level: Level): boolean {
  return adapter[verbs[level]] !== undefined;
}
