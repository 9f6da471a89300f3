import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../activities/store/exact-json.js';
import { type SentCampaign, textOf } from './sent-campaign.js';

/** Name of the campaign file in its folder. */
const fileName = 'campaign.yaml';

/** A campaign that was sent, as a file with those that it names. */
export interface SentFolder {
  readonly folder: string;
  readonly file: string;
  /** Takes it away, if it was not there before. */
  remove(): Promise<void>;
}

/** Where what was sent lies in a campaign home, or the folder that homes share. The same sent again is the same folder. */
export function sentFolder(home: string, sent: SentCampaign): string {
  return join(home, 'sent', sha256(JSON.stringify([textOf(sent), sent.files])).slice(0, 32));
}

/** Writes what was sent into a folder, where workers find the files of its adapters. */
export async function writeSent(folder: string, sent: SentCampaign): Promise<SentFolder> {
  const text = textOf(sent);
  const found = { folder, file: join(folder, fileName) };
  if ((await stat(folder).catch(() => null)) !== null) return { ...found, remove: async () => undefined };
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const made = await mkdtemp(`${folder}.`);
  try {
    for (const { name, base64 } of sent.files) {
      await mkdir(dirname(join(made, name)), { recursive: true });
      await writeFile(join(made, name), Buffer.from(base64, 'base64'), { mode: 0o600 });
    }
    await writeFile(join(made, fileName), text, { mode: 0o600 });
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // Another request with the same was first.
    if ((await stat(folder).catch(() => null)) === null) throw error;
    return { ...found, remove: async () => undefined };
  }
  return { ...found, remove: () => rm(folder, { recursive: true, force: true }) };
}
