import type { Fault } from './fault.js';
import { formatFaults } from './fault.js';

/** Base of every error the project throws on purpose. `code` is stable and machine-readable. */
export class AthanorError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Arrays whose lengths do not fit together. */
export class ShapeError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('SHAPE', message, options);
  }
}

/** A number that is not finite, or a matrix that is not positive definite. */
export class NumericalError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('NUMERICAL', message, options);
  }
}

/** Nothing satisfies what was asked: an empty pool, a budget below the cheapest trial. */
export class InfeasibleError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('INFEASIBLE', message, options);
  }
}

/** A caller broke a contract: an unknown job, one key with two different requests. */
export class ContractError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONTRACT', message, options);
  }
}

/** An adapter could not be reached or could not do its work; says nothing about the trial's chemistry. */
export class AdapterError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADAPTER', message, options);
  }
}

/** What was kept is gone, was changed by somebody else, or cannot be read; trying again would not help. */
export class DamagedError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('DAMAGED', message, options);
  }
}

/** Input that was refused; carries every fault found, not only the first. */
export class InvalidInputError extends AthanorError {
  readonly faults: readonly Fault[];

  constructor(what: string, faults: readonly Fault[]) {
    super('INVALID_INPUT', `${what}: ${faults.length} fault${faults.length === 1 ? '' : 's'}\n${formatFaults(faults)}`);
    this.faults = faults;
  }
}
