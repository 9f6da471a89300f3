import { AdapterError } from '../../models/domain/errors.js';
import type { Cause } from '../../models/domain/trial.js';
import type { Seen } from '../internal/remote-device.js';
import { guardCodes } from './scripts.js';
import type { Told } from './told.js';

/** What is known of a job besides what is told. */
export interface Circumstances {
  readonly name: string;
  /** Files of jobs may be seen late: whether that may still be so of this one. */
  readonly maySettle: boolean;
  /** Whether it said lately that it runs. */
  readonly isAlive: boolean;
  readonly again: boolean;
  readonly exits: Readonly<Partial<Record<Cause['class'], readonly number[]>>>;
}

const waiting = new Set('PENDING CONFIGURING REQUEUED REQUEUE_FED REQUEUE_HOLD RESV_DEL_HOLD SPECIAL_EXIT'.split(' '));
const going = new Set('RUNNING COMPLETING STAGE_OUT SIGNALING RESIZING STOPPED'.split(' '));

/** Ends that Slurm itself makes, which say nothing of the design. */
const ends: Readonly<Record<string, readonly [code: string, words: string]>> = {
  TIMEOUT: ['timeLimit', 'it ran into its time limit'],
  DEADLINE: ['deadline', 'it was ended at its deadline'],
  NODE_FAIL: ['nodeFailed', 'its node failed'],
  BOOT_FAIL: ['nodeFailed', 'its node did not start'],
  PREEMPTED: ['preempted', 'it was ended for a job of higher priority'],
  OUT_OF_MEMORY: ['outOfMemory', 'it ran out of memory'],
  REVOKED: ['revoked', 'it was moved to another cluster'],
};

/**
 * Where a job stands. What it wrote itself counts first; Slurm's word explains an end that it did not write. A run that is gone
 * without either is `unknown`.
 *
 * @throws {AdapterError} where only Slurm could tell, and it cannot be asked
 */
export function verdictOn(told: Told, about: Circumstances): Seen {
  const seen = (state: Seen['state'], message?: string, cause?: Cause): Seen => ({
    state,
    ...(message === undefined ? {} : { message }),
    answer: { told, cause },
  });
  const failed = (cause: Cause) => seen('failed', cause.message, cause);
  const { queue, record, ended, cancelled } = told;
  const listed = typeof queue === 'string' ? [] : queue;
  const live = (states: ReadonlySet<string>) => listed.find(({ state }) => states.has(state));
  const job = `job ${told.id ?? about.name}`;

  if (ended !== null && cancelled) return seen('cancelled', 'cancelled while it ran');
  const running = live(going) ?? listed.find(({ state }) => state === 'SUSPENDED');
  // A program that was sent a signal did not end by itself: Slurm knows why. Its script may have gone on without it.
  if (typeof queue === 'string' && (ended === null || ended >= 128 || Number.isNaN(ended)))
    throw new AdapterError(queue);
  if (running?.state === 'SUSPENDED') return seen('paused', 'suspended by Slurm');
  if (running !== undefined)
    return seen('running', ended === null ? undefined : `it is ending (${running.state}, ${running.reason})`);
  const pending = live(waiting);
  if (pending !== undefined && (ended === null || about.again))
    return seen('queued', `${pending.state}: ${pending.reason}`);

  const last = listed.find(({ state }) => !waiting.has(state) && !going.has(state))?.state ?? record?.state;
  const byUs = cancelled && last === 'CANCELLED';
  if (ended === null && about.isAlive && !byUs)
    return seen('running', `Slurm says ${last ?? 'nothing'} of ${job}, which still says that it runs`);
  const known = last === undefined ? undefined : ends[last];
  if (known !== undefined) return failed({ class: 'device', code: known[0], message: `${job}: ${known[1]} (${last})` });
  // What Slurm launched after the job had ended, and then cancelled, was a second launch.
  const { endedAt } = told;
  if (ended === 0 && last === 'CANCELLED' && endedAt !== null && record?.start != null && record.start > endedAt)
    return seen('succeeded');
  if (ended === 0 && last === 'CANCELLED')
    return seen(
      'unknown',
      `Slurm says that ${job} was cancelled, the job that it ended well: nobody can tell how far it came`,
    );
  if (ended === 0) return seen('succeeded');
  if (ended !== null && ended >= 128 && record?.exit === guardCodes.begunBefore)
    return failed({
      class: 'device',
      code: 'launchedTwice',
      message: `${job}: Slurm launched it a second time, which did nothing, and ended its first run (code ${ended})`,
    });
  // Of a launch that failed nothing is written: what stands there is of the run that Slurm ended to put the job back into the queue.
  if (about.again && ended !== null && ended >= 128 && record !== null && record.exit > 0 && record.exit !== ended)
    return failed({
      class: 'device',
      code: 'notLaunched',
      message: `${job}: Slurm ended its run (code ${ended}), and could not launch it again (code ${record.exit})`,
    });
  if (last === 'CANCELLED' || (ended === null && cancelled))
    return seen('cancelled', cancelled ? 'cancelled' : 'cancelled at the cluster, not by us');
  if (ended !== null && !Number.isNaN(ended)) {
    const [kind] = Object.entries(about.exits).find(([, codes]) => codes.includes(ended)) ?? [];
    const output = told.output === null ? '' : lastWords(told.output);
    return failed({
      class: (kind as Cause['class'] | undefined) ?? 'unknown',
      code: `exit${ended}`,
      message: `${job} ended with exit code ${ended}${output}`,
    });
  }
  if (about.maySettle)
    return seen('running', `${job} is in no queue (${last ?? 'forgotten'}); its files are waited for`);
  return gone(told, last, job, seen, failed);
}

/** A job that is over, of which nobody wrote how it ended. */
function gone(
  { record, started }: Told,
  last: string | undefined,
  job: string,
  seen: (state: Seen['state'], message: string) => Seen,
  failed: (cause: Cause) => Seen,
): Seen {
  if (!started && record?.exit === guardCodes.noFolder)
    return failed({ class: 'device', code: 'noFolder', message: `${job}: its folder is not seen where it ran` });
  if (!started && record?.exit === guardCodes.begunBefore)
    return failed({
      class: 'device',
      code: 'noFolder',
      message: `${job}: nothing can be written to its folder where it ran`,
    });
  if (started && record?.exit === guardCodes.begunBefore)
    return seen(
      'unknown',
      `${job} was launched a second time, which did nothing; its first run did not write how it ended`,
    );
  if (last === undefined)
    return seen(
      'unknown',
      started
        ? `${job} began, did not write how it ended, and Slurm no longer knows of it`
        : `Slurm no longer knows of ${job}, and it did not write that it began`,
    );
  return seen(
    'unknown',
    `Slurm says ${last} of ${job}, which ${started ? 'did not write how it ended' : 'did not write that it began'}`,
  );
}

/** The end of what a job said. */
export function lastWords(output: Uint8Array): string {
  const lines = Buffer.from(output)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const text = lines.slice(-2).join(' ').slice(-300);
  return text === '' ? '' : `: ${text}`;
}
