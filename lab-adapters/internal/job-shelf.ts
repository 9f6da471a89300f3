import { randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AdapterError } from '../../models/domain/errors.js';
import { codeOf, folderError, readIfPresent } from './files.js';
import { parsedJobRecord } from './job-record.js';
import { requestSchema } from './job-state.js';

/** Times are finite, and lie at most so far apart that sums of them are exact, milliseconds. */
const time = z.number().min(-1e15).max(1e15);

const jobRecordSchema = z.strictObject({
  key: z.string(),
  request: requestSchema,
  acceptedAt: time,
  durationMs: time.nonnegative(),
  pausedAt: time.nullable(),
  /** Time spent in earlier pauses. */
  pausedMs: time.nonnegative(),
  cancelledAt: time.nullable(),
});
/** All there is to know of a simulated job; times on the injected clock. */
export type JobRecord = Readonly<z.infer<typeof jobRecordSchema>>;

/** Where simulated jobs are kept. */
export interface JobShelf {
  /** Keeps the record unless the job is there already; returns the one that is kept. */
  add(job: string, record: JobRecord): Promise<JobRecord>;
  get(job: string): Promise<JobRecord | null>;
  replace(job: string, record: JobRecord): Promise<void>;
  jobs(): Promise<readonly string[]>;
}

/** Jobs that live as long as this object. */
export function memoryShelf(): JobShelf {
  const records = new Map<string, JobRecord>();
  return {
    async add(job, record) {
      const kept = records.get(job) ?? record;
      records.set(job, kept);
      return kept;
    },
    get: async (job) => records.get(job) ?? null,
    async replace(job, record) {
      records.set(job, record);
    },
    jobs: async () => [...records.keys()],
  };
}

/** No record of a job is longer, bytes. */
const recordLimit = 16 * 2 ** 20;

/**
 * Jobs that survive the end of the process, one file each, whole or absent at any moment: written beside and linked or
 * renamed into place. `starts.jsonl` in the same folder is the device's own ledger: one line, `{"key", "job"}`, for each
 * time a job really began, which is what tests count.
 */
export function folderShelf(folder: string): JobShelf {
  const file = (job: string) => join(folder, `${job}.json`);
  const written = async (job: string, record: JobRecord, place: (from: string) => Promise<void>) => {
    const beside = join(folder, `.${job}.${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(beside, JSON.stringify(record), { mode: 0o600 });
      await place(beside);
    } catch (cause) {
      throw new AdapterError(`cannot keep job ${job} in ${folder}: ${(cause as Error).message}`, { cause });
    } finally {
      await rm(beside, { force: true });
    }
  };
  const get = async (job: string) => {
    if (!/^[0-9a-f]{32}$/.test(job)) return null;
    const text = await readIfPresent(file(job), recordLimit).catch((error: unknown) => {
      // Without the folder there is nothing that was damaged.
      const { cause } = error as Error;
      throw codeOf(cause) === 'ENOTDIR' ? folderError('read jobs', folder, cause) : error;
    });
    return text === null ? null : parsedJobRecord(jobRecordSchema, text, job, file(job));
  };
  return {
    async add(job, record) {
      const before = await get(job);
      if (before !== null) return before;
      let first = true;
      await written(job, record, async (from) => {
        try {
          await link(from, file(job));
        } catch (cause) {
          if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
          first = false;
        }
        if (first)
          await appendFile(join(folder, 'starts.jsonl'), `${JSON.stringify({ key: record.key, job })}\n`, {
            mode: 0o600,
          });
      });
      return first ? record : (await get(job))!;
    },
    get,
    replace: (job, record) => written(job, record, (from) => rename(from, file(job))),
    async jobs() {
      const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return [] as string[];
        throw new AdapterError(`cannot read ${folder}: ${cause.message}`, { cause });
      });
      return names.flatMap((name) => /^([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? []);
    },
  };
}
