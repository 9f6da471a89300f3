import { AthanorError } from '../models/domain/errors.js';
import type { DecideRequest } from '../models/strategy/decision.js';

/** How much memory one decision may have, in MB (2²⁰ bytes). */
export interface MemoryLimits {
  /** Objects, as the JavaScript engine counts them; it ends the thread that exceeds this. */
  readonly heapMb: number;
  /** Arrays of numbers and WebAssembly, which the engine does not count. */
  readonly arraysMb: number;
}

const bytesPerMb = 2 ** 20;

/**
 * Square matrices of all observations that are held at once, at most: the fit's own three; factor and inverse with
 * their padded copies in WebAssembly; and as much again that waits to be collected.
 */
const squareMatrices = 12;

/** Candidates whose covariances with all observations are held at once. */
const candidatesAtOnce = 2048;

/** The halves of a thread's memory: what a pool of designs is made of, and what a model is made of. */
export function memoryLimits(memoryMb: number): MemoryLimits {
  const heapMb = Math.max(16, Math.min(4096, Math.floor(memoryMb / 2)));
  return { heapMb, arraysMb: Math.max(16, memoryMb - heapMb) };
}

/**
 * What the arrays of a decision take at the most, in MB, from the sizes of its request:
 * 8 bytes · (12 n² + 2048 n (L + 2) + m (d + 4 L)) for n trials that ran, L levels, m designs of the pool, d parameters. A
 * pool that has grown is held as it was, too.
 *
 * An upper estimate: with 1,000 and 2,000 trials, at one level and at three, the process was measured to grow by 54 to
 * 84 % of it, with `log-nei` by 104 %, of which objects took some 45 MB (2026-11-25).
 *
 * @param appended - rows that were appended to the campaign's pool
 */
export function estimatedArraysMb({ campaign, trials, count }: DecideRequest, appended = 0): number {
  const n = trials.filter((trial) => trial.observation !== null || trial.state === 'running').length + count;
  const levels = campaign.spec.fidelities.length;
  const first = campaign.space.pool?.ids.length ?? 0;
  const pool = first + appended;
  const columns = campaign.space.parameters.length;
  const listed = pool * (columns + 4 * levels) + (appended > 0 ? first * columns : 0);
  const numbers = squareMatrices * n * n + candidatesAtOnce * n * (levels + 2) + listed;
  return (8 * numbers) / bytesPerMb;
}

/** @throws {AthanorError} MEMORY if a decision would need more for its arrays than it may have */
export function refuseIfTooLarge(request: DecideRequest, limits: MemoryLimits, appended = 0): void {
  const needed = estimatedArraysMb(request, appended);
  if (needed > limits.arraysMb)
    throw outOfMemory(
      `${request.trials.length} trials need about ${Math.ceil(needed)} MB, ${limits.arraysMb} MB are allowed`,
    );
}

/** @throws {AthanorError} MEMORY if the arrays of this thread have outgrown what it may have */
export function refuseIfOutgrown(
  used: { readonly external: number; readonly arrayBuffers: number },
  limits: MemoryLimits,
) {
  const usedMb = Math.max(used.external, used.arrayBuffers) / bytesPerMb;
  if (usedMb > limits.arraysMb)
    throw outOfMemory(`it has taken ${Math.ceil(usedMb)} MB so far, ${limits.arraysMb} MB are allowed`);
}

/** Whether an error is the system's or the engine's refusal to give memory. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY') return true;
  // In words of ONNX Runtime, too, which has no kind of error for it.
  if (/std::bad_alloc|failed to allocate memory/i.test(error.message)) return true;
  return error instanceof RangeError && /allocation failed|array length|out of memory/i.test(error.message);
}

/** The error of a decision that would need more memory than it may have; trying again is of no use. */
export function outOfMemory(detail: string): AthanorError {
  return new AthanorError(
    'MEMORY',
    `the decision does not fit into its memory: ${detail}; ` +
      'give decisions more with ATHANOR_DECIDE_MEMORY (MB each), perhaps with fewer at a time (ATHANOR_DECIDE_THREADS), ' +
      'or end the campaign and start one with a smaller pool or budget',
  );
}
