import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import type { ProgramEnd } from './wrapper.js';

/** What a job came to; kept for ever as result.json in its folder. */
export interface Ended {
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly values: Readonly<Record<string, number>>;
  readonly noise?: Readonly<Record<string, number>> | undefined;
  readonly cost: number;
  readonly durationMs: number;
  /** Present exactly when the state is `failed`. */
  readonly cause?: Cause | undefined;
  /** Texts worth keeping, by name. */
  readonly artefacts?: Readonly<Record<string, string>> | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** What is to run: a shell script with the files it finds beside it. */
export interface Plan {
  /** program.sh; runs in the job's folder. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A program that has ended, and where its output lies. */
export interface EndedProgram extends ProgramEnd {
  readonly folder: string;
  readonly request: JobRequest;
}

/** What the owner of the jobs knows of them. */
export interface JobKind {
  /** Environment of the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a result of a program's output. Called when the program ended by itself or by the timeout; may be called twice. */
  parse(program: EndedProgram): Promise<Ended>;
  /** What a job had cost that was killed or cancelled. */
  spent(folder: string, durationMs: number): Promise<number>;
}
