import { CommanderError } from 'commander';
import { AthanorError } from '../../models/domain/errors.js';
import { fileErrorText, isFileError } from '../file-error.js';

/** What the exit code of `athanor` means. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  badInput: 2,
  notFound: 3,
  unavailable: 4,
  noResult: 5,
  interrupted: 130,
} as const;

/** The exit codes in words, for `athanor --help`. */
export const exitCodeHelp = `Exit codes:
  0    done
  1    failed unexpectedly: a fault of Athanor or of an adapter
  2    bad input, every fault listed: arguments, campaign file, record, environment, campaign home; rows that 'predict' could not predict, all others being written
  3    no such campaign, or it is not in a state that allows this
  4    Temporal or PostgreSQL cannot be had or does not answer, or where a model is to be fetched from
  5    the campaign ended without a value at its target fidelity, 'verify' or 'audit' found a difference, 'doctor' found a fault, a destination did not take the test of 'notify', 'lab conform' a broken law, 'lab stop' an instrument that was not stopped, 'lab pause' and 'lab resume' a job of which it is not known, 'lab replay' what is not in the recording, 'models verify' a model that is not what its manifest says, 'models finetune' a version that is no better, or learning that lost its way
  130  interrupted, and nothing lives on`;

/** An end of the command with a code of its own; the message goes to stderr. */
export class CommandError extends AthanorError {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super('COMMAND', message, options);
    this.exitCode = exitCode;
  }
}

const byCode: Readonly<Record<string, number>> = {
  INVALID_INPUT: exitCodes.badInput,
  HOME: exitCodes.badInput,
  TRIAL_ID: exitCodes.badInput,
  INFEASIBLE: exitCodes.badInput,
  NOT_FOUND: exitCodes.notFound,
  WRONG_STATE: exitCodes.notFound,
  CONFLICT: exitCodes.notFound,
  SERVICE_UNAVAILABLE: exitCodes.unavailable,
};

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (error instanceof AthanorError) return byCode[error.code] ?? exitCodes.unexpected;
  // A file that a person named and that cannot be read or written.
  if (isFileError(error) && error.path !== undefined) return exitCodes.badInput;
  return exitCodes.unexpected;
}

/** What people are told of an error: the message of an expected one, the stack of a fault of ours. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AthanorError) {
    if (error.message === '') return '';
    const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
    return `${error.message}${cause}`;
  }
  if (isFileError(error) && error.path !== undefined)
    return `${error.syscall === 'open' ? 'cannot open' : `cannot ${error.syscall}`} ${error.path}: ${fileErrorText(error)}`;
  return error.stack ?? error.message;
}
