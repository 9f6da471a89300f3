import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { JobRequest } from '../contract.js';
import { codeOf, createOnce, folderError, makeFolder, readIfPresent, writeDurably } from './files.js';
import type { Ended, JobKind, Plan } from './job.js';
import { isAlive, jobVariable, killJob } from './process-table.js';
import { parseEnd, wrapperScript } from './wrapper.js';

interface Accepted {
  readonly key: string;
  readonly request: JobRequest;
  readonly timeoutMs: number;
}

/** Staging folders older than this belong to a process that is no more. */
const staleMs = 3_600_000;

/**
 * Local programs as durable jobs, one folder each, named by a hash of the key.
 *
 * A job is accepted by renaming a complete folder into place, so that it is there whole or not at all, and one key
 * gives one job whatever several processes do at once. Its program belongs to no worker: it goes on when the worker is
 * killed, and whoever looks next finds it by its key. A program whose process is gone without an exit code has
 * failed (`killed`); it is never started again. `starts.log` has one line for each time a program really started.
 */
export class JobFolder {
  readonly #folder: string;
  readonly #kind: JobKind;
  /** Wrappers started by this object: undefined while they run, then their exit code. */
  readonly #wrappers = new Map<string, number | null | undefined>();
  #swept = false;

  constructor(folder: string, kind: JobKind) {
    this.#folder = folder;
    this.#kind = kind;
  }

  /** One line `{"key": …}` for each physical start, oldest first. */
  get ledger(): string {
    return join(this.#folder, 'starts.log');
  }

  /** The job of a key, whether or not it was ever accepted. */
  static nameOf(key: string): string {
    return createHash('sha256').update(key).digest('hex').slice(0, 32);
  }

  /** The job accepted under a key, or null. */
  async find(key: string): Promise<string | null> {
    const job = JobFolder.nameOf(key);
    return (await readIfPresent(this.#path(job, 'request.json'))) === null ? null : job;
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
    if ((await this.find(key)) === null) await this.#place(job, key, request, await prepare());
    const accepted = await this.#accepted(job);
    if (canonical(accepted.request) !== canonical(request))
      throw new ContractError(
        `key '${key}' was accepted with another request: ${canonical(accepted.request)}, now ${canonical(request)}; use a new key`,
      );
    if (!(await this.#isClaimed(job))) await this.#start(job, accepted);
    return job;
  }

  /**
   * The result of a job, or how far it is. Starts a job that was accepted by a process that died before starting it.
   * @throws {ContractError} if no such job was accepted
   */
  async look(job: string): Promise<'accepted' | 'running' | Ended> {
    const accepted = await this.#accepted(job);
    const stored = await this.#stored(job);
    if (stored !== null) return stored;
    const note = await readIfPresent(this.#path(job, 'ended'));
    if (note !== null) return this.#settle(job, accepted, note);
    const identity = await readIfPresent(this.#path(job, 'pid'));
    if (identity === null) {
      if (this.#wrappers.get(job)) {
        this.#wrappers.delete(job);
        throw folderError('start a job', this.#folder, await this.#writingError(job));
      }
      if (!this.#wrappers.has(job)) await this.#start(job, accepted);
      return 'accepted';
    }
    if (await isAlive(identity)) return 'running';
    // It may have ended between the two looks.
    return this.#settle(job, accepted, await readIfPresent(this.#path(job, 'ended')));
  }

  /**
   * Ends a job with all its processes; nothing happens to one that has ended.
   * @throws {ContractError} if no such job was accepted
   */
  async cancel(job: string): Promise<void> {
    const accepted = await this.#accepted(job);
    if ((await this.#stored(job)) !== null) return;
    if ((await readIfPresent(this.#path(job, 'ended'))) === null) {
      await createOnce(this.#path(job, 'cancel'), '');
      // Claiming the job in the wrapper's place keeps one that was not started from ever starting.
      await createOnce(this.#path(job, 'pid'), 'cancelled');
    }
    await this.#settle(job, accepted, null);
  }

  /** Jobs without a result. */
  async unfinished(): Promise<readonly string[]> {
    const jobs = await readdir(join(this.#folder, 'jobs')).catch(() => []);
    const open: string[] = [];
    for (const job of jobs) if ((await this.#stored(job)) === null) open.push(job);
    return open;
  }

  #path(job: string, file = ''): string {
    return join(this.#folder, 'jobs', job, file);
  }

  async #accepted(job: string): Promise<Accepted> {
    const text = /^[0-9a-f]{32}$/.test(job) ? await readIfPresent(this.#path(job, 'request.json')) : null;
    if (text === null) throw new ContractError(`no job '${job}' was ever accepted in ${this.#folder}`);
    return JSON.parse(text) as Accepted;
  }

  async #stored(job: string): Promise<Ended | null> {
    const text = await readIfPresent(this.#path(job, 'result.json'));
    return text === null ? null : (JSON.parse(text) as Ended);
  }

  async #isClaimed(job: string): Promise<boolean> {
    return (
      (await readIfPresent(this.#path(job, 'pid'))) !== null ||
      (await readIfPresent(this.#path(job, 'result.json'))) !== null
    );
  }

  /** Builds the job's folder aside and renames it into place. */
  async #place(job: string, key: string, request: JobRequest, plan: Plan | Ended): Promise<void> {
    const staging = join(this.#folder, 'staging', randomBytes(8).toString('hex'));
    const accepted: Accepted = { key, request, timeoutMs: 'script' in plan ? plan.timeoutMs : 0 };
    try {
      await makeFolder(staging);
      await makeFolder(join(this.#folder, 'jobs'));
      await this.#sweep();
      if ('script' in plan) {
        const files = {
          ...plan.files,
          'program.sh': plan.script,
          'wrapper.sh': wrapperScript,
          'start-line': `${JSON.stringify({ key })}\n`,
        };
        for (const [name, text] of Object.entries(files)) await writeFile(join(staging, name), text);
      } else await writeDurably(join(staging, 'result.json'), JSON.stringify(plan));
      await writeDurably(join(staging, 'request.json'), JSON.stringify(accepted));
      await rename(staging, this.#path(job));
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
    const cwd = await realpath(this.#path(job));
    const ledger = join(await realpath(this.#folder), 'starts.log');
    const child = spawn('/bin/sh', ['wrapper.sh', ledger, String(accepted.timeoutMs / 1000)], {
      cwd,
      env: { ...this.#kind.environment, [jobVariable]: cwd },
      detached: true,
      stdio: 'ignore',
    });
    this.#wrappers.set(job, undefined);
    child.once('exit', (code) => (code ? this.#wrappers.set(job, code) : this.#wrappers.delete(job)));
    child.unref();
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
    const probe = this.#path(job, 'probe');
    try {
      await writeDurably(probe, 'probe');
      return new AdapterError(`the wrapper of job ${job} in ${this.#folder} could not claim it; try again`);
    } catch (error) {
      return error;
    } finally {
      await rm(probe, { force: true });
    }
  }

  /**
   * Makes and keeps the result of a job whose program has ended, was killed or is to be killed. Several processes may
   * do so at once: the first result stays, and is what all of them return.
   *
   * @param note - the wrapper's note of the end, null if there is none
   */
  async #settle(job: string, accepted: Accepted, note: string | null): Promise<Ended> {
    const folder = await realpath(this.#path(job));
    try {
      const result = await this.#resultOf(folder, accepted, note);
      await createOnce(join(folder, 'result.json'), JSON.stringify(result));
      await this.#tidy(folder);
    } catch (error) {
      // Another process may have settled the job and removed what was being read here.
      const stored = await this.#stored(job);
      if (stored !== null) return stored;
      throw folderError('make the result of a job', folder, error);
    }
    return (await this.#stored(job))!;
  }

  async #resultOf(folder: string, accepted: Accepted, note: string | null): Promise<Ended> {
    let ended = note;
    if (ended === null) {
      if (!(await killJob(folder, await readIfPresent(join(folder, 'pid')))))
        throw new AdapterError(`processes of job '${accepted.key}' in ${folder} cannot be killed; look at the machine`);
      const cancelled = (await readIfPresent(join(folder, 'cancel'))) !== null;
      ended = await readIfPresent(join(folder, 'ended'));
      // What ended by itself before the signal came is not cancelled.
      const byItself = ended !== null && (!cancelled || parseEnd(ended, accepted.timeoutMs).code === 0);
      if (!byItself) return this.#interrupted(folder, cancelled);
    }
    const end = parseEnd(ended!, accepted.timeoutMs);
    // The timeout reaches the process group; this reaches those that left it.
    if (end.timedOut) await killJob(folder, null);
    return this.#kind.parse({ folder, request: accepted.request, ...end });
  }

  async #interrupted(folder: string, cancelled: boolean): Promise<Ended> {
    const begun = (await stat(join(folder, 'pid')).catch(() => null))?.mtimeMs ?? 0;
    const ran = (await readIfPresent(join(folder, 'program.out'))) !== null;
    // Nobody saw a killed job end: the last thing it wrote is the best that is known.
    const until = cancelled ? Date.now() : await lastWrite(folder);
    const durationMs = ran ? Math.max(0, Math.round(until - begun)) : 0;
    const common = { values: {}, cost: await this.#kind.spent(folder, durationMs), durationMs };
    if (cancelled) return { state: 'cancelled', ...common };
    const message =
      'the program is gone without an exit code: killed from outside, the machine restarted, or the disk full';
    return { state: 'failed', ...common, cause: { class: 'device', code: 'killed', message } };
  }

  /**
   * Removes all but the request, the result and the claim, which keeps the job from being started again. Files that
   * another process is just about to put in place are left to it.
   */
  async #tidy(folder: string): Promise<void> {
    for (const name of await readdir(folder))
      if (!/^(request\.json|result\.json|pid)$|\.[0-9a-f]{12}$/.test(name))
        await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Latest change of any file in a folder, in milliseconds since 1970. */
async function lastWrite(folder: string): Promise<number> {
  let latest = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const { mtimeMs } = await stat(join(folder, name));
    latest = Math.max(latest, mtimeMs);
  }
  return latest;
}

/** JSON with keys in alphabetical order, so that equal requests give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
