import { Worker } from 'node:worker_threads';
import { AthanorError } from '../models/domain/errors.js';
import type { TrialRecord } from '../models/domain/record.js';
import type { DecideRequest, Decision } from '../models/strategy/decide.js';
import { type ThreadAnswer, type ThreadRequest, threadMark } from './decide-thread.js';

const campaignsPerThread = 16;

/** Makes decisions off the event loop, which must stay free for heartbeats. */
export interface DecidePool {
  /**
   * The decision for a request, made in a thread of its own; waits for one that is free.
   *
   * @throws what the decision threw, AthanorError with its code; the signal's reason if aborted, and then the thread ends
   */
  decide(request: DecideRequest, signal?: AbortSignal): Promise<Decision>;
  /** Ends the threads; decisions under way fail. */
  close(): Promise<void>;
}

interface Job {
  readonly request: DecideRequest;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread, and what it has been told: the trial objects by campaign. */
interface Thread {
  readonly worker: Worker;
  readonly known: Map<string, Map<string, TrialRecord>>;
  job: Job | null;
}

/** A pool of at most `size` threads, started when first needed. */
export function createDecidePool(size: number): DecidePool {
  const threads = new Set<Thread>();
  const queue: Job[] = [];
  let closed = false;

  const dispatch = (): void => {
    while (queue.length > 0) {
      const thread = freeThread(queue[0]!.request.campaign.id);
      if (thread === null) return;
      run(thread, queue.shift()!);
    }
  };

  // A thread that knows the campaign first, then an idle one, then a new one.
  const freeThread = (campaignId: string): Thread | null => {
    const idle = [...threads].filter((thread) => thread.job === null);
    const found = idle.find((thread) => thread.known.has(campaignId)) ?? idle[0];
    if (found !== undefined) return found;
    return threads.size < size ? startThread() : null;
  };

  const startThread = (): Thread => {
    // Options meant for the main program, such as --input-type, would end the thread.
    const thread: Thread = {
      worker: new Worker(threadFile(), { workerData: threadMark, execArgv: [] }),
      known: new Map(),
      job: null,
    };
    threads.add(thread);
    thread.worker.unref();
    thread.worker.on('message', (answer: ThreadAnswer) => {
      const job = thread.job;
      thread.job = null;
      thread.worker.unref();
      if ('decision' in answer) job?.resolve(answer.decision);
      else job?.reject(errorOf(answer.error));
      dispatch();
    });
    const gone = (error: unknown) => {
      if (!threads.delete(thread)) return;
      thread.job?.reject(error);
      thread.job = null;
      if (!closed) dispatch();
    };
    thread.worker.on('error', (cause) => gone(new Error(`the decision thread failed: ${cause.message}`, { cause })));
    thread.worker.on('exit', (code) => gone(new Error(`the decision thread ended with code ${code}`)));
    return thread;
  };

  const run = (thread: Thread, job: Job): void => {
    if (job.signal?.aborted) {
      job.reject(job.signal.reason);
      return;
    }
    thread.job = job;
    thread.worker.ref();
    job.signal?.addEventListener('abort', () => {
      if (thread.job !== job) return;
      // A computation cannot be interrupted from outside: the thread goes, and the next request starts another.
      threads.delete(thread);
      thread.job = null;
      job.reject(job.signal!.reason);
      void thread.worker.terminate();
      dispatch();
    });
    thread.worker.postMessage(message(thread, job.request));
  };

  return {
    decide: (request, signal) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the decision threads have been closed'));
        queue.push({ request, signal, resolve, reject });
        dispatch();
      }),
    close: async () => {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new Error('the decision threads have been closed'));
      await Promise.all([...threads].map((thread) => thread.worker.terminate()));
    },
  };
}

/** What to send: only what the thread does not have. Trials are compared as objects; see CampaignSource. */
function message(thread: Thread, request: DecideRequest): ThreadRequest {
  const { campaign, trials, ...rest } = request;
  const known = thread.known.get(campaign.id);
  const told = known ?? new Map<string, TrialRecord>();
  thread.known.delete(campaign.id);
  thread.known.set(campaign.id, told);
  const forget = [...thread.known.keys()].slice(0, -campaignsPerThread);
  for (const id of forget) thread.known.delete(id);
  const news = trials.filter((trial) => told.get(trial.proposal.id) !== trial);
  for (const trial of news) told.set(trial.proposal.id, trial);
  return {
    forget,
    campaignId: campaign.id,
    campaign: known === undefined ? campaign : null,
    news,
    trialIds: trials.map((trial) => trial.proposal.id),
    ...rest,
  };
}

function errorOf(error: { name: string; code: string | null; message: string }): Error {
  if (error.code !== null) return new AthanorError(error.code, error.message);
  return new Error(`${error.name}: ${error.message}`);
}

/** A thread must be JavaScript: from the sources its compiled twin is taken. */
function threadFile(): URL {
  const compiled = import.meta.url.endsWith('.ts') ? '../dist/activities/decide-thread.js' : './decide-thread.js';
  return new URL(compiled, import.meta.url);
}
