import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkerSettings } from '../../../scripts/durable/worker.js';
import { root } from './root.js';

/** A point at which a worker stands, and the key of the job or trial that it is about, where it is about one. */
export interface Held {
  readonly point: string;
  readonly key: string | null;
}

/** What a worker of the bench is started with; `hurry` shortens the waits between the server's tries by so much. */
export type BenchWorkerSettings = Omit<WorkerSettings, 'log' | 'registryFor' | 'pool'> & { readonly hurry?: number };

interface Word {
  readonly word: string;
  readonly point?: string;
  readonly key?: string | null;
  readonly passed?: Record<string, number>;
}

/** A worker in a process of its own, which stops at a point that was ordered, and is brought up again when it ends. */
export class StoppableWorker {
  /** How often it ended without having been killed. */
  ended = 0;
  private child: ChildProcess | null = null;
  private said = '';
  private readonly words = new EventEmitter();

  constructor(private settings: BenchWorkerSettings) {}

  /** Its last words, for what went wrong. */
  get lastWords(): string {
    return this.said.slice(-2_000);
  }

  /** Starts it, and waits until it works. */
  async start(settings: BenchWorkerSettings = this.settings): Promise<void> {
    this.settings = settings;
    const file = join(root, 'test/faults/bench/worker.mjs');
    const dist = `${pathToFileURL(join(root, 'dist')).href}/`;
    const child = spawn(process.execPath, [file, dist, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // In a session of its own, as a supervisor's: an interrupt of the bench is the bench's to deal with.
      detached: true,
    });
    this.child = child;
    child.stderr!.on('data', (data) => {
      this.said = (this.said + String(data)).slice(-20_000);
    });
    child.on('message', (message: Word) => void this.words.emit(message.word, message));
    child.on('error', () => undefined);
    const ready = once(this.words, 'ready');
    const gone = once(child, 'exit').then(() => false);
    const isReady = await Promise.race([ready.then(() => true), gone]);
    if (!isReady) throw new Error(`the worker did not start:\n${this.lastWords}`);
    child.once('exit', () => {
      if (this.child !== child) return;
      // As a supervisor does.
      this.ended++;
      this.start().catch(() => undefined);
    });
  }

  /** Ends it with SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Has it count the passings of points anew, and stop at the `nth` of one; at none where `point` is null. */
  async order(point: string | null, nth = 0): Promise<void> {
    const ordered = once(this.words, 'ordered');
    this.child!.send({ word: 'order', point, nth });
    await ordered;
  }

  /** Resolves when it stands at the point that was ordered. */
  async held(): Promise<Held> {
    const [{ point, key }] = (await once(this.words, 'held')) as [Required<Word>];
    return { point, key };
  }

  /** Lets it go on. */
  goOn(): void {
    if (this.child?.connected === true) this.child.send({ word: 'go' });
  }

  /** How often it passed each point since the last order. */
  async passed(): Promise<Readonly<Record<string, number>>> {
    const counted = once(this.words, 'counted');
    this.child!.send({ word: 'count' });
    const [{ passed }] = (await counted) as [Required<Word>];
    return passed;
  }
}
