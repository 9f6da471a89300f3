import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Campaign } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { defaultsVersion } from '../../models/strategy/names.js';
import { readBounded, recordLimit } from '../bounded-file.js';
import { isCutShort } from '../outcome.js';
import { exportJson } from '../record/export.js';
import { parseRecord } from '../record/record-file.js';

/**
 * A function that gives the record of a seed that a file holds from an earlier simulation: the same campaign, run to its
 * end by this version of the numerical defaults. Null where there is no file; in words, why what is there does not count.
 */
export function keptRuns(campaign: Campaign): (file: string, seed: number) => Promise<CampaignRecord | string | null> {
  const empty: CampaignRecord = { campaign, phase: 'stopped', stop: null, trials: [], audit: [] };
  let own: Campaign | null = null;
  return async (file, seed) => {
    if ((await stat(file).catch(() => null)) === null) return null;
    let record: CampaignRecord;
    try {
      record = parseRecord(await readBounded(file, recordLimit), file);
    } catch {
      return 'it is no record';
    }
    // As a file gives it back, so that both have the same shape.
    own ??= parseRecord(exportJson(empty), 'campaign').campaign;
    const spec = { ...own.spec, seed };
    const keys = Object.keys({ ...spec, ...record.campaign.spec }) as (keyof typeof spec)[];
    const different = keys.filter((key) => !isDeepStrictEqual(spec[key], record.campaign.spec[key]));
    if (record.campaign.id !== own.id) return `it is of campaign '${record.campaign.id}'`;
    if (different.length > 0) return `it was run with other settings (${different.join(', ')})`;
    if (!isDeepStrictEqual(own.space, record.campaign.space)) return 'the files of its space have changed';
    if (record.phase !== 'stopped' || record.stop === null || isCutShort(record)) return 'it was cut short';
    const isOlder = record.trials.some(({ proposal }) => proposal.basis.defaults !== defaultsVersion(spec));
    return isOlder ? 'it was run with other numerical defaults' : record;
  };
}
