import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ContractError } from '../../models/domain/errors.js';
import type { Caller } from '../contract.js';
import { folderError, makeFolder } from './files.js';
import { nameOfJob } from './job-record.js';

/** The highest fences that came with calls, by job and by leased slot. */
export interface Fences {
  /**
   * Notes that somebody calls who may move the device.
   *
   * @param job - name of the job, as `nameOfJob` makes it
   * @throws {ContractError} if a later call was made, by whichever process
   */
  heed(job: string, caller: Caller): Promise<void>;
}

/**
 * Fences in a folder that survives restarts; in memory where it is empty. There is one file for each number, so that of two
 * processes that note theirs at once the one with the lower number sees the other's.
 */
export function fencesIn(folder: string): Fences {
  const seen = folder === '' ? inMemory() : inFolder(join(folder, 'fences'));
  return {
    async heed(job, { fence, slot }) {
      for (const of of slot === undefined ? [job] : [job, nameOfJob(slot)]) {
        const highest = await seen(of, fence);
        if (highest <= fence) continue;
        throw new ContractError(
          `a later call than that with fence ${fence} was made for ${of === job ? `job ${job}` : `slot '${slot}'`}: ${highest}`,
        );
      }
    },
  };
}

/** Notes a number, and gives the highest of those that were noted. */
type Seen = (of: string, fence: number) => Promise<number>;

function inMemory(): Seen {
  const highest = new Map<string, number>();
  return async (of, fence) => {
    const now = Math.max(highest.get(of) ?? 0, fence);
    highest.set(of, now);
    return now;
  };
}

function inFolder(folder: string): Seen {
  return async (of, fence) => {
    const own = join(folder, of);
    try {
      await makeFolder(own);
      await writeFile(join(own, String(fence)), '', { mode: 0o600 });
      const noted = (await readdir(own)).map(Number).filter(Number.isSafeInteger);
      const highest = Math.max(fence, ...noted);
      for (const lower of noted) if (lower < highest) await rm(join(own, String(lower)), { force: true });
      return highest;
    } catch (error) {
      throw folderError('note who calls', folder, error);
    }
  };
}
