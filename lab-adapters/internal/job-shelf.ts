import { randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdapterError } from '../../models/domain/errors.js';
import type { JobRequest } from '../contract.js';

/** All there is to know of a simulated job; times on the injected clock. */
export interface JobRecord {
  readonly key: string;
  readonly request: JobRequest;
  readonly acceptedAt: number;
  readonly durationMs: number;
  readonly pausedAt: number | null;
  /** Time spent in earlier pauses. */
  readonly pausedMs: number;
  readonly cancelledAt: number | null;
}

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
      await mkdir(folder, { recursive: true });
      await writeFile(beside, JSON.stringify(record));
      await place(beside);
    } catch (cause) {
      throw new AdapterError(`cannot keep job ${job} in ${folder}: ${(cause as Error).message}`, { cause });
    } finally {
      await rm(beside, { force: true });
    }
  };
  const get = async (job: string) => {
    if (!/^[0-9a-f]{32}$/.test(job)) return null;
    try {
      return JSON.parse(await readFile(file(job), 'utf8')) as JobRecord;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new AdapterError(`cannot read job ${job} in ${folder}: ${(cause as Error).message}`, { cause });
    }
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
        if (first) await appendFile(join(folder, 'starts.jsonl'), `${JSON.stringify({ key: record.key, job })}\n`);
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
