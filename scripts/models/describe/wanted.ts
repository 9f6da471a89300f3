import { InvalidInputError } from '../../../models/domain/errors.js';
import type { Fault } from '../../../models/domain/fault.js';

/** Collects what is found, told or still missing, so that all that is missing is said at once. */
export class Wanted {
  private readonly missing: Fault[] = [];

  /**
   * What a person told, or else what was found.
   *
   * @param option - by which it can be told
   * @returns a stand-in where neither is there; `settle` throws then
   */
  or<T>(option: string, { told, found, instead, why }: Choice<T>): T {
    const value = told ?? found;
    if (value !== undefined) return value;
    this.missing.push({ path: option, message: why, remedy: `give ${option}` });
    return instead;
  }

  /** @throws {InvalidInputError} with every option that is missing */
  settle(folder: string): void {
    if (this.missing.length > 0) throw new InvalidInputError(`${folder} does not tell all of the model`, this.missing);
  }
}

/** What is known of one thing. */
export interface Choice<T> {
  readonly told: T | undefined;
  readonly found: T | undefined;
  readonly instead: T;
  /** What could not be found, for people. */
  readonly why: string;
}
