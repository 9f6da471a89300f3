import { log } from '@temporalio/workflow';

/** Reads a signal's payload; null if it is none. */
export type Reader<T> = (payload: unknown) => T | null;

/**
 * A signal handler that takes nothing on trust: whoever reaches the server can signal, and an error in a handler would
 * fail the workflow's task again at each attempt, for good. What cannot be read is ignored, and logged once.
 */
export function heeding<T>(name: string, read: Reader<T>, heed: (payload: T) => void): (payload: unknown) => void {
  let logged = false;
  return (payload) => {
    const known = read(payload);
    if (known !== null) return heed(known);
    if (!logged) log.warn(`a signal '${name}' is ignored: its payload is none`, { signal: name });
    logged = true;
  };
}

/** The payload of `trialEnded`. */
export function readTrialEnded(payload: unknown): { readonly id: string; readonly generation: number } | null {
  const { id, generation } = membersOf(payload);
  return typeof id === 'string' && isWhole(generation) && generation >= 1 ? { id, generation } : null;
}

/** The payload of `tuningEnded`. */
export function readTuningEnded(payload: unknown): { readonly n: number } | null {
  const { n } = membersOf(payload);
  return isWhole(n) && n >= 1 ? { n } : null;
}

/** The payload of `giveUp`. */
export function readGiveUp(payload: unknown): { readonly who: string } | null {
  const { who } = membersOf(payload);
  return isName(who) ? { who } : null;
}

/** The payload of `stepEntered`. */
export function readStepEntered(payload: unknown): { readonly key: string } | null {
  const { key } = membersOf(payload);
  return typeof key === 'string' ? { key } : null;
}

/** The members of an object; none of anything else. */
export function membersOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
}

/** Whether this can be the name of a person who decides. */
export function isName(who: unknown): who is string {
  return typeof who === 'string' && who.trim() !== '' && who.length <= 200;
}

/** Whether this is a whole number that is counted exactly. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
