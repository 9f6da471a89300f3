import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Input } from './kind.js';
import type { Order, Outcome, Word } from './thread.js';

/** CPU time after which an input counts as hanging, and real time after which it counts as standing still, milliseconds. */
const limits = { cpuMs: 10_000, stillMs: 300_000 };
const lookEveryMs = 250;
/** Memory of the thread, MB: what a small machine has to spare. */
const memory = 1_500;

interface Thread {
  readonly worker: Worker;
  readonly folder: string;
  /** Number of the input that is being run. */
  readonly running: Int32Array;
  /** Its id for the system, by which its CPU time is known. */
  readonly id: string;
}

/** Runs inputs in a thread that is ended where one of them hangs, and made anew. */
export class Runner {
  private thread: Promise<Thread> | null = null;

  /** What becomes of inputs from one number on, in their order; one that hangs or ends the thread is a find. */
  async *inputs(kind: string, seed: number, from: number, count: number): AsyncGenerator<[number, Outcome]> {
    let next = from;
    while (next < from + count) {
      for await (const word of this.ask({ kind, seed, from: next, count: from + count - next })) {
        if ('number' in word) {
          yield [word.number, word.outcome];
          next = word.number + 1;
        } else if ('ended' in word) {
          if (word.at < 0) throw new Error(`${kind} cannot be made ready: ${word.ended.detail}`);
          const { bytes } = await this.make(kind, seed, word.at);
          yield [word.at, { ...word.ended, bytes: bytes.length }];
          next = word.at + 1;
        }
      }
    }
  }

  /** What becomes of one input. */
  async run(kind: string, input: Input): Promise<Outcome> {
    let outcome: Outcome | null = null;
    for await (const word of this.ask({ kind, input })) {
      if ('number' in word) outcome = word.outcome;
      if ('ended' in word) outcome = word.ended;
    }
    if (outcome === null) throw new Error('the thread said nothing');
    return outcome;
  }

  /** The input of a number. */
  async make(kind: string, seed: number, number: number): Promise<Input> {
    let input: Input | null = null;
    for await (const word of this.ask({ kind, seed, make: number })) {
      if ('input' in word) input = word.input;
      if ('ended' in word) throw new Error(`input ${number} of ${kind} cannot be made: ${word.ended.detail}`);
    }
    if (input === null) throw new Error('the thread said nothing');
    return input;
  }

  /** Ends the thread and removes its folders. */
  async close(): Promise<void> {
    if (this.thread === null) return;
    const { worker, folder } = await this.thread;
    this.thread = null;
    await worker.terminate();
    await rm(folder, { recursive: true, force: true });
  }

  private async *ask(order: Order): AsyncGenerator<Word | { readonly at: number; readonly ended: Outcome }> {
    this.thread ??= start();
    const thread = await this.thread;
    const { worker, running } = thread;
    const words: (Word | { at: number; ended: Outcome })[] = [];
    let wake = () => {};
    const hear = (word: (typeof words)[number]) => {
      words.push(word);
      wake();
    };
    const ended = (what: string, detail: string, cpu = 0) => {
      const outcome: Outcome = { verdict: 'find', cpuMs: cpu, bytes: 0, what, detail };
      hear({ at: Atomics.load(running, 0), ended: outcome });
    };
    const failed = (error: Error) => ended(`the thread ended: ${error.name}`, error.stack ?? error.message);
    const gone = (code: number) => ended('the thread ended', `exit code ${code}`);
    worker.on('message', hear).on('error', failed).on('exit', gone);
    const watch = watchOver(thread, (what, cpu) => ended(what, `${Math.round(cpu)} ms of CPU time and no end`, cpu));
    worker.postMessage(order);
    try {
      for (;;) {
        while (words.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const word = words.shift()!;
        if ('done' in word) return;
        if ('ended' in word) await this.close();
        yield word;
        if ('ended' in word) return;
      }
    } finally {
      watch.stop();
      worker.off('message', hear).off('error', failed).off('exit', gone);
    }
  }
}

async function start(): Promise<Thread> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-fuzz-'));
  const place = { work: join(folder, 'work'), home: join(folder, 'home') };
  await Promise.all([place.work, place.home].map((path) => mkdir(path, { mode: 0o700 })));
  const counter = new SharedArrayBuffer(4);
  const running = new Int32Array(counter);
  running[0] = -1;
  const worker = new Worker(new URL('thread.js', import.meta.url), {
    workerData: { place, counter },
    resourceLimits: { maxOldGenerationSizeMb: memory },
    // What is being tried may print; nobody is to read that.
    stdout: true,
    stderr: true,
  });
  const [{ thread }] = (await once(worker, 'message')) as [{ thread: string }];
  return { worker, folder, running, id: thread };
}

/** Tells when the input that is being run takes too long. */
function watchOver({ running, id }: Thread, tooLong: (what: string, cpuMs: number) => void): { stop(): void } {
  let seen = { number: -1, cpu: 0, since: Date.now() };
  let isOver = false;
  const timer = setInterval(async () => {
    const number = Atomics.load(running, 0);
    const schedule = await readFile(`/proc/self/task/${id}/schedstat`, 'utf8').catch(() => '0');
    const cpu = Number(schedule.split(' ')[0]) / 1e6;
    if (number !== seen.number) seen = { number, cpu, since: Date.now() };
    if (isOver || number < 0) return;
    const what =
      cpu - seen.cpu > limits.cpuMs ? 'hangs' : Date.now() - seen.since > limits.stillMs ? 'stands still' : null;
    if (what === null) return;
    isOver = true;
    tooLong(what, cpu - seen.cpu);
  }, lookEveryMs);
  return { stop: () => clearInterval(timer) };
}
