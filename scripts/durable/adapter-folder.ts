import { mkdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { AdapterError } from '../../models/domain/errors.js';

/** A level of a campaign, and the instrument that it is measured on. */
export interface MeasuredOn {
  readonly campaignId: string;
  /** The place of the level in the campaign, from 1. */
  readonly level: number;
  readonly fidelity: string;
  /** Name of the instrument. */
  readonly instrument: string;
}

/** Folder in the campaign home for what belongs to one campaign. */
export function campaignFolder(home: string, campaignId: string): string {
  return path.join(home, 'campaigns', campaignId);
}

/**
 * The folder in which the adapter of a level finds its jobs: that of the instrument, to which the level has a link, so that a
 * campaign keeps to it whatever a later version calls the instrument. Earlier versions had a folder for each level: one that
 * is there stays the level's own, as its jobs are in it.
 *
 * @param home - folder of a home, or of several homes of one machine
 * @throws {AdapterError} if the home cannot be written
 */
export async function adapterFolder(home: string, { campaignId, level, fidelity, instrument }: MeasuredOn) {
  const own = path.join(campaignFolder(home, campaignId), 'adapters', `${level}-${fidelity}`);
  const place = path.dirname(own);
  const shared = path.join(home, 'instruments', encodeURIComponent(instrument));
  try {
    await mkdir(place, { recursive: true, mode: 0o700 });
    // Relative, as a home may be moved.
    await symlink(path.relative(place, shared), own).catch(ifThere);
    const target = await readlink(own).catch(ifNoLink);
    if (target === null) return own;
    const folder = path.resolve(place, target);
    // Before any job, as a version that knows of no links makes no folder through one.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw new AdapterError(`cannot make the folder of ${instrument} in ${home}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function ifNoLink(error: NodeJS.ErrnoException): null {
  if (error.code !== 'EINVAL') throw error;
  return null;
}
