import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { readTable } from '../../../models/table/read-table.js';
import { readCampaignText } from '../../../scripts/campaign-file.js';
import { exportCsv, exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';
import { branin } from '../../../scripts/templates/branin.js';
import { pool } from '../../../scripts/templates/pool.js';
import { someRecord } from '../../support/record.js';
import { documentText } from '../documents.js';
import { Find, sameOrFind } from '../find.js';
import { everythingKept } from '../kept.js';
import type { Input, MakeKind, Place } from '../kind.js';
import { ownNumber } from '../own-reader.js';
import { pick } from '../random.js';
import { refused } from '../refusal.js';
import { markup } from '../values.js';
import { verb } from '../verbs.js';

const levels = `name: levels
space: { parameters: [{ name: x1, type: continuous, bounds: [-5, 10] }, { name: x2, type: continuous, bounds: [0, 15] }] }
objectives: [{ name: value, direction: minimise, unit: m }]
fidelities:
  - { name: low, adapter: problem, settings: { problem: branin, noise: 3 }, cost: 0.25 }
  - { name: high, adapter: problem, settings: { problem: branin, faults: { failRate: 0.2 } }, cost: 1 }
transfer: [{ name: earlier, results: earlier.csv }]
budget: { trials: 7 }
parallel: 2
`;
const earlier = 'x1,x2,value\n0,0,55\n1,2,22\n5,5,15\n-3,12,1\n';

/** Records of small campaigns that were really run, and one made by hand of molecules. */
export async function someRecords({ work }: Place): Promise<readonly CampaignRecord[]> {
  await writeFile(join(work, 'earlier.csv'), earlier);
  for (const [name, text] of Object.entries(pool.files)) await writeFile(join(work, name), text);
  const texts = [levels, pool.files['campaign.yaml']!, branin.files['campaign.yaml']!];
  const records: CampaignRecord[] = [];
  for (const text of texts) {
    const short = text.replace('trials: 30', 'trials: 7');
    const campaign = await readCampaignText(short, { file: 'c.yaml', baseDir: work });
    records.push(await runInProcess(campaign, { registry: createRegistry() }));
  }
  return [
    ...records,
    someRecord([{ value: 1, mean: 2 }, { molecule: 'CCO', value: 2 }, { fidelity: 'cheap', value: 3 }, {}]),
  ];
}

/** Numbers of the table that `export` writes have to be those of the record, to the bit. */
async function checkCsv(record: CampaignRecord): Promise<void> {
  const csv = exportCsv(record);
  const table = await readTable(new TextEncoder().encode(csv));
  // Texts of programs may hold what no table can.
  if (!('columns' in table)) return;
  if (table.length !== record.trials.length) throw new Find('export wrote other rows', `${table.length}`);
  for (const { name } of record.campaign.spec.objectives)
    for (const [row, { observation }] of record.trials.entries()) {
      const value = observation?.values[name];
      const cell = table.cell(row, `value.${name}`);
      const read = cell === '' ? undefined : ownNumber(cell, 'point');
      if (value !== undefined && !Object.is(read, value))
        throw new Find('export wrote another value', `${value}: ${cell}`);
    }
}

/** Records: read as `export`, `report` and `verify` do, and written again. */
export const records: MakeKind = async (place) => {
  const examples = (await someRecords(place)).map((record) => {
    const text = exportJson(record);
    return { text, value: JSON.parse(text) as unknown };
  });
  const file = join(place.work, 'record.json');
  const run = async ({ bytes }: Input) => {
    await writeFile(file, bytes);
    const text = new TextDecoder().decode(bytes);
    let record: CampaignRecord;
    try {
      record = parseRecord(text, 'record.json');
    } catch (error) {
      if (bytes.length % 4 === 0) await verb(place, ['export', file], [2]);
      return refused(error);
    }
    everythingKept(JSON.parse(text), record, /rows/);
    const written = exportJson(record);
    sameOrFind('not the same after it was written', record, parseRecord(written, 'again.json'));
    await checkCsv(record);
    await verb(place, ['export', file], [0]);
    const { code, stdout } = await verb(place, ['report', file, '--json'], [0, 2]);
    // Numbers that nothing can be computed with are told only by computing with them.
    if (code === 2) return 'refused';
    const { report } = JSON.parse(stdout) as { report: string };
    if (!report.startsWith(place.home)) throw new Find('a report outside the home', report);
    await checkPage(report);
    await verb(place, ['verify', file, '--json'], [0, 2, 5]);
    return 'taken';
  };
  return { name: 'record', make: (draw) => ({ bytes: documentText(draw, pick(draw, examples), false), of: '' }), run };
};

async function checkPage(file: string): Promise<void> {
  const page = await readFile(file, 'utf8');
  if (page.includes(markup) || page.includes('"><script>')) throw new Find('markup of a text in a report', file);
}
