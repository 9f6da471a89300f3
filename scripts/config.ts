import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../models/domain/errors.js';
import { type RawLimits, rawLimits } from '../models/domain/raw-limits.js';
import { withoutPassword } from '../models/domain/redaction.js';
import { type TemporalAccess, temporalAccess } from './durable/temporal-access.js';

/** What the environment says: where campaigns live and which servers to use. */
export interface Config {
  /** Campaign home, an absolute path: `ATHANOR_HOME`, else `~/.athanor`. */
  readonly home: string;
  /** PostgreSQL to use as it is (`DATABASE_URL`); null means the embedded one in the home. */
  readonly databaseUrl: string | null;
  /** Temporal server to use as it is (`TEMPORAL_ADDRESS`, host:port); null means a local one. */
  readonly temporalAddress: string | null;
  /** Temporal namespace (`TEMPORAL_NAMESPACE`), `default` unless given. */
  readonly temporalNamespace: string;
  /** How that server lets us in. */
  readonly temporalAccess: TemporalAccess;
  /** Folder for the jobs of adapters in place of the home (`ATHANOR_SHARED`), an absolute path; null for the home. */
  readonly shared: string | null;
  /** Decisions made at the same time by one worker (`ATHANOR_DECIDE_THREADS`); null means as `threadsFor` says. */
  readonly decideThreads: number | null;
  /** Memory of each decision in MB (`ATHANOR_DECIDE_MEMORY`); null means as `threadsFor` says. */
  readonly decideMemoryMb: number | null;
  /** How much of raw outputs is kept (`ATHANOR_RAW_FILE_MB`, `ATHANOR_RAW_TRIAL_MB`). */
  readonly rawLimits: RawLimits;
}

/** What each variable must look like, in words for the message. */
const allowed: Record<string, string> = {
  ATHANOR_DECIDE_MEMORY:
    'memory of each decision in MB, a whole number of 64 or more; a share of the machine where unset',
  ATHANOR_DECIDE_THREADS:
    'decisions made at the same time, a whole number of 1 to 256; one less than cores where unset',
  ATHANOR_HOME: 'a folder for what Athanor keeps; ~/.athanor where unset',
  ATHANOR_RAW_FILE_MB: `size of one raw output that is kept in MB, a whole number of 1 or more; ${rawLimits.fileBytes / 2 ** 20} where unset`,
  ATHANOR_RAW_TRIAL_MB: `size of all raw outputs of a trial that are kept in MB, a whole number of 1 or more; ${rawLimits.trialBytes / 2 ** 20} where unset`,
  ATHANOR_SHARED: 'a folder for the jobs of adapters, which workers of several homes share; the home where unset',
  DATABASE_URL: 'postgresql://user:password@host:port/database; unset for the embedded PostgreSQL',
  TEMPORAL_ADDRESS: 'host:port, e.g. 127.0.0.1:7233; unset for a local server',
  TEMPORAL_NAMESPACE: "letters, digits, dots, dashes and underscores; 'default' where unset",
};

const wholeNumber = (least: number, most: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(least).max(most)).optional();

const environmentSchema = z.object({
  ATHANOR_DECIDE_MEMORY: wholeNumber(64, 2 ** 24),
  ATHANOR_DECIDE_THREADS: wholeNumber(1, 256),
  ATHANOR_HOME: z.string().optional(),
  ATHANOR_RAW_FILE_MB: wholeNumber(1, 2 ** 24),
  ATHANOR_RAW_TRIAL_MB: wholeNumber(1, 2 ** 24),
  ATHANOR_SHARED: z.string().optional(),
  DATABASE_URL: z
    .string()
    .refine((value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol))
    .optional(),
  TEMPORAL_ADDRESS: z.string().refine(isHostAndPort).optional(),
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/)
    .optional(),
});

/**
 * Reads Athanor's settings from an environment, once. A variable that is empty counts as unset.
 *
 * @throws {InvalidInputError} with every wrong variable, what it holds (a password is left out) and what is allowed
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.keys(allowed)
      .filter((name) => environment[name] !== undefined && environment[name] !== '')
      .map((name) => [name, environment[name]]),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
    throw new InvalidInputError(
      'environment',
      names.map((name) => ({
        path: name,
        message: `'${withoutPassword(String(given[name]))}' is not a value it can have`,
        remedy: allowed[name] ?? '',
      })),
    );
  }
  const value = parsed.data;
  return {
    home: path.resolve(value.ATHANOR_HOME ?? path.join(os.homedir(), '.athanor')),
    databaseUrl: value.DATABASE_URL ?? null,
    temporalAddress: value.TEMPORAL_ADDRESS ?? null,
    temporalNamespace: value.TEMPORAL_NAMESPACE ?? 'default',
    temporalAccess: temporalAccess(environment),
    shared: value.ATHANOR_SHARED === undefined ? null : path.resolve(value.ATHANOR_SHARED),
    decideThreads: value.ATHANOR_DECIDE_THREADS ?? null,
    decideMemoryMb: value.ATHANOR_DECIDE_MEMORY ?? null,
    rawLimits: {
      fileBytes: inBytes(value.ATHANOR_RAW_FILE_MB) ?? rawLimits.fileBytes,
      trialBytes: inBytes(value.ATHANOR_RAW_TRIAL_MB) ?? rawLimits.trialBytes,
    },
  };
}

function inBytes(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : megabytes * 2 ** 20;
}

function isHostAndPort(value: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(value)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}
