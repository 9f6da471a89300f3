import { join } from 'node:path';
import { ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type {
  Cancels,
  Finds,
  Health,
  JobRequest,
  MeasuredContext,
  Runs,
  StopsSafely,
  TellsHealth,
} from '../contract.js';
import { fencesIn } from './fences.js';
import { type Ended, type JobKind, type Plan, rawPath } from './job.js';
import { JobFolder } from './job-folder.js';
import { nameOfJob } from './job-record.js';
import { nameOf, shelved } from './raw-shelf.js';

/** What makes an adapter of a local program. */
export interface LocalProgram extends JobKind {
  readonly deterministic: boolean;
  validate(request: JobRequest): Promise<readonly Fault[]>;
  /** What to run for a request, or the result where nothing needs to run. */
  prepare(key: string, request: JobRequest): Promise<Plan | Ended>;
  health(): Promise<Health>;
}

/** Milliseconds between two looks: the quickest jobs take a tenth of a second, and a look reads two small files. */
const pollMs = 50;

/** What an adapter of local programs can do. */
export interface LocalAdapter extends Runs, Finds, Cancels, StopsSafely, TellsHealth {}

/** An adapter whose jobs are local programs, kept in a folder that survives restarts. */
export function localAdapter(folder: string, program: LocalProgram): LocalAdapter {
  const jobs = new JobFolder(folder, program);
  const fences = fencesIn(folder);
  return {
    traits: {
      resultRetention: 'permanent',
      exclusive: false,
      deterministic: program.deterministic,
      fenced: true,
      virtualTime: false,
    },
    pollMs,
    validate: (request) => program.validate(request),
    // Programs that read the request strictly, and jobs that an earlier version accepted, know of no units.
    submit: async (key, { units: _, ...request }, caller) => {
      await fences.heed(nameOfJob(key), caller);
      return jobs.accept(key, request, async () => {
        const plan = await program.prepare(key, request);
        // That may have taken long.
        await fences.heed(nameOfJob(key), caller);
        return plan;
      });
    },
    find: async (key, caller) => {
      await fences.heed(nameOfJob(key), caller);
      return jobs.find(key);
    },
    status: async (job) => {
      const seen = await jobs.look(job);
      return { state: typeof seen === 'string' ? seen : seen.state };
    },
    result: async (job) => {
      const seen = await jobs.look(job);
      if (typeof seen === 'string')
        throw new ContractError(`job ${job} is ${seen}; ask for the result when it has ended`);
      const { state: _, artefacts, files = [], cause, values, noise, details, achieved, contexts, ...rest } = seen;
      const raw = files.map(async (one, i) => [nameOf(one), await shelved(one, rawPath(join(folder, 'jobs', job), i))]);
      return {
        ...rest,
        values: asAnswered(values),
        ...(cause === undefined ? {} : { cause }),
        ...(noise === undefined ? {} : { noise: asAnswered(noise) }),
        ...(details === undefined ? {} : { details }),
        ...(achieved === undefined ? {} : { achieved }),
        ...(contexts === undefined ? {} : { contexts: contexts as Readonly<Record<string, MeasuredContext>> }),
        ...(artefacts === undefined && files.length === 0
          ? {}
          : { artefacts: { ...bytesOf(artefacts ?? {}), ...Object.fromEntries(await Promise.all(raw)) } }),
      };
    },
    cancel: async (job, caller) => {
      await fences.heed(job, caller);
      await jobs.cancel(job);
    },
    safeStop: async () => {
      for (const job of await jobs.unfinished()) await jobs.cancel(job);
    },
    health: () => program.health(),
    // Jobs belong to nobody and live on.
    close: async () => {},
  };
}

function bytesOf(artefacts: Readonly<Record<string, string>>): Record<string, Uint8Array> {
  const encoder = new TextEncoder();
  return Object.fromEntries(Object.entries(artefacts).map(([name, text]) => [name, encoder.encode(text)]));
}

/** As the contract names it; a text among the numbers is for who observes the trial to judge. */
function asAnswered(said: Readonly<Record<string, number | string>>): Readonly<Record<string, number>> {
  return said as Readonly<Record<string, number>>;
}
