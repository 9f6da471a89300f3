import { signal } from '@preact/signals';

/** How far the server's clock is before this one, milliseconds. */
let aheadMs = 0;

/** Told what the server's clock shows. */
export function hearClock(now: number): void {
  aheadMs = now - Date.now();
}

/** What the server's clock shows now, milliseconds since 1970, as far as it is known. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** Grows every half minute, so that ages are told anew. */
export const halfMinutes = signal(0);
