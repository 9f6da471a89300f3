import os from 'node:os';

/** How many decisions are made at the same time, and what each may have. */
export interface DecideThreads {
  readonly threads: number;
  /** MB of each decision. */
  readonly memoryMb: number;
}

/** What a machine offers. */
export interface Machine {
  readonly cores: number;
  readonly memoryMb: number;
}

/** Share of the memory that all decisions together may have. */
const memoryShare = 0.6;

/**
 * The threads for decisions: one for each core but the one of the event loop, at least one; six tenths of the memory in
 * equal parts. What is given wins, and the memory of each follows the number of threads.
 */
export function threadsFor(
  given: { readonly decideThreads: number | null; readonly decideMemoryMb: number | null },
  machine: Machine = thisMachine(),
): DecideThreads {
  const threads = given.decideThreads ?? Math.max(1, machine.cores - 1);
  const memoryMb = given.decideMemoryMb ?? Math.max(256, Math.floor((memoryShare * machine.memoryMb) / threads));
  return { threads, memoryMb };
}

/** This machine, or the part of it that the container of this process may use. */
function thisMachine(): Machine {
  // 0 where the system does not tell, and more than there is where it sets no limit.
  const allowed = process.constrainedMemory();
  const bytes = allowed > 0 ? Math.min(allowed, os.totalmem()) : os.totalmem();
  return { cores: os.availableParallelism(), memoryMb: Math.floor(bytes / 2 ** 20) };
}
