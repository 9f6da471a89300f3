import type { MakeKind } from './kind.js';
import { programAnswers } from './kinds/answer.js';
import { campaignFiles } from './kinds/campaign.js';
import { dataSets, geometries } from './kinds/descriptions.js';
import { jobFiles, shelves } from './kinds/jobs.js';
import { modules } from './kinds/module.js';
import { records } from './kinds/record.js';
import { httpDevices, lineDevices, silaServers } from './kinds/reply.js';
import { poolTables, replayTables, resultTables, suppliedTrials, transferTables } from './kinds/tables.js';
import { workbooks } from './kinds/workbook.js';

/** The kinds of input by name; a new one is one line here. */
export const kinds: Readonly<Record<string, MakeKind>> = {
  campaign: campaignFiles,
  record: records,
  results: resultTables,
  pool: poolTables,
  transfer: transferTables,
  replay: replayTables,
  supplied: suppliedTrials,
  workbook: workbooks,
  answer: programAnswers,
  http: httpDevices,
  line: lineDevices,
  sila: silaServers,
  jobs: jobFiles,
  shelf: shelves,
  module: modules,
  geometry: geometries,
  'data-set': dataSets,
};
