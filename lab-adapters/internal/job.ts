import { join } from 'node:path';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import type { Shelved } from './raw-shelf.js';
import type { ProgramEnd } from './wrapper.js';

/** What a job came to; kept for ever as result.json in the folder of its state. */
export interface Ended {
  /** `unknown`: the program or somebody else changed what is known of the job, or it cannot be ended. */
  readonly state: 'succeeded' | 'failed' | 'cancelled' | 'unknown';
  /** A text is what a program said in the place of a number. */
  readonly values: Readonly<Record<string, number | string>>;
  readonly noise?: Readonly<Record<string, number | string>> | undefined;
  readonly cost: number;
  readonly durationMs: number;
  /** Present exactly when the state is `failed` or `unknown`. */
  readonly cause?: Cause | undefined;
  /** Texts worth keeping, by name. */
  readonly artefacts?: Readonly<Record<string, string>> | undefined;
  readonly achieved?: Readonly<Record<string, number | string>> | undefined;
  readonly contexts?:
    | Readonly<Record<string, { readonly value: number | string; readonly unit?: string | undefined }>>
    | undefined;
  /** Raw outputs that are kept as files, `rawPath` of their place in this list. */
  readonly files?: readonly Shelved[] | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Where a raw output of a job is kept. @param folder - of the job's state */
export function rawPath(folder: string, place: number): string {
  return join(folder, `raw-${place}`);
}

/** What is to run: a shell script with the files it finds beside it. */
export interface Plan {
  /**
   * program.sh; runs in the folder of the job's state, where it keeps what the programs answer. Programs themselves
   * belong in the folder that the variable ATHANOR_JOB names.
   */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A program that has ended, and where its output lies. */
export interface EndedProgram extends ProgramEnd {
  /** Folder of the job's state, where the script ran. */
  readonly folder: string;
  /** Folder of the programs. What is in it may be anything. */
  readonly work: string;
  readonly request: JobRequest;
}

/** What the owner of the jobs knows of them. */
export interface JobKind {
  /**
   * Environment of the programs, looked at each time that one is started.
   * @throws {AdapterError} if it cannot be had; nothing is started then
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a result of a program's output. Called when the program ended by itself or by the timeout; may be called twice. */
  parse(program: EndedProgram): Promise<Ended>;
  /**
   * When the program of a job ended by itself and had said all that is wanted of it, milliseconds since 1970, although a child
   * that it left behind may keep the job from ending; null where it has not. Absent where no program does so.
   *
   * @param folder - of the job's state
   */
  answeredAt?(folder: string): Promise<number | null>;
  /** What a job had cost that was killed or cancelled. */
  spent(folder: string, durationMs: number): Promise<number>;
}

/** JSON with keys in alphabetical order, so that equal requests give equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
