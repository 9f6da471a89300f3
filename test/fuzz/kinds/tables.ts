import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, JobRequest } from '../../../lab-adapters/contract.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { type Campaign, campaignSchema } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { readTable } from '../../../models/table/read-table.js';
import { readCampaignText } from '../../../scripts/campaign-file.js';
import { withInitialTrials } from '../../../scripts/simulate/supplied.js';
import { readResults } from '../../../scripts/suggest/results-table.js';
import { changedDocument, jsonText } from '../documents.js';
import { Find, sameOrFind } from '../find.js';
import type { Input, Kind, MakeKind, Place } from '../kind.js';
import { chance, pick } from '../random.js';
import { refused } from '../refusal.js';
import { designAgrees, numberOf, type Seen, seenIn } from '../seen.js';
import { tableBytes } from '../tables.js';
import { verb } from '../verbs.js';

const parameters = `
    - { name: temperature, type: continuous, bounds: [0, 200], column: T (°C) }
    - { name: ratio, type: discrete, values: [0.5, 1, 1.25, 2] }
    - { name: hours, type: integer, bounds: [1, 24] }
    - { name: solvent, type: categorical, levels: [toluene, dioxane, DMF, "7", "1.5"] }`;
const rest = `
objectives: [{ name: yield, direction: maximise, limits: [0, 100] }]
fidelities: [{ name: rough, cost: 0.5 }, { name: fine, cost: 1 }]
budget: { trials: 50 }
`;
const results = `T (°C),ratio,hours,solvent,fidelity,outcome,yield,cost
20.5,0.5,1,toluene,fine,measured,12.25,1
100,1.25,24,dioxane,rough,measured,45,0.5
37.125,2,7,DMF,fine,failed,,1
150,1,12,7,fine,,0.5,
80,1,3,1.5,fine,pending,,
60,0.5,5,toluene,rough,quarantined,99,0.5
`;
const exported = `trial,round,index,row,fidelity,state,outcome,design.temperature,design.ratio,design.hours,design.solvent,value.yield,noise.yield,cost
c/r1/p1,1,1,,fine,ended,measured,20.5,0.5,1,toluene,12.25,,1
c/r1/p2,1,2,,rough,ended,failed,100.0625,1.25,24,DMF,,,0.5
c/r2/p1,2,1,,fine,running,,37.5,2,7,dioxane,,,
`;
const poolTable = `nr,temperature,ratio,hours,solvent,formula,yield
a,20.5,0.5,1,toluene,H2O,12.25
b,100,1.25,24,dioxane,NaCl,45
c,37.125,2,7,DMF,Fe2O3,7.5
d,150,1,12,water,SrTiO3,0.5
007,80,1,3,1.5,TiO2,-3e-2
`;
const poolSpace = `
  pool:
    file: pool.csv
    id: nr
    designColumns: [{ name: temperature, type: continuous }, { name: ratio, type: discrete }, { name: hours, type: integer }, { name: solvent, type: categorical }, { name: formula, type: formula }]`;

const spaced = `name: table\nspace:\n  parameters:${parameters}${rest}`;
const pooled = `name: pooled\nspace:${poolSpace}${rest}`;

async function campaignIn(place: Place, text: string): Promise<Campaign> {
  return readCampaignText(text, { file: 'c.yaml', baseDir: place.work, adapters: 'read' });
}

/** A kind whose inputs are a table in a file, and how it is read: gives whether it was taken. */
function tableKind(name: string, tables: readonly string[], file: string, read: (input: Input) => Promise<void>): Kind {
  return {
    name,
    make: (draw) => {
      const of = draw.below(tables.length);
      return { bytes: tableBytes(draw, tables[of]!), of: String(of) };
    },
    run: async (input) => {
      await writeFile(file, input.bytes);
      try {
        await read(input);
      } catch (error) {
        return refused(error);
      }
      return 'taken';
    },
  };
}

/** Tables of results, as `suggest` reads them. */
export const resultTables: MakeKind = async (place) => {
  const folder = join(place.work, 'results');
  await mkdir(folder, { recursive: true });
  const [file, campaignFile] = [join(folder, 'results.csv'), join(folder, 'c.yaml')];
  await writeFile(campaignFile, spaced);
  const campaign = await campaignIn(place, spaced);
  return tableKind('results', [results, exported], file, async ({ bytes }) => {
    const { results: read, columns, dialect } = await readResults(campaign, file);
    if (bytes.length % 16 === 0) await verb(place, ['suggest', campaignFile, file], [0]);
    const seen = seenIn(bytes, dialect);
    if (seen === null) return;
    const of = (kind: string) => columns.find(({ role }) => role.kind === kind)?.header;
    const silent = /^(?:quarantined|cancelled|withdrawn)$/i;
    const rows = seen.rows.filter((row) => {
      const outcome = seen.cell(row, of('outcome'));
      return !silent.test(outcome === '' ? seen.cell(row, of('state')) : outcome);
    });
    if (rows.length !== read.length)
      throw new Find('other rows than the table has', `${rows.length}, not ${read.length}`);
    for (const [i, row] of rows.entries()) {
      const { value, cost, design } = read[i]!;
      for (const [kind, found] of [
        ['value', value],
        ['cost', cost],
      ] as const)
        numberOf(seen.cell(row, of(kind)), seen, found, kind);
      for (const { role, header } of columns)
        if (role.kind === 'parameter' && design !== undefined)
          designAgrees(seen.cell(row, header), seen, design[role.name], role.name);
    }
  });
};

/** Tables of a pool, as a campaign file names them. */
export const poolTables: MakeKind = async (place) => {
  const file = join(place.work, 'pool.csv');
  return tableKind('pool', [poolTable], file, async ({ bytes }) => {
    const { space } = await campaignIn(place, pooled);
    const seen = await seenAs(bytes);
    if (seen === null) return;
    const { ids, designs } = space.pool!;
    if (ids.length !== seen.rows.length)
      throw new Find('other rows than the table has', `${seen.rows.length}, not ${ids.length}`);
    for (const [row, design] of Array.from(designs).entries()) checkDesign(seen, seen.rows[row]!, design);
    if (new Set(ids).size !== ids.length) throw new Find('two rows of one name', ids.join());
  });
};

function checkDesign(seen: Seen, row: readonly string[], design: Design): void {
  for (const [name, value] of Object.entries(design))
    if (name !== 'formula') designAgrees(seen.cell(row, name), seen, value, name);
}

/** What is seen in a file, by the dialect that the product found. */
async function seenAs(bytes: Uint8Array): Promise<Seen | null> {
  const table = await readTable(bytes);
  return 'columns' in table ? seenIn(bytes, table.dialect) : null;
}

/** Tables of earlier campaigns. */
export const transferTables: MakeKind = async (place) => {
  const file = join(place.work, 'transfer.csv');
  const text = `${spaced}transfer: [{ name: earlier, results: transfer.csv, fidelity: fine }]\n`;
  const more = results.replaceAll('rough', 'fine').replace('failed,,', 'measured,7,');
  return tableKind('transfer', [more], file, async ({ bytes }) => {
    const { space } = await campaignIn(place, text);
    const seen = await seenAs(bytes);
    if (seen === null) return;
    const { values, designs } = space.sources![0]!;
    let from = 0;
    for (const [i, value] of values.entries()) {
      const fits = (row: readonly string[]) => {
        try {
          numberOf(seen.cell(row, 'yield'), seen, value, 'value');
          designAgrees(seen.cell(row, 'T (°C)'), seen, designs[i]!.temperature, 'temperature');
          return true;
        } catch {
          return false;
        }
      };
      const at = seen.rows.findIndex((row, place) => place >= from && fits(row));
      if (at < 0) throw new Find('a value that is in no row', `${value} of ${JSON.stringify(designs[i])}`);
      from = at + 1;
    }
  });
};

/** Tables that trials are replayed from. */
export const replayTables: MakeKind = async (place) => {
  const file = join(place.work, 'replay.csv');
  const settings = { file, id: 'nr', cost: 1 };
  const clock = { now: () => 0, sleep: async () => {} };
  const type = createRegistry().get('dataset');
  const answer = async (adapter: Adapter, request: JobRequest, key: string) => {
    if ((await adapter.validate(request)).length > 0) return null;
    const job = await adapter.submit(key, request, { fence: 1 });
    const { state } = await adapter.status(job);
    return state === 'succeeded' ? adapter.result(job) : null;
  };
  return tableKind('replay', [poolTable], file, async ({ bytes }) => {
    const faults = await type.check!(type.settings.parse(settings), { parameters: [], objectives: ['yield'] });
    const adapter = createRegistry().create('dataset', settings, { clock, folder: '', log: () => {} });
    const seen = await seenAs(bytes);
    if (faults.length > 0 || seen === null) return;
    for (const [i, row] of seen.rows.slice(0, 8).entries()) {
      const rowId = seen.cell(row, 'nr');
      const request = { design: {}, rowId, substances: {}, fidelity: 'f', objectives: ['yield'] };
      const result = await answer(adapter, request, `c/r${i + 1}/p1`);
      if (result !== null) numberOf(seen.cell(row, 'yield'), seen, result.values.yield, 'value');
    }
  });
};

const suppliedJson: readonly unknown[] = [
  [{ temperature: 20, ratio: 1, hours: 3, solvent: 'DMF' }],
  {
    designs: [
      { temperature: 20, ratio: 1, hours: 3, solvent: 'DMF' },
      { temperature: 0, ratio: 2, hours: 1, solvent: '7' },
    ],
  },
];

/** First trials of a person's own, as `simulate --initial` reads them. */
export const suppliedTrials: MakeKind = async (place) => {
  const file = join(place.work, 'supplied');
  const campaign = await campaignIn(place, spaced);
  const kind = tableKind('supplied', [results], file, async ({ bytes }) => {
    const { spec } = await withInitialTrials(campaign, file);
    const again = campaignSchema.safeParse(spec);
    if (!again.success) throw new Find('first trials that the schema forbids', again.error.message);
    sameOrFind('first trials that change when written', spec, again.data);
    const seen = /^[[{\s]/.test(new TextDecoder().decode(bytes.subarray(0, 1))) ? null : await seenAs(bytes);
    const initial = spec.strategy === 'default' ? undefined : spec.strategy.initial;
    if (seen === null || initial?.designs === undefined) return;
    for (const [i, design] of initial.designs.entries())
      designAgrees(
        seen.cell(seen.rows[i]!, 'T (°C)') || seen.cell(seen.rows[i]!, 'temperature'),
        seen,
        design.temperature,
        'temperature',
      );
  });
  const encoder = new TextEncoder();
  return {
    ...kind,
    make: (draw) => {
      if (chance(draw, 0.5)) return kind.make(draw);
      return { bytes: encoder.encode(jsonText(draw, changedDocument(draw, pick(draw, suppliedJson)))), of: 'json' };
    },
  };
};
