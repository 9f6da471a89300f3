import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DamagedError } from '../../models/domain/errors.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import { createOnce, folderError, readIfPresent, removeAll } from './files.js';
import type { Ended } from './job.js';
import { shelvedSchema } from './raw-shelf.js';
import { type Seal, sha256 } from './seal.js';
import { type ProgramEnd, parseEnd } from './wrapper.js';

/** When something was, by a clock that all processes share until the machine starts anew and that no one can set. */
const instantSchema = z.strictObject({ boot: z.string(), ms: z.number() });
/** A moment of one boot of the machine. */
export type Instant = z.infer<typeof instantSchema>;

/** A request as it is kept with its job. */
export const requestSchema = z.strictObject({
  design: z.record(z.string(), z.union([z.number(), z.string()])),
  rowId: z.string().nullable(),
  substances: z.record(z.string(), z.string()),
  units: z.record(z.string(), z.string()).optional(),
  fidelity: z.string(),
  objectives: z.array(z.string()).readonly(),
});

const acceptedSchema = z.strictObject({
  key: z.string(),
  request: requestSchema,
  timeoutMs: z.number().nonnegative(),
  /** Sha256 of the word by which the wrapper's note of the end is known; empty where nothing runs. */
  tokenSha: z.string(),
  at: instantSchema,
});
/** What a job is about. */
export type Accepted = z.infer<typeof acceptedSchema>;

const said = z.record(z.string(), z.union([z.number(), z.string()]));
const endedSchema = z.strictObject({
  state: z.enum(['succeeded', 'failed', 'cancelled', 'unknown']),
  values: said,
  noise: said.optional(),
  cost: z.number(),
  durationMs: z.number().nonnegative(),
  cause: z.strictObject({ class: z.enum(causeClasses), code: z.string(), message: z.string() }).optional(),
  artefacts: z.record(z.string(), z.string()).optional(),
  achieved: said.optional(),
  contexts: z
    .record(z.string(), z.strictObject({ value: z.union([z.number(), z.string()]), unit: z.string().optional() }))
    .optional(),
  files: z.array(shelvedSchema).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
}) satisfies z.ZodType<Ended>;

/** Whether a result can be kept and read again: finite numbers, known states. */
export function isResult(result: Ended): boolean {
  return endedSchema.safeParse(result).success;
}

/** Now, as an instant that other processes can compare with theirs. */
export async function instant(): Promise<Instant> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return { boot: boot.trim(), ms: Number(process.hrtime.bigint() / 1_000_000n) };
}

/**
 * The files of one job. Whatever stands in them is trusted only if it was written here: request, result, start and
 * cancellation are sealed, the note of the end begins with a word that the program was never told.
 */
export class JobState {
  readonly #seal: Seal;

  /** @param folder - of this job's state */
  constructor(
    readonly folder: string,
    readonly job: string,
    seal: Seal,
  ) {
    this.#seal = seal;
  }

  /** What was accepted; null if nothing was, or what stands there is not ours. */
  async accepted(): Promise<Accepted | null> {
    const accepted = await this.#open('request.json', acceptedSchema);
    return accepted !== null && sha256(accepted.key).startsWith(this.job) ? accepted : null;
  }

  /** The result, null if there is none yet. */
  result(): Promise<Ended | null> {
    return this.#open('result.json', endedSchema);
  }

  /** Keeps a result, unless there is one: the first one stays. Returns the one that stays. */
  async keep(result: Ended): Promise<Ended> {
    await this.#create('result.json', result);
    return (await this.result()) ?? result;
  }

  /** The text of a file that is to stand beside the others. */
  sealed(name: 'request.json' | 'result.json', value: Accepted | Ended): Promise<string> {
    return this.#seal.close(`${this.job}/${name}`, JSON.stringify(value));
  }

  /** When the job was started, null if nobody knows. */
  started(): Promise<Instant | null> {
    return this.#open('started', instantSchema);
  }

  async noteStart(): Promise<void> {
    await this.#create('started', await instant());
  }

  /** Whether a person gave the job up. */
  async isCancelled(): Promise<boolean> {
    return (await this.#open('cancel', z.literal(true))) !== null;
  }

  async noteCancel(): Promise<void> {
    await this.#create('cancel', true);
  }

  /** Milliseconds after which the program had ended with its answer given, as noted while its wrapper lived; else null. */
  answered(): Promise<number | null> {
    return this.#open('answered', z.number().nonnegative());
  }

  async noteAnswered(durationMs: number): Promise<void> {
    await this.#create('answered', durationMs);
  }

  /** The wrapper's note of the end; null if there is none, or not the wrapper's. */
  async end(accepted: Accepted): Promise<ProgramEnd | null> {
    const note = await this.read('ended', 1_000);
    const [token, ...rest] = note?.trim().split(' ') ?? [];
    if (token === undefined || accepted.tokenSha === '' || sha256(token) !== accepted.tokenSha) return null;
    return parseEnd(rest.join(' '), accepted.timeoutMs);
  }

  /** Text of a file, null if there is none or what stands there is no such file. */
  async read(name: string, limit?: number): Promise<string | null> {
    try {
      return await readIfPresent(join(this.folder, name), limit);
    } catch (error) {
      if (error instanceof DamagedError) return null;
      throw error;
    }
  }

  /** Writes a sealed file, unless a true one is there; what is not true has to go. */
  async #create(name: string, value: unknown): Promise<void> {
    const text = await this.#seal.close(`${this.job}/${name}`, JSON.stringify(value));
    const path = join(this.folder, name);
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        if (await createOnce(path, text)) return;
        const there = await this.read(name);
        if (there !== null && (await this.#seal.open(`${this.job}/${name}`, there)) !== null) return;
        await removeAll(path);
      }
    } catch (error) {
      throw folderError(`write ${name}`, this.folder, error);
    }
  }

  async #open<T>(name: string, schema: z.ZodType<T>): Promise<T | null> {
    const sealed = await this.read(name);
    const text = sealed === null ? null : await this.#seal.open(`${this.job}/${name}`, sealed);
    if (text === null) return null;
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  }
}
