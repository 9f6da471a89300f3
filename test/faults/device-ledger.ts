import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Campaign } from '../../models/domain/campaign.js';
import { campaignFolder } from '../../scripts/durable/adapter-bench.js';

/** Keys that the simulated devices of a campaign have started, as the devices' own ledgers say, in order. */
export async function deviceStarts(home: string, campaign: Campaign): Promise<string[]> {
  const folder = path.join(campaignFolder(home, campaign.id), 'adapters');
  const starts: string[] = [];
  for (const device of await readdir(folder)) {
    const ledger = await readFile(path.join(folder, device, 'starts.jsonl'), 'utf8');
    for (const line of ledger.trim().split('\n')) starts.push(JSON.parse(line).key);
  }
  return starts;
}
