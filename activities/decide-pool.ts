import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AthanorError } from '../models/domain/errors.js';
import type { Decision } from '../models/strategy/decision.js';
import type { OnProgress } from '../models/strategy/progress.js';
import { DecideFeed, type PoolRequest, type ThreadMessage } from './decide-feed.js';
import type { ThreadAnswer, ThreadData } from './decide-thread.js';
import { isOutOfMemory, memoryLimits, outOfMemory } from './decision-memory.js';
import { encodingFolder } from './encoding-cache.js';
import type { ArtefactAnswer } from './thread-artefacts.js';
import { asThreadError, errorOf } from './thread-error.js';
import { closeGate, createGate, type ThreadGate } from './thread-gate.js';

/** How one decision is to be made. */
export interface PoolCall {
  /** Aborted: the decision fails with the signal's reason, and its thread ends, wherever it is. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Milliseconds after which the decision fails, waiting for a thread included; without limit where absent. */
  readonly timeoutMs?: number | undefined;
}

/** Makes decisions off the event loop, which must stay free for heartbeats. */
export interface DecidePool {
  /**
   * The decision for a request, made in a thread of its own; waits for one that is free.
   *
   * @throws what the decision threw, AthanorError with its code; the signal's reason if aborted
   * @throws {AthanorError} MEMORY if it needs more memory than it may have, TIMEOUT if it takes too long
   */
  decide(request: PoolRequest, call?: PoolCall): Promise<Decision>;
  /** Ends the threads; decisions under way fail. Resolves when all threads are gone. */
  close(): Promise<void>;
}

/** What a pool may use. */
export interface PoolOptions {
  /** Memory of each decision in MB, see `memoryLimits`; without limit where absent. */
  readonly memoryMb?: number | undefined;
}

interface Job {
  readonly request: PoolRequest;
  readonly onProgress: OnProgress | undefined;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
  /** Whether a thread has ended with it for want of memory. */
  again: boolean;
}

/** A thread, what it has been told, and what it works on. */
interface Thread {
  readonly worker: Worker;
  readonly gate: ThreadGate;
  readonly feed: DecideFeed;
  job: Job | null;
}

/** A pool of at most `size` threads, started when first needed. */
export function createDecidePool(size: number, options: PoolOptions = {}): DecidePool {
  const limits = options.memoryMb === undefined ? null : memoryLimits(options.memoryMb);
  const threads = new Set<Thread>();
  const ending = new Set<Promise<unknown>>();
  const queue: Job[] = [];
  let closed = false;

  const dispatch = (): void => {
    while (queue.length > 0) {
      const thread = freeThread(queue[0]!.request.campaign);
      if (thread === null) return;
      run(thread, queue.shift()!);
    }
  };

  // A thread that knows the campaign first, then an idle one, then a new one.
  const freeThread = (campaign: PoolRequest['campaign']): Thread | null => {
    const idle = [...threads].filter((thread) => thread.job === null);
    const found = idle.find((thread) => thread.feed.knows(campaign)) ?? idle[0];
    if (found !== undefined) return found;
    return threads.size < size ? startThread() : null;
  };

  const startThread = (): Thread => {
    const gate = createGate();
    const workerData: ThreadData = { gate, limits, encodings: encodingFolder() };
    const resourceLimits = limits === null ? {} : { maxOldGenerationSizeMb: limits.heapMb };
    // Options meant for the main program, such as --input-type, would end the thread.
    const worker = new Worker(threadFile(), { workerData, resourceLimits, execArgv: [] });
    const thread: Thread = { worker, gate, feed: new DecideFeed(), job: null };
    threads.add(thread);
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => {
      const { job } = thread;
      if ('progress' in answer) return job?.onProgress?.(answer.progress);
      if ('wanted' in answer) return supply(thread, answer.wanted);
      thread.job = null;
      worker.unref();
      if ('decision' in answer) job?.resolve(answer.decision);
      else job?.reject(errorOf(answer.error));
      dispatch();
    });
    worker.on('error', (cause) => gone(thread, cause));
    worker.on('exit', (code) => gone(thread, new Error(`it ended with code ${code}`)));
    return thread;
  };

  const gone = (thread: Thread, cause: Error): void => {
    const { job } = thread;
    if (!threads.delete(thread)) return;
    thread.job = null;
    if (job !== null && !closed && isOutOfMemory(cause) && thread.feed.size > 1 && !job.again) {
      // The thread was full of other campaigns, perhaps: one that knows nothing yet tells.
      job.again = true;
      run(startThread(), job);
    } else if (isOutOfMemory(cause)) job?.reject(outOfMemory(`its objects need more than ${limits?.heapMb} MB`));
    else job?.reject(new Error(`the decision thread failed: ${cause.message}`, { cause }));
    if (!closed) dispatch();
  };

  const run = (thread: Thread, job: Job): void => {
    thread.job = job;
    thread.worker.ref();
    send(thread, job).catch((error: unknown) => {
      if (thread.job !== job) return;
      // What the thread was told is not what the feed remembers.
      end(thread);
      job.reject(error);
      dispatch();
    });
  };

  const send = async (thread: Thread, job: Job): Promise<void> => {
    for await (const message of thread.feed.messages(job.request)) {
      if (thread.job !== job) return;
      const given = message.type === 'space' ? message.given : null;
      thread.worker.postMessage(message, given instanceof Uint8Array ? [given.buffer as ArrayBuffer] : []);
      await turn();
    }
  };

  const supply = (thread: Thread, sha256: string): void => {
    const { job } = thread;
    const tell = (given: ArtefactAnswer['given']) => {
      if (thread.job === job) thread.worker.postMessage({ type: 'artefact', sha256, given } satisfies ThreadMessage);
    };
    const source = job?.request.artefacts ?? (() => Promise.reject(new Error('the request holds no artefacts')));
    source(sha256).then(tell, (error: unknown) => tell(asThreadError(error)));
  };

  // A computation cannot be interrupted from outside: the thread goes, and the next request starts another.
  const end = (thread: Thread): void => {
    threads.delete(thread);
    thread.job = null;
    // One that dies within a call never leaves it.
    const exit = Promise.race([closeGate(thread.gate), once(thread.worker, 'exit')])
      .then(() => thread.worker.terminate())
      .finally(() => ending.delete(exit));
    ending.add(exit);
  };

  const cancel = (job: Job, reason: unknown): void => {
    const place = queue.indexOf(job);
    if (place >= 0) queue.splice(place, 1);
    for (const thread of threads) if (thread.job === job) end(thread);
    job.reject(reason);
    dispatch();
  };

  return {
    decide: (request, { signal, onProgress, timeoutMs } = {}) => {
      if (closed) return Promise.reject(closedError());
      if (signal?.aborted) return Promise.reject(signal.reason);
      let job: Job | null = null;
      const abort = () => cancel(job!, signal!.reason);
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => cancel(job!, tooSlow(timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      return new Promise<Decision>((resolve, reject) => {
        job = { request, onProgress, resolve, reject, again: false };
        queue.push(job);
        dispatch();
      }).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      });
    },
    close: async () => {
      closed = true;
      for (const job of queue.splice(0)) job.reject(closedError());
      for (const thread of threads) {
        const { job } = thread;
        end(thread);
        job?.reject(closedError());
      }
      await Promise.all(ending);
    },
  };
}

function closedError(): Error {
  return new Error('the decision threads have been closed');
}

function tooSlow(timeoutMs: number): AthanorError {
  const minutes = Number((timeoutMs / 60_000).toPrecision(3));
  return new AthanorError(
    'TIMEOUT',
    `no decision within ${minutes} min; a smaller pool, fewer observations or a faster machine would be needed`,
  );
}

/** A thread must be JavaScript: from the sources its compiled twin is taken. */
function threadFile(): URL {
  const compiled = import.meta.url.endsWith('.ts') ? '../dist/activities/decide-thread.js' : './decide-thread.js';
  return new URL(compiled, import.meta.url);
}
