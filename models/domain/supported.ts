import type { Fault } from './fault.js';

/** The parts of a campaign file that may ask for more than the code can do; unreadable entries are undefined. */
export interface AskedFor {
  readonly replicates?: unknown;
}

/** Entries that the schema has and the code cannot act on, wherever a file puts them. */
const unsupportedEntries = [{ path: 'replicates', what: 'replicates', remedy: 'leave it out' }] as const;

/** That the entry at a path is not supported yet, and what to do instead; null where it is, or is none. */
export function whyUnsupported(path: string): string | null {
  const entry = unsupportedEntries.find((one) => one.path === path);
  return entry === undefined ? null : `not supported yet: ${entry.remedy}`;
}

/**
 * What the schema accepts but the code cannot do yet, each as a fault `not supported yet: …`, so that nothing a
 * person asks for is silently left out.
 */
export function unsupported(spec: AskedFor): readonly Fault[] {
  const faults: Fault[] = [];
  const refuse = (path: string, what: string, remedy: string) =>
    faults.push({ path, message: `not supported yet: ${what}`, remedy });
  const entries = { replicates: spec.replicates };
  for (const { path, what, remedy } of unsupportedEntries) if (entries[path] !== undefined) refuse(path, what, remedy);
  return faults;
}
