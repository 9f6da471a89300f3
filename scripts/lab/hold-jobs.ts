import { call } from '../../activities/device-call.js';
import type { Query } from '../../activities/store/client.js';
import { renewFence, runningOn, type Submission } from '../../activities/store/submission.js';
import { type Adapter, type Caller, finalStates, type JobState } from '../../lab-adapters/contract.js';
import { AdapterError } from '../../models/domain/errors.js';
import { cleanLine } from '../failure-line.js';

/** How long an instrument has to answer a call, milliseconds. */
const patienceMs = 10_000;

/** What is done to jobs that run. */
export type HoldVerb = 'pause' | 'resume';

/** What became of one job. */
export interface HeldJob {
  readonly key: string;
  /**
   * `asked` is one whose device took the word, and does not tell yet that it keeps to it; `over` one that has ended meanwhile;
   * `waits` one that has not begun for certain; `elsewhere` one that another home drives; `failed` one of which it is not known.
   */
  readonly outcome: 'paused' | 'goes on' | 'asked' | 'over' | 'waits' | 'elsewhere' | 'failed';
  /** What there is to say of it; null where nothing. */
  readonly message: string | null;
}

/** An instrument as jobs on it are reached from here. */
export interface ReachedInstrument {
  /** Its name in the ledger. */
  readonly id: string;
  /** Null where it cannot be had here. */
  readonly adapter: Adapter | null;
  /** Why not, or why it cannot pause jobs; null where it can. */
  readonly trouble: string | null;
  /** The home in whose folder its jobs are looked for; null where that has no identity yet. */
  readonly home: string | null;
}

/**
 * Pauses or resumes every job that the ledger says runs on an instrument, one after the other, each with a fence of its own as
 * any call has that moves the device. One of which it is not known whether it was begun is looked up by its key.
 *
 * @returns a row a job, in the order in which they began; what the device or the ledger refuses is told in it
 */
export async function holdJobs(
  query: Query,
  verb: HoldVerb,
  instrument: ReachedInstrument,
): Promise<readonly HeldJob[]> {
  const rows: HeldJob[] = [];
  for (const line of await runningOn(query, instrument.id)) rows.push(await holdOne(query, verb, line, instrument));
  return rows;
}

async function holdOne(
  query: Query,
  verb: HoldVerb,
  line: Submission,
  { adapter, trouble, home }: ReachedInstrument,
): Promise<HeldJob> {
  const row = (outcome: HeldJob['outcome'], message: string | null = null): HeldJob => ({
    key: line.key,
    outcome,
    message: message === null ? null : cleanLine(message, 300),
  });
  if (line.home !== null && line.home !== home)
    return row('elsewhere', `home ${line.home} drives it: say it there, with its ATHANOR_HOME`);
  if (adapter === null || trouble !== null) return row('failed', trouble);
  const caller = async (): Promise<Caller> => {
    const fence = await renewFence(query, line.key, false);
    if (fence === null) throw new AdapterError('it has ended meanwhile, or its slot is no longer leased for it');
    return { fence, ...(line.slot === null ? {} : { slot: line.slot }) };
  };
  try {
    if (line.job === null && adapter.find === undefined)
      return row(
        'failed',
        'its call was not answered yet, and the adapter cannot look it up: say it again in a moment',
      );
    const job = line.job ?? (await call('find', adapter.find!(line.key, await caller()), patienceMs));
    if (job === null) return row('waits', 'it has not begun');
    const state = () => call('status', adapter.status(job), patienceMs).then((status) => status.state);
    const before = await state();
    if (finalStates.has(before)) return row('over', `it has ended: ${before}`);
    if (verb === 'pause' && before === 'paused') return row('paused');
    const word = await caller();
    const refusal = await call(verb, adapter[verb]!(job, word), patienceMs).then(
      () => null,
      (error: Error) => error,
    );
    const after = await state();
    if (finalStates.has(after)) return row('over', `it has ended: ${after}`);
    if (keeps(verb, after)) return row(verb === 'pause' ? 'paused' : 'goes on');
    if (refusal !== null) throw refusal;
    return row('asked', `its device took the word, and says: ${after}`);
  } catch (error) {
    return row('failed', (error as Error).message);
  }
}

function keeps(verb: HoldVerb, state: JobState): boolean {
  return (state === 'paused') === (verb === 'pause');
}
