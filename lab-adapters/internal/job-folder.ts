import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AdapterError, ContractError, DamagedError } from '../../models/domain/errors.js';
import type { JobRequest } from '../contract.js';
import { codeOf, exists, folderError, makeFolder, readIfPresent, removeAll, writeDurably } from './files.js';
import { canonical, type Ended, type JobKind, type Plan } from './job.js';
import { hasAnswered, settle, stateLost } from './job-end.js';
import { type Accepted, instant, JobState } from './job-state.js';
import { isAnyLeft, isWrapper, jobVariable, killJob } from './process-table.js';
import { Seal, sha256 } from './seal.js';
import { keyIn, wrapperScript } from './wrapper.js';

/** Staging folders older than this belong to a process that is no more. */
const staleMs = 3_600_000;
/** So long after its time limit a job is ended from here: its wrapper, which should have done it, does not. */
const overdueMs = 30_000;

/**
 * Local programs as durable jobs, named by a hash of the key: `jobs/NAME` holds the state of one, `work/NAME` is the
 * folder of its programs.
 *
 * A job is accepted by renaming a complete folder into place, so that it is there whole or not at all, and one key
 * gives one job whatever several processes do at once. Its program belongs to no worker: it goes on when the worker is
 * killed, and whoever looks next finds it by its key. A program whose process is gone without an exit code has
 * failed (`killed`); it is never started again. `starts.log` has one line for each time a program really started.
 *
 * Nothing that a program writes is taken for the job's state (see JobState), and nothing that it does to files or to
 * its wrapper keeps the job from ending: where it cannot be told any more what became of it, the state is `unknown`.
 */
export class JobFolder {
  readonly #folder: string;
  readonly #kind: JobKind;
  readonly #seal: Seal;
  readonly #overdueMs: number;
  /** Wrappers started by this object: undefined while they run, then their exit code. */
  readonly #wrappers = new Map<string, number | null | undefined>();
  #swept = false;

  constructor(folder: string, kind: JobKind, options: { readonly overdueMs?: number } = {}) {
    this.#folder = folder;
    this.#kind = kind;
    this.#seal = new Seal(folder);
    this.#overdueMs = options.overdueMs ?? overdueMs;
  }

  /** One line `{"key": …}` for each physical start, oldest first. */
  get ledger(): string {
    return join(this.#folder, 'starts.log');
  }

  /** The job of a key, whether or not it was ever accepted. */
  static nameOf(key: string): string {
    return sha256(key).slice(0, 32);
  }

  /** The job accepted under a key, or null. One of which only traces are left was accepted, too. */
  async find(key: string): Promise<string | null> {
    const job = JobFolder.nameOf(key);
    return (await this.#state(job).accepted()) !== null || (await this.#leftTraces(job)) ? job : null;
  }

  /**
   * Accepts and starts a job, or finds the one that was accepted under the same key.
   *
   * @param prepare - what to run, or the result where nothing needs to run; called only for a key not seen before
   * @throws {ContractError} if the key was accepted with another request
   * @throws {AdapterError} if the folder cannot be written or the program not be started; nothing half-written is left
   */
  async accept(key: string, request: JobRequest, prepare: () => Promise<Plan | Ended>): Promise<string> {
    const job = JobFolder.nameOf(key);
    const state = this.#state(job);
    // Looked for first: what another process places from here on is whole, and stays.
    const wasThere = await exists(state.folder);
    if ((await state.accepted()) === null) {
      if (await this.#leftTraces(job)) return job; // Its state is gone, but it was started: it is not started again.
      if (wasThere) await removeAll(state.folder);
      await this.#place(job, key, request, await prepare());
    }
    const accepted = await state.accepted();
    if (accepted === null) throw new DamagedError(`job '${key}' in ${this.#folder} was changed while it was accepted`);
    if (canonical(accepted.request) !== canonical(request))
      throw new ContractError(
        `key '${key}' was accepted with another request: ${canonical(accepted.request)}, now ${canonical(request)}; use a new key`,
      );
    if (await this.#isOpen(state, accepted)) await this.#start(job, accepted);
    return job;
  }

  /** The result of a job, or how far it is; one accepted by a process that died is started. @throws {ContractError} if there is none */
  async look(job: string): Promise<'accepted' | 'running' | Ended> {
    const state = this.#state(job);
    const accepted = await state.accepted();
    if (accepted === null) return this.#lost(job);
    const stored = await state.result();
    if (stored !== null) return stored;
    if ((await state.end(accepted)) !== null) return this.#settle(state, job, accepted);
    if (await this.#isOpen(state, accepted)) {
      if (this.#wrappers.get(job)) {
        this.#wrappers.delete(job);
        const error = folderError('start a job', this.#folder, await this.#writingError(job));
        // Its program may have made away with the state meanwhile: then it did run.
        return (await state.accepted()) === null ? this.#lost(job) : Promise.reject(error);
      }
      if (!this.#wrappers.has(job)) await this.#start(job, accepted);
      return 'accepted';
    }
    if (await this.#isOverdue(state, accepted)) return this.#settle(state, job, accepted, true);
    const running = await this.#isRunning(state, job);
    if (running && !(await hasAnswered(state, accepted, this.#kind))) return 'running';
    return this.#settle(state, job, accepted);
  }

  /**
   * Ends a job with all its processes; nothing happens to one that has ended.
   * @throws {ContractError} if no such job was accepted
   */
  async cancel(job: string): Promise<void> {
    const state = this.#state(job);
    const accepted = await state.accepted();
    if (accepted === null) await this.#lost(job);
    if (accepted === null || (await state.result()) !== null) return;
    if ((await state.end(accepted)) === null) {
      await state.noteCancel();
      // Taking the token in the wrapper's place keeps a job that was not started from ever starting.
      await rm(join(state.folder, 'token'), { recursive: true, force: true });
    }
    await this.#settle(state, job, accepted);
  }

  /** Jobs without a result. */
  async unfinished(): Promise<readonly string[]> {
    const jobs = await readdir(join(this.#folder, 'jobs')).catch(() => []);
    const open: string[] = [];
    for (const job of jobs) {
      const state = isName(job) ? this.#state(job) : null;
      if (state !== null && (await state.accepted()) !== null && (await state.result()) === null) open.push(job);
    }
    return open;
  }

  #state(job: string): JobState {
    // What is no name of a job must not lead out of the folder.
    return new JobState(join(this.#folder, 'jobs', isName(job) ? job : '-'), job, this.#seal);
  }

  #work(job: string): string {
    return join(this.#folder, 'work', job);
  }

  /** Whether a job waits for its first start: the token is there as long as no wrapper took it. */
  async #isOpen(state: JobState, { tokenSha }: Accepted): Promise<boolean> {
    if (tokenSha === '') return false;
    const token = await state.read('token', 100);
    return token !== null && sha256(token.trim()) === tokenSha && !(await exists(join(state.folder, 'pid')));
  }

  async #isRunning(state: JobState, job: string): Promise<boolean> {
    const work = await this.#realWork(job);
    const identity = await state.read('pid', 1_000);
    // A claim that is gone tells nothing; the processes do.
    return identity === null ? isAnyLeft(work) : isWrapper(identity, work);
  }

  async #isOverdue(state: JobState, { at, timeoutMs }: Accepted): Promise<boolean> {
    const begun = (await state.started()) ?? at;
    const now = await instant();
    return begun.boot === now.boot && now.ms - begun.ms > timeoutMs + this.#overdueMs;
  }

  async #settle(state: JobState, job: string, accepted: Accepted, overdue = false): Promise<Ended> {
    // It may have been changed since it was read.
    if ((await state.accepted()) === null) return this.#lost(job);
    return settle({ state, accepted, work: await this.#realWork(job), kind: this.#kind, overdue });
  }

  /** The programs' folder as their environment names it. */
  async #realWork(job: string): Promise<string> {
    const folder = await realpath(this.#folder).catch(() => resolve(this.#folder));
    return join(folder, 'work', job);
  }

  async #leftTraces(job: string): Promise<boolean> {
    if (!isName(job)) return false;
    if (await exists(this.#work(job))) return true;
    const ledger = await readIfPresent(this.ledger).catch(() => null);
    return (ledger ?? '').split('\n').some((line) => {
      const key = keyIn(line);
      return key !== null && JobFolder.nameOf(key) === job;
    });
  }

  /** The end of a job whose state is gone or not ours. */
  async #lost(job: string): Promise<Ended> {
    if (!(await this.#leftTraces(job))) throw new ContractError(`no job '${job}' was ever accepted in ${this.#folder}`);
    await killJob(await this.#realWork(job), null);
    return stateLost(job);
  }

  /** Builds the job's folder aside and renames it into place. */
  async #place(job: string, key: string, request: JobRequest, plan: Plan | Ended): Promise<void> {
    const staging = join(this.#folder, 'staging', randomBytes(8).toString('hex'));
    const runs = 'script' in plan;
    const token = randomBytes(16).toString('hex');
    const state = this.#state(job);
    const accepted: Accepted = {
      key,
      request,
      timeoutMs: runs ? plan.timeoutMs : 0,
      tokenSha: runs ? sha256(token) : '',
      at: await instant(),
    };
    try {
      await makeFolder(staging);
      await makeFolder(join(this.#folder, 'jobs'));
      await this.#sweep();
      if (runs) {
        const files = {
          ...plan.files,
          'program.sh': plan.script,
          'wrapper.sh': wrapperScript,
          'start-line': `${JSON.stringify({ key })}\n`,
          token: `${token}\n`,
        };
        for (const [name, text] of Object.entries(files)) await writeFile(join(staging, name), text, { mode: 0o600 });
      } else await writeDurably(join(staging, 'result.json'), await state.sealed('result.json', plan));
      await writeDurably(join(staging, 'request.json'), await state.sealed('request.json', accepted));
      await rename(staging, state.folder);
    } catch (error) {
      await rm(staging, { recursive: true, force: true }).catch(() => {});
      // Another process was quicker with the same key.
      if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return;
      throw folderError(`accept job '${key}'`, this.#folder, error);
    }
  }

  /** Removes what processes left that died while they built a folder. */
  async #sweep(): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    const staging = join(this.#folder, 'staging');
    for (const name of await readdir(staging)) {
      const made = await stat(join(staging, name)).catch(() => null);
      if (made !== null && Date.now() - made.mtimeMs > staleMs)
        await rm(join(staging, name), { recursive: true, force: true });
    }
  }

  /** Starts the wrapper, which decides by itself whether it is the first. */
  async #start(job: string, accepted: Accepted): Promise<void> {
    // Where it cannot be had, nothing was begun.
    const { environment } = this.#kind;
    const state = this.#state(job);
    // Writing to anything but a file could hold the wrapper up.
    if ((await lstat(this.ledger).catch(() => null))?.isFile() === false) await removeAll(this.ledger);
    await state.noteStart();
    const work = await this.#realWork(job);
    await makeFolder(work).catch((error) => {
      throw folderError(`start job '${accepted.key}'`, this.#folder, error);
    });
    const ledger = join(await realpath(this.#folder), 'starts.log');
    // For coreutils' timeout 0 would be no limit at all.
    const seconds = Math.max(accepted.timeoutMs, 1) / 1000;
    const child = spawn('/bin/sh', ['wrapper.sh', ledger, String(seconds)], {
      cwd: await realpath(state.folder),
      env: { ...environment, [jobVariable]: work },
      detached: true,
      stdio: 'ignore',
    });
    this.#wrappers.set(job, undefined);
    child.once('exit', (code) => (code ? this.#wrappers.set(job, code) : this.#wrappers.delete(job))).unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        this.#wrappers.delete(job);
        reject(new AdapterError(`cannot start job '${accepted.key}': ${error.message}`, { cause: error }));
      });
    });
  }

  /** Why a wrapper could not claim its job: the same write, tried from here. */
  async #writingError(job: string): Promise<unknown> {
    const probe = join(this.#state(job).folder, 'probe');
    try {
      await writeDurably(probe, '');
      return new AdapterError(`the wrapper of job ${job} in ${this.#folder} could not claim it; try again`);
    } catch (error) {
      return error;
    } finally {
      await rm(probe, { force: true });
    }
  }
}

function isName(job: string): boolean {
  return /^[0-9a-f]{32}$/.test(job);
}
