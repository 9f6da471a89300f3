import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanText } from '../../models/domain/clean-text.js';
import { AthanorError } from '../../models/domain/errors.js';
import { plainRecord } from '../../models/domain/plain-json.js';
import type { Cause } from '../../models/domain/trial.js';
import { codeOf, removeAll } from './files.js';
import type { Ended, JobKind } from './job.js';
import { type Accepted, instant, isResult, type JobState } from './job-state.js';
import { killJob } from './process-table.js';
import type { ProgramEnd } from './wrapper.js';

/** So long what a program left behind may go on that has ended and answered. */
const graceMs = 1_000;

/** A job whose program has ended, was killed, or is to be killed. */
export interface EndingJob {
  readonly state: JobState;
  /** Folder of the programs, as their environment names it. */
  readonly work: string;
  readonly accepted: Accepted;
  readonly kind: JobKind;
  /** Whether it runs on after its time limit. */
  readonly overdue: boolean;
}

/** The result of a job whose state is gone, or not what was written here. */
export function stateLost(job: string): Ended {
  return unknown('stateLost', `the state of job ${job} was removed or changed; what it did cannot be told`, 0);
}

/** The result of a job of which nobody can tell what became. */
function unknown(code: string, message: string, durationMs: number): Ended {
  return { state: 'unknown', values: {}, cost: 0, durationMs, cause: { class: 'unknown', code, message } };
}

/**
 * Makes and keeps the result of a job. Several processes may do so at once: the first result stays, and is what all of
 * them return.
 */
export async function settle(job: EndingJob): Promise<Ended> {
  const { state, work } = job;
  const made = await resultOf(job);
  let kept = await state.result();
  try {
    kept ??= await state.keep(made);
  } catch (error) {
    // Without its folder a job has no state any more, and nothing can be kept.
    if ((await state.accepted()) !== null) throw error;
    kept = stateLost(state.job);
  }
  await tidy(state.folder);
  await removeAll(work);
  return kept;
}

async function resultOf(job: EndingJob): Promise<Ended> {
  const { state, work, accepted, overdue } = job;
  const end = await state.end(accepted);
  if (end !== null) {
    // The timeout reaches the process group; this reaches those that left it.
    if (end.timedOut) await killJob(work, null);
    return parsed(job, (end.timedOut ? await ownEnd(job) : null) ?? end);
  }
  if (!(await killJob(work, await state.read('pid', 1_000)))) {
    const message = `processes of job '${accepted.key}' in ${work} cannot be killed; look at the machine`;
    return unknown('cannotKill', message, 0);
  }
  const cancelled = await state.isCancelled();
  const late = await state.end(accepted);
  // What ended by itself before the signal came is not cancelled.
  if (late !== null && (!cancelled || late.code === 0)) return parsed(job, late);
  // Nor is one that had answered: what is left of it are children that nobody waits for.
  const durationMs = await state.answered();
  if (durationMs !== null) return parsed(job, { code: 0, durationMs, timedOut: false });
  if (overdue && !cancelled) return parsed(job, { code: 137, durationMs: accepted.timeoutMs, timedOut: true });
  return interrupted(job, cancelled);
}

/**
 * Whether the program of a running job ended a while ago with its answer given, so that only what it left behind keeps the
 * job going. That is noted before the job is ended, for whoever settles it in the end.
 */
export async function hasAnswered(state: JobState, accepted: Accepted, kind: JobKind): Promise<boolean> {
  const at = (await kind.answeredAt?.(state.folder)) ?? null;
  if (at === null || Date.now() - at <= graceMs) return false;
  await state.noteAnswered(await tookUntil(at, state, accepted));
  return true;
}

/** Milliseconds from a job's begin to a moment; longer than it may it does not take. */
async function tookUntil(at: number, { folder }: JobState, { timeoutMs }: Accepted): Promise<number> {
  return Math.min(Math.max(0, Math.round(at - (await claimedAt(folder)))), timeoutMs);
}

/** The end of a program that had answered when the time limit ended what it had left behind. */
async function ownEnd({ state, accepted, kind }: EndingJob): Promise<ProgramEnd | null> {
  const at = (await kind.answeredAt?.(state.folder)) ?? null;
  return at === null ? null : { code: 0, durationMs: await tookUntil(at, state, accepted), timedOut: false };
}

/** What the owner of the jobs makes of the output; of output that nothing can be made of, a failure. */
async function parsed({ state, work, accepted, kind }: EndingJob, end: ProgramEnd): Promise<Ended> {
  const failed = (message: string): Ended => {
    const cause: Cause = { class: 'unknown', code: 'badOutput', message };
    return { state: 'failed', values: {}, cost: 0, durationMs: end.durationMs, cause };
  };
  try {
    const result = cleaned(await kind.parse({ folder: state.folder, work, request: accepted.request, ...end }));
    return isResult(result) ? result : failed('what the program left makes no result');
  } catch (error) {
    // Another process may have settled the job and removed what was being read here.
    const stored = await state.result();
    if (stored !== null) return stored;
    if (isPassing(error)) throw error;
    return failed(`what the program left cannot be read: ${(error as Error).message}`);
  }
}

/** A result without what a program may have put into its texts. */
function cleaned({ cause, details, ...result }: Ended): Ended {
  return {
    ...result,
    ...(cause === undefined ? {} : { cause: { ...cause, message: cleanText(cause.message, 8_000) } }),
    ...(details === undefined ? {} : { details: plainRecord(details) }),
  };
}

/** Whether an error may be gone at the next try: trouble with the disk, not with what stands on it. */
function isPassing(error: unknown): boolean {
  if (error instanceof AthanorError) return error.code === 'ADAPTER';
  return ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EROFS', 'EAGAIN'].includes(codeOf(error) ?? '');
}

async function interrupted({ state, accepted, kind }: EndingJob, cancelled: boolean): Promise<Ended> {
  const begun = await state.started();
  const ran = (await state.read('program.out')) !== null;
  const now = await instant();
  // Times of files may be anything; longer than until now, or than it may, nothing took.
  const longest = begun?.boot === now.boot ? now.ms - begun.ms : accepted.timeoutMs;
  // Nobody saw a killed job end: the last thing it wrote is the best that is known.
  const written = cancelled ? longest : (await lastWrite(state.folder)) - (await claimedAt(state.folder));
  const durationMs = ran ? Math.round(Math.min(Math.max(0, written), longest)) : 0;
  const cost = await kind.spent(state.folder, durationMs).catch(() => 0);
  if (cancelled) return { state: 'cancelled', values: {}, cost, durationMs };
  const message =
    'the program is gone without an exit code: killed from outside, the machine restarted, or the disk full';
  return { state: 'failed', values: {}, cost, durationMs, cause: { class: 'device', code: 'killed', message } };
}

async function claimedAt(folder: string): Promise<number> {
  return (await stat(join(folder, 'pid')).catch(() => null))?.mtimeMs ?? 0;
}

/** Latest change of any file in a folder, in milliseconds since 1970. */
async function lastWrite(folder: string): Promise<number> {
  let latest = 0;
  for (const name of await readdir(folder).catch(() => []))
    latest = Math.max(latest, (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0);
  return latest;
}

/**
 * Removes all but the request, the result with its files, and the claim. Files that another process is just about to put in place are
 * left to it.
 */
async function tidy(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (!/^(request\.json|result\.json|pid|raw-\d+)$|\.[0-9a-f]{12}$/.test(name)) await removeAll(join(folder, name));
}
