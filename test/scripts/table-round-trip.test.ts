import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { designKey } from '../../models/domain/design.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { Result } from '../../models/strategy/result.js';
import { resultChecker } from '../../models/strategy/result.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { exportCsv, exportTable } from '../../scripts/record/export.js';
import { parseSupplied } from '../../scripts/simulate/supplied.js';
import { freshColumns } from '../../scripts/suggest/columns.js';
import { nextTable } from '../../scripts/suggest/next-table.js';
import { readResults } from '../../scripts/suggest/results-table.js';

const names = [
  '=SUM(A1)',
  '-OMe',
  '+',
  '@home',
  "O'Brien",
  'DMF, dry',
  'a;b|c',
  'say "so"',
  'Käsein',
  '007',
  'dioxane',
];
const rest = `
objectives: [{name: y, direction: maximise}]
fidelities: [{name: quick, adapter: by-hand, cost: 0.1}, {name: full, adapter: by-hand, cost: 1}]
budget: {trials: 40}`;
const spaces: Readonly<Record<string, string>> = {
  free: `
space:
  parameters:
    - {name: x, type: continuous, bounds: [-1, 1]}
    - {name: third, type: discrete, values: [0.3333333333333333, 0.6666666666666666, 1234.5678901234567]}
    - {name: n, type: integer, bounds: [-3, 9]}
    - {name: additive, type: categorical, levels: ${JSON.stringify(names)}}
    - {name: solvent, type: substance, smiles: {ethanol: CCO, '2,2-x': CCC}}
    - {name: alloy, type: composition, components: [Fe, Ni, Cr], step: 0.3333333333333333}
    - {name: oxide, type: formula, formulas: [SrTiO3, Ba0.5Sr0.5TiO3]}`,
  pooled: `
space:
  pool:
    file: pool.csv
    id: id
    designColumns:
      - {name: x, type: continuous}
      - {name: additive, type: categorical}
      - {name: alloy, type: composition, columns: [Fe, Ni], total: 100}`,
  unnamed: `
space:
  pool: {file: pool.csv, designColumns: [{name: x, type: continuous}, {name: alloy, type: composition, columns: [Fe, Ni], total: 100}]}`,
};

let folder: string;
const campaigns: Record<string, Campaign> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-round-trip-'));
  const rows = names.map((name, i) => {
    const cells = [`m${i}`, name, (i + 1) / 7, (100 * (i + 1)) / 17, 100 - (100 * (i + 1)) / 17];
    return cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join();
  });
  await writeFile(join(folder, 'pool.csv'), `id,additive,x,Fe,Ni\n${rows.join('\n')}\n`);
  for (const [name, space] of Object.entries(spaces))
    campaigns[name] = await readCampaignText(`name: ${name}\nseed: 3${space}${rest}`, {
      file: 'own.yaml',
      baseDir: folder,
      adapters: 'unchecked',
    });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Trials of a campaign: most measured, one that failed, one in flight, one for a person to judge. */
async function recordOf(campaign: Campaign): Promise<CampaignRecord> {
  const planner = new Planner(campaign);
  const { proposals } = await planner.ask(8);
  planner.tell(
    proposals.slice(0, 7).map(({ id }, i) => (i === 3 ? { id, outcome: 'failed' } : { id, value: i / 3 - 1 })),
  );
  const trials = planner.trials.map(
    (trial, i): TrialRecord =>
      i === 5 ? { ...trial, observation: { ...trial.observation!, outcome: 'quarantined', values: {} } } : trial,
  );
  return { campaign, phase: 'running', stop: null, trials, audit: [] };
}

/** What results say, by trial, numbers to the digits that a spreadsheet leaves. */
function said(campaign: Campaign, results: readonly Result[]) {
  const check = resultChecker(campaign);
  return results.map((result) => {
    const checked = check(result);
    if (Array.isArray(checked)) throw new Error(JSON.stringify(checked));
    const { design, rowId, fidelity, outcome, values } = checked as Exclude<typeof checked, readonly unknown[]>;
    const rounded = Object.entries(design).map(([name, own]): [string, number | string] => [
      name,
      typeof own === 'number' ? Number(own.toPrecision(8)) : own,
    ]);
    return [
      rowId,
      designKey(Object.fromEntries(rounded)),
      fidelity.name,
      outcome,
      ...Object.values(values).map((value) => value.toPrecision(8)),
    ];
  });
}

/** Every table that commands write of a campaign, and what each is to be read as. */
async function tablesOf(campaign: Campaign) {
  const record = await recordOf(campaign);
  const proposals = record.trials.map(({ proposal }) => proposal);
  const results = record.trials.flatMap(({ proposal, observation }): Result[] => {
    const { design, rowId, fidelity } = proposal;
    const place = { design, rowId, fidelity };
    if (observation?.outcome === 'quarantined') return [];
    if (observation === null) return [{ ...place, outcome: 'pending' }];
    return [
      observation.outcome === 'failed' ? { ...place, outcome: 'failed' } : { ...place, value: observation.values.y! },
    ];
  });
  const dialect = { encoding: 'UTF-8', delimiter: ';', decimal: 'comma' } as const;
  const columns = freshColumns(campaign);
  const table = (how: typeof dialect | { encoding: 'UTF-8'; delimiter: ','; decimal: 'point' }) =>
    nextTable(campaign, [], proposals, { columns, dialect: how, raw: false });
  return {
    export: { text: exportCsv(record), expected: said(campaign, results) },
    folder: {
      text: exportTable([record, { ...record, campaign: { ...campaign, spec: { ...campaign.spec, seed: 4 } } }]),
      expected: said(campaign, [...results, ...results]),
    },
    next: { text: table({ encoding: 'UTF-8', delimiter: ',', decimal: 'point' }), expected: null },
    german: { text: table(dialect), expected: null },
    proposals,
  };
}

/** Rows of a table for each trial of a campaign. */
function timesOf(kind: string): number {
  return kind === 'folder' ? 2 : 1;
}

/** Whether a table says what was written in it; where it was for proposals, these in their order. */
async function expectRead(campaign: Campaign, file: string, table: { text: string; expected: unknown }, count: number) {
  const { results, notes } = await readResults(campaign, file);
  if (table.expected === null) {
    expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: count }, () => 'pending'));
    return said(campaign, results);
  }
  expect(said(campaign, results)).toEqual(table.expected);
  expect(notes.join()).toMatch(/1 row left out: 1 quarantined|2 rows left out: 2 quarantined/);
  return null;
}

const soffice = await promisify(execFile)('soffice', ['--version']).then(
  () => true,
  () => false,
);
if (!soffice) console.warn('soffice is not installed: tables are not saved by a spreadsheet here');

it('an export of a pool whose ids stand under the name of another of its columns is read by its rows', async () => {
  await writeFile(join(folder, 'seeds.csv'), 'seed,x\n3,1\n4,2\n5,3\n6,4\n');
  const space = 'space: {pool: {file: seeds.csv, id: seed, designColumns: [{name: x, type: continuous}]}}';
  const campaign = await readCampaignText(`name: seeds\nseed: 4\n${space}${rest}`, {
    file: 'own.yaml',
    baseDir: folder,
    adapters: 'unchecked',
  });
  const planner = new Planner(campaign);
  const { proposals } = await planner.ask(3);
  planner.tell(proposals.map(({ id }, i) => ({ id, value: i })));
  const record = { campaign, phase: 'running', stop: null, trials: planner.trials, audit: [] } as const;
  const file = join(folder, 'seeds-export.csv');
  await writeFile(file, exportTable([record]));
  const { results } = await readResults(campaign, file);
  expect(results.map(({ rowId }) => rowId)).toEqual(proposals.map(({ rowId }) => rowId));
});

describe.each(Object.keys(spaces))('what commands write of a campaign (%s)', (name) => {
  it('every command reads', async () => {
    const campaign = campaigns[name]!;
    const { proposals, ...tables } = await tablesOf(campaign);
    const exact: unknown[] = [];
    for (const [kind, table] of Object.entries(tables)) {
      const file = join(folder, `${name}-${kind}.csv`);
      await writeFile(file, table.text);
      exact.push(await expectRead(campaign, file, table, proposals.length));
      const supplied = await parseSupplied(campaign, file, new Uint8Array(await readFile(file)));
      const own = 'rows' in supplied ? supplied.rows : supplied.designs;
      expect(own).toHaveLength(timesOf(kind) * proposals.length);
      if ('rows' in supplied && kind !== 'folder') expect(supplied.rows).toEqual(proposals.map(({ rowId }) => rowId));
    }
    expect(exact[2]).toEqual(exact[3]);
    const transfer = `\ntransfer:
  - {name: march, results: ${name}-export.csv, fidelity: FIDELITY}
  - {name: several, results: ${name}-folder.csv, fidelity: FIDELITY}`;
    const measured = (tables.export.expected as unknown[][]).filter(([, , , outcome]) => outcome === 'measured');
    const counts = new Map<string, number>();
    for (const [, , fidelity] of measured) counts.set(String(fidelity), (counts.get(String(fidelity)) ?? 0) + 1);
    const [most, count] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
    const text = `name: ${name}${spaces[name]}${rest}${transfer.replaceAll('FIDELITY', most)}`;
    const read = await readCampaignText(text, { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' });
    expect(read.space.sources![0]).toMatchObject({ leftOut: 0 });
    expect(read.space.sources![0]!.values).toHaveLength(count);
    expect(read.space.sources![1]).toMatchObject({ leftOut: 0 });
    expect(read.space.sources![1]!.values).toHaveLength(2 * count);
  });

  it.runIf(soffice)('every command reads, saved by LibreOffice as CSV and as .xlsx', async () => {
    const campaign = campaigns[name]!;
    const { proposals, ...tables } = await tablesOf(campaign);
    const own = join(folder, `${name}-office`);
    await mkdir(own);
    for (const [kind, { text }] of Object.entries(tables)) await writeFile(join(own, `${kind}.csv`), text);
    // Signs between cells, quotes, UTF-8, from line 1; the last ones say: every sheet cell as it is shown.
    for (const [to, filter] of [
      ['csv', 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true'],
      ['xlsx', 'xlsx'],
    ] as const)
      for (const [sign, files] of [
        ['59,34,76,1,,1031', ['german.csv']],
        ['44,34,76,1,,1033', ['export.csv', 'folder.csv', 'next.csv']],
      ] as const) {
        const args = ['--headless', `-env:UserInstallation=file://${folder}/profile`, `--infilter=CSV:${sign}`];
        const paths = files.map((file) => join(own, file));
        execFileSync('soffice', [...args, '--convert-to', filter, '--outdir', join(own, to), ...paths], {
          stdio: 'ignore',
        });
      }
    // It has shortened numbers, or this would say little.
    expect(await readFile(join(own, 'csv', 'export.csv'), 'utf8')).not.toBe(tables.export.text);
    for (const to of ['csv', 'xlsx'])
      for (const [kind, table] of Object.entries(tables)) {
        const saved = join(own, to, `${kind}.${to}`);
        const found = await expectRead(campaign, saved, table, proposals.length);
        if (found === null) continue;
        const written = await expectRead(campaign, join(own, `${kind}.csv`), table, proposals.length);
        expect(found).toEqual(written);
      }
  });
});
