import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Campaign } from '../../models/domain/campaign.js';
import { campaignFolder } from '../../scripts/durable/adapter-folder.js';

/** Keys that the simulated devices of a campaign have started, as the devices' own ledgers say, in order. */
export async function deviceStarts(home: string, campaign: Campaign): Promise<string[]> {
  const folder = path.join(campaignFolder(home, campaign.id), 'adapters');
  const levels = await readdir(folder);
  const devices = new Set(await Promise.all(levels.map((level) => realpath(path.join(folder, level)))));
  const starts: string[] = [];
  for (const device of devices) {
    const ledger = await readFile(path.join(device, 'starts.jsonl'), 'utf8');
    for (const line of ledger.trim().split('\n')) starts.push(JSON.parse(line).key);
  }
  return starts.filter((key) => key.startsWith(`${campaign.id}/`));
}
