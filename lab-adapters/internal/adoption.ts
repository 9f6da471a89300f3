import { ContractError } from '../../models/domain/errors.js';
import type { JobRequest } from '../contract.js';
import { canonical } from './job.js';
import type { Remembered } from './job-ledger.js';

/** Text that two requests share exactly when they ask for the same. */
export function asked({ units: _, ...request }: JobRequest): string {
  return canonical(request);
}

/** Whether a call, as the settings describe it, says of which job it is; one that does not asks for the last. */
export function namesJob(call: unknown): boolean {
  return /\{(?:job|key|name)\}/.test(JSON.stringify(call));
}

/**
 * Refuses to follow a job of the device as that of a key where it must be another's.
 *
 * @param records - all jobs that the ledger has
 * @param lastJobOnly - whether the device tells of the last job that it began, whatever that is called
 * @throws {ContractError} if it is that of another key, or another was begun since the one that was lost
 */
export function refuseAnothers(
  { key, request, handle }: { readonly key: string; readonly request: JobRequest; readonly handle: string },
  records: readonly Remembered[],
  lastJobOnly: boolean,
): void {
  const others = records.filter((one) => one.key !== key);
  const owner = others.find((one) => one.handle === handle && one.end?.state !== 'unknown');
  if (owner !== undefined) throw new ContractError(`job '${handle}' is that of '${owner.key}', not of '${key}'`);
  if (!lastJobOnly) return;
  const isLost = ({ end, request: of }: Remembered) =>
    end?.state === 'unknown' && of !== null && asked(of) === asked(request);
  const lost = others.filter(isLost).map(({ at }) => at);
  const later = others.find(({ at, phase }) => lost.length > 0 && at > Math.max(...lost) && phase !== 'free');
  if (later === undefined) return;
  throw new ContractError(
    `the device tells of its last job only, which is not that of '${key}': '${later.key}' was begun since that was lost`,
  );
}
