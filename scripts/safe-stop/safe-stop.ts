import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { idSchema } from '../../models/domain/parameters/numbers.js';
import { stopByGuard } from './guard-client.js';
import { HeldAdapters } from './held-adapters.js';
import { unreached } from './kept-instruments.js';
import { type Latch, latches, noteAct, noteCleared, removeLatch, setLatch } from './latch.js';
import { labOf } from './place.js';
import { type StopRow, stopDeadlineMs, stopInstruments } from './stop-instruments.js';

/** A safe stop that a person asks for. */
export interface SafeStop {
  /** Null for all that is driven from this home. */
  readonly lab: string | null;
  readonly who: string;
  readonly why: string;
  /** How long an instrument has to answer, milliseconds. */
  readonly deadlineMs: number;
}

/** Who is told of a safe stop. */
interface StopTold {
  readonly log: (line: string) => void;
  readonly onRow: (row: StopRow) => void;
  /** Whether a stop of all reaches for what is driven elsewhere, too, by stopping its labs. */
  readonly everywhere?: boolean;
}

/** @throws {InvalidInputError} with every fault of what was given on the command line */
export function checkedStop(given: {
  readonly lab: string | null;
  readonly why: string;
  readonly who: string;
  readonly deadline: string;
}): SafeStop {
  const { lab, why, who, deadline } = given;
  const faults: Fault[] = [];
  if (why.trim() === '') faults.push({ path: 'why', message: 'empty', remedy: 'say why it is so' });
  if (lab !== null && !idSchema.safeParse(lab).success)
    faults.push({ path: 'lab', message: `'${lab}' is no name of a lab`, remedy: 'the name that its file has' });
  if (!durationSchema.safeParse(deadline).success)
    faults.push({ path: 'deadline', message: `'${deadline}' is no duration`, remedy: "such as '5s'" });
  if (faults.length > 0) throw new InvalidInputError('lab stop', faults);
  return { lab, who, why, deadlineMs: durationMs(deadline) };
}

/**
 * Lets nothing begin from now on, and brings the instruments to a safe state: through the guard, or, where there is none or it
 * goes silent, from this process. That it was asked for is noted for the store before, so that other homes hear of it even if this
 * process is ended while it waits for a device; what became of the instruments, after. Needs no server.
 *
 * @param jobs - the home, or the folder that homes share
 * @returns a row an instrument
 * @throws {Error} of the file system if latch or note cannot be written; the instruments are stopped all the same before
 */
export async function safeStop(
  jobs: string,
  { lab, who, why, deadlineMs }: SafeStop,
  { log, onRow, everywhere = false }: StopTold,
): Promise<readonly StopRow[]> {
  const at = Date.now();
  const word = { lab, who, why, at };
  const elsewhere = lab !== null || everywhere ? unreached(jobs, lab) : [];
  // Labs with instruments that are driven elsewhere are stopped by name, too: that is told to where they are driven.
  const named = lab === null ? [...new Set(elsewhere.flatMap((id) => labOf(id) ?? []))] : [];
  const troubles = [word, ...named.map((name) => ({ ...word, lab: name }))]
    .flatMap((each) => [
      attempted(() => setLatch(jobs, each)),
      attempted(() => noteAct(jobs, { act: 'stop', ...each })),
    ])
    .flatMap((trouble) => trouble ?? []);
  const rows = new Map<string, StopRow>();
  const hear = (row: StopRow) => {
    if (rows.has(row.instrument)) return;
    rows.set(row.instrument, row);
    onRow(row);
  };
  for (const instrument of elsewhere) hear({ instrument, adapter: '', outcome: 'elsewhere', ms: 0, message: notHere });
  await stopAll(jobs, { lab, deadlineMs }, { log, onRow: hear });
  const all = [...rows.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
  if (troubles.length > 0) throw troubles[0];
  noteAct(jobs, { act: 'stopped', ...word, outcomes: outcomesOf(all) });
  return all;
}

const notHere =
  'never driven from here, so it was not asked; a worker that drives it stops it once both reach PostgreSQL: stop it at the device';

/** Brings the instruments of a lab to a safe state that was stopped elsewhere; the latch is set already. */
export async function safeStopFrom(
  jobs: string,
  lab: string,
  log: (line: string) => void,
): Promise<readonly StopRow[]> {
  const rows: StopRow[] = [];
  await stopAll(jobs, { lab, deadlineMs: stopDeadlineMs }, { log, onRow: (row) => rows.push(row) });
  return rows;
}

/** Through the guard, and from this process whatever it has not told as stopped, should it die in the middle of it. */
async function stopAll(
  jobs: string,
  asked: { readonly lab: string | null; readonly deadlineMs: number },
  { log, onRow }: { readonly log: (line: string) => void; readonly onRow: (row: StopRow) => void },
): Promise<void> {
  const stopped = new Set<string>();
  const hear = (row: StopRow) => {
    if (row.outcome === 'stopped') stopped.add(row.instrument);
    onRow(row);
  };
  if (await stopByGuard(jobs, asked, hear)) return;
  await stopInstruments(new HeldAdapters(jobs, log), asked, onRow, stopped);
}

/** What became of instruments of labs, in words for the store. */
function outcomesOf(rows: readonly StopRow[]): Record<string, string> {
  return Object.fromEntries(
    rows
      .filter(({ instrument, outcome }) => labOf(instrument) !== null && outcome !== 'elsewhere')
      .map(({ instrument, outcome, ms, message }) => [instrument, message ?? `${outcome} in ${Math.round(ms)} ms`]),
  );
}

/**
 * Lets work begin again.
 *
 * @returns the latch that is cleared, and those that are left
 * @throws {AthanorError} WRONG_STATE if there is none; names those there are
 */
export function clearStop(
  jobs: string,
  { lab, who, why }: { readonly lab: string | null; readonly who: string; readonly why: string },
): { readonly cleared: Latch; readonly left: readonly Latch[] } {
  if (why.trim() === '')
    throw new InvalidInputError('lab clear', [{ path: 'why', message: 'empty', remedy: 'say why it is so' }]);
  const there = latches(jobs);
  if (!there.some((latch) => latch.lab === lab)) {
    const names = there.map((latch) =>
      latch.lab === null ? 'all instruments' : `lab ${latch.lab} (--lab ${latch.lab})`,
    );
    const others = names.length === 0 ? 'nothing is stopped here' : `stopped is ${names.join(', ')}`;
    throw new AthanorError('WRONG_STATE', `${lab ?? 'all instruments'}: no safe stop to clear; ${others}`);
  }
  // Noted first: should this process die in between, the store is told of a clearing that a person has asked for.
  noteAct(jobs, { act: 'clear', lab, who, why, at: Date.now() });
  const cleared = removeLatch(jobs, lab)!;
  noteCleared(jobs, cleared);
  return { cleared, left: latches(jobs) };
}

function attempted(work: () => void): Error | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as Error;
  }
}
