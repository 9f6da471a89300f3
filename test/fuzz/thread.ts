import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Generator } from '../../models/random/generator.js';
import { Find } from './find.js';
import type { Input, Kind, Place, Verdict } from './kind.js';
import { kinds } from './kinds.js';

/** What a thread is asked for: inputs by their number, or one that is given. */
export type Order =
  | { readonly kind: string; readonly seed: number; readonly from: number; readonly count: number }
  | { readonly kind: string; readonly input: Input }
  | { readonly kind: string; readonly seed: number; readonly make: number };

/** What it found out of one input. */
export interface Outcome {
  readonly verdict: Verdict | 'find';
  /** CPU time of this thread, milliseconds. */
  readonly cpuMs: number;
  readonly bytes: number;
  /** What tells the find from others, and all there is to say of it. */
  readonly what: string;
  readonly detail: string;
}

/** What a thread says: that it is ready for a kind, what became of an input, the input asked for, or that it is done. */
export type Word =
  | { readonly thread: string }
  | { readonly number: number; readonly outcome: Outcome }
  | { readonly input: Input }
  | { readonly done: true };

const { place, counter } = workerData as { place: Place; counter: SharedArrayBuffer };
/** Number of the input that is being run, -1 between two. */
const running = new Int32Array(counter);
const made = new Map<string, Promise<Kind>>();
// The link names this thread only while it is read from here.
const self = readFileSync('/proc/thread-self/stat', 'utf8').split(' ')[0]!;

/** CPU time of this thread so far, milliseconds. */
function cpuMs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
}

async function outcomeOf(kind: Kind, number: number, input: Input): Promise<Outcome> {
  const begun = cpuMs();
  Atomics.store(running, 0, number);
  const said = { bytes: input.bytes.length, what: '', detail: '' };
  try {
    const verdict = await kind.run(input);
    return { ...said, verdict, cpuMs: cpuMs() - begun };
  } catch (error) {
    return { ...said, verdict: 'find', cpuMs: cpuMs() - begun, ...told(error) };
  } finally {
    Atomics.store(running, 0, -1);
  }
}

function told(error: unknown): { what: string; detail: string } {
  if (error instanceof Find) return { what: error.what, detail: error.message };
  if (!(error instanceof Error)) return { what: 'something thrown that is no error', detail: String(error) };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.find((line) => /\.fuzz\/(?!test)/.test(line)) ?? frames[0] ?? '';
  const where = /(?:\.fuzz\/)?([^/(]+\/[^/(]+:\d+)(?::\d+)?\)?$/.exec(own)?.[1] ?? own.trim();
  return { what: `${error.name} at ${where}`, detail: error.stack ?? error.message };
}

async function obey(order: Order): Promise<void> {
  const make = kinds[order.kind]!;
  if (!made.has(order.kind)) made.set(order.kind, make(place));
  const kind = await made.get(order.kind)!;
  const say = (word: Word) => parentPort!.postMessage(word);
  const inputOf = (seed: number, number: number) => kind.make(new Generator(seed, order.kind, number));
  if ('input' in order) say({ number: 0, outcome: await outcomeOf(kind, 0, order.input) });
  else if ('make' in order) say({ input: inputOf(order.seed, order.make) });
  else
    for (let number = order.from; number < order.from + order.count; number++)
      say({ number, outcome: await outcomeOf(kind, number, inputOf(order.seed, number)) });
  say({ done: true });
}

parentPort!.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    // An example that is not even read as it is: a fault of the fuzz, or of the product.
    setImmediate(() => {
      throw error;
    });
  });
});
parentPort!.postMessage({ thread: self } satisfies Word);
