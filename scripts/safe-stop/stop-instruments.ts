import { cleanText } from '../../models/domain/clean-text.js';
import type { HeldAdapters, HeldInstrument } from './held-adapters.js';

/** What became of one instrument. */
export interface StopRow {
  /** Its name in the ledger. */
  readonly instrument: string;
  readonly adapter: string;
  /**
   * `silent` is one that did not answer in time; `cannot` one whose adapter has no safe stop, or cannot be made; `elsewhere` one
   * that was never driven from here, and so was not asked.
   */
  readonly outcome: 'stopped' | 'silent' | 'failed' | 'cannot' | 'elsewhere';
  /** From when it was asked to the answer, milliseconds. */
  readonly ms: number;
  /** What is wrong, and what then; null where it stopped. */
  readonly message: string | null;
}

/** Milliseconds in which an instrument has to answer, unless a person says otherwise. */
export const stopDeadlineMs = 5_000;

/**
 * Brings all instruments to a safe state at the same time, each with a deadline of its own; one that hangs keeps no other waiting.
 *
 * @param stopped - names of those that are in a safe state already, and are not asked
 * @param onRow - told of each as soon as it is known
 */
export async function stopInstruments(
  held: HeldAdapters,
  { lab, deadlineMs }: { readonly lab: string | null; readonly deadlineMs: number },
  onRow: (row: StopRow) => void,
  stopped: ReadonlySet<string> = new Set(),
): Promise<void> {
  const asked = held.of(lab).map(async (one) => {
    if (stopped.has((await one).kept.id)) return;
    const row = await stopOne(one, deadlineMs);
    onRow(row);
  });
  await Promise.all(asked);
}

async function stopOne(made: Promise<HeldInstrument>, deadlineMs: number): Promise<StopRow> {
  const { kept, adapter, trouble } = await made;
  const begun = performance.now();
  const row = (outcome: StopRow['outcome'], message: string | null): StopRow => ({
    instrument: kept.id,
    adapter: kept.adapter,
    outcome,
    ms: performance.now() - begun,
    message,
  });
  const atDevice = 'stop it at the device; nothing new begins on it';
  if (adapter === null) return row('cannot', `its adapter cannot be made (${trouble}): ${atDevice}`);
  if (adapter.safeStop === undefined) return row('cannot', `adapter ${kept.adapter} has no safe stop: ${atDevice}`);
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), deadlineMs);
  });
  try {
    const answer = await Promise.race([adapter.safeStop(), silence]);
    return answer === 'silent'
      ? row('silent', `no answer within ${deadlineMs / 1000} s: ${atDevice}`)
      : row('stopped', null);
  } catch (error) {
    return row('failed', `${cleanText((error as Error).message, 500)}: ${atDevice}`);
  } finally {
    clearTimeout(timer);
  }
}
