import type { MessageText } from './message-text.js';

/** What came of one attempt. */
export type Sent =
  /** `words`: what there is to know although it was taken; null where nothing. */
  | { readonly how: 'taken'; readonly words: string | null }
  /** `afterMs`: how long it asks to be left alone, milliseconds; null where it does not say. */
  | { readonly how: 'failed'; readonly words: string; readonly afterMs: number | null }
  /** It wants no messages any more. */
  | { readonly how: 'gone'; readonly words: string };

/** A message on its way; `attemptMs`: how long this attempt may take. */
export interface Outgoing {
  /** The same in every attempt. */
  readonly id: string;
  readonly message: MessageText;
  readonly attemptMs: number;
}
