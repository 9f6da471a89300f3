import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { causeClasses } from '../../models/domain/verdicts.js';
import type { RawOutput } from '../contract.js';
import { createOnce, folderError, makeFolder, readIfPresent, writeWhole } from './files.js';
import { parsedJobRecord } from './job-record.js';
import { requestSchema } from './job-state.js';
import { nameOf, type Shelved, type ShelvedOutputs, shelve, shelved, shelvedSchema } from './raw-shelf.js';

const endSchema = z.strictObject({
  state: z.enum(['succeeded', 'failed', 'cancelled', 'unknown']),
  // A value that had to be refused is kept as text, or null for NaN.
  values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  noise: z.record(z.string(), z.number().nullable()).optional(),
  cost: z.number(),
  durationMs: z.number().nonnegative(),
  cause: z.strictObject({ class: z.enum(causeClasses), code: z.string(), message: z.string() }).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  achieved: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
  contexts: z
    .record(z.string(), z.strictObject({ value: z.union([z.number(), z.string()]), unit: z.string().optional() }))
    .optional(),
  /** Raw outputs, in the order of their files. */
  artefacts: z.array(shelvedSchema).default([]),
});
/** What a job came to, as it is remembered. */
export type RememberedEnd = z.infer<typeof endSchema>;

const rememberedSchema = z.strictObject({
  key: z.string(),
  /** Null where the device was found to have a job of the key that this folder knows nothing of. */
  request: requestSchema.nullable(),
  fence: z.number(),
  /**
   * `free`: nothing was begun, for certain. `sending`: a call is on its way, or whoever made it died. `unsure`: the call failed
   * so that nobody can tell. `sent`: the device has the job. `ended`.
   */
  phase: z.enum(['free', 'sending', 'unsure', 'sent', 'ended']),
  /** How often the call was made. */
  attempt: z.number().int().nonnegative(),
  /** When the last call was made, milliseconds since 1970; after `limitMs` more it is over, whoever made it. */
  at: z.number(),
  limitMs: z.number().nonnegative(),
  /** What the device calls it. */
  handle: z.string().nullable(),
  end: endSchema.nullable(),
});
/** All that an adapter remembers of a job that runs on a device elsewhere. */
export type Remembered = Readonly<z.infer<typeof rememberedSchema>>;

/** Jobs that an adapter gave to a device: written down before and after each call. */
export interface JobLedger {
  get(job: string): Promise<Remembered | null>;
  put(job: string, remembered: Remembered): Promise<void>;
  /** Whether this caller may make the call of this number; of several, in whatever processes, one may. */
  claim(job: string, attempt: number): Promise<boolean>;
  /** Keeps raw outputs of at most so many bytes each. */
  keep(job: string, artefacts: Readonly<Record<string, RawOutput>>, limit: number): Promise<ShelvedOutputs>;
  /** Raw outputs that were kept. */
  kept(job: string, outputs: readonly Shelved[]): Promise<Record<string, RawOutput>>;
  jobs(): Promise<readonly string[]>;
}

/** A ledger in a folder that survives restarts; in memory where the folder is empty. */
export function jobLedger(folder: string): JobLedger {
  return folder === '' ? memoryLedger() : folderLedger(folder);
}

function memoryLedger(): JobLedger {
  const all = new Map<string, Remembered>();
  const claims = new Set<string>();
  const raw = new Map<string, Readonly<Record<string, RawOutput>>>();
  return {
    get: async (job) => all.get(job) ?? null,
    put: async (job, remembered) => void all.set(job, remembered),
    claim: async (job, attempt) => {
      const name = `${job}.${attempt}`;
      return claims.has(name) ? false : claims.add(name) !== undefined;
    },
    keep: async (job, artefacts) => {
      raw.set(job, artefacts);
      return { kept: Object.keys(artefacts), left: [] };
    },
    kept: async (job) => ({ ...raw.get(job) }),
    jobs: async () => [...all.keys()],
  };
}

function folderLedger(folder: string): JobLedger {
  const file = (job: string, ending: string) => join(folder, `${job}.${ending}`);
  const writing = async <T>(write: () => Promise<T>): Promise<T> => {
    try {
      await makeFolder(folder);
      return await write();
    } catch (error) {
      throw folderError('keep jobs', folder, error);
    }
  };
  return {
    async get(job) {
      if (!isName(job)) return null;
      const text = await readIfPresent(file(job, 'json'));
      return text === null ? null : parsedJobRecord(rememberedSchema, text, job, file(job, 'json'));
    },
    put: (job, remembered) => writing(() => writeWhole(file(job, 'json'), JSON.stringify(remembered))),
    claim: (job, attempt) => writing(() => createOnce(file(job, `call-${attempt}`), '')),
    keep: (job, artefacts, limit) => writing(() => shelve(artefacts, (place) => file(job, `raw-${place}`), limit)),
    async kept(job, outputs) {
      const pairs = outputs.map(async (one, i) => [nameOf(one), await shelved(one, file(job, `raw-${i}`))] as const);
      return Object.fromEntries(await Promise.all(pairs));
    },
    async jobs() {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name) => /^([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? []);
    },
  };
}

function isName(job: string): boolean {
  return /^[0-9a-f]{32}$/.test(job);
}
