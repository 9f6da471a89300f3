import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { suggestDocument, suggestText } from '../../scripts/suggest/document.js';
import { parseResults } from '../../scripts/suggest/results-table.js';

const text = `name: glaze
space:
  parameters:
    - {name: hours, type: integer, bounds: [1, 24]}
    - {name: Glühtemperatur, type: continuous, bounds: [500, 900], column: Temperatur (°C)}
    - {name: base, type: categorical, levels: [KOtBu, Cs2CO3, DMAP]}
objectives: [{name: yield, direction: maximise, limits: [0, 100]}]
fidelities: [{name: fired, cost: 1}]
budget: {trials: 30}
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-headings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (more = '', notes: string[] = []) =>
  readCampaignText(text + more, { file: 'c.yaml', baseDir: folder, onNote: (line) => void notes.push(line) });
const results = async (header: string, more = '', ignored: readonly string[] = []) => {
  const line = header.split(';').map((name) => ({ h: '3', g: '600', b: 'DMAP', y: '40' })[key(name)] ?? 'x');
  return parseResults(await read(more), { file: 'r.csv', text: `${header}\n${line.join(';')}\n`, ignored });
};
const key = (name: string) => (/temperatur/i.test(name.normalize('NFC')) ? 'g' : name.trim().toLowerCase()[0]!);
const faults = (act: Promise<unknown>) =>
  act.then(
    () => [],
    (error: InvalidInputError) => error.faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`),
  );

describe('headings of a table of results', () => {
  it.each([
    ['YIELD;Hours;BASE;Temperatur (°C)', /'YIELD' as yield, 'Hours' as hours, 'BASE' as base$/],
    ['yield;hours;base;temperatur  (℃)', /'temperatur {2}\(℃\)' as Temperatur \(°C\)$/],
    ['yield;hours;base;GLÜHTEMPERATUR'.normalize('NFD'), /as Glühtemperatur$/],
  ])('may differ in case, form of Unicode and spaces, with one note: %s', async (header, note) => {
    const { results: told, notes } = await results(header);
    expect(told).toEqual([{ design: { hours: 3, Glühtemperatur: 600, base: 'DMAP' }, value: 40 }]);
    expect(notes).toEqual([expect.stringMatching(note)]);
  });

  it('are not taken so beside an exact one, or where two are alike', async () => {
    expect((await faults(results('yield;Yield;hours;base;Temperatur (°C)'))).join()).toContain("no column 'Yield'");
    const twins = await faults(results('YIELD;Yield;hours;base;Temperatur (°C)'));
    expect(twins).toEqual([
      expect.stringMatching(/^yield: the column is missing, and no column 'YIELD' is known/),
      expect.stringMatching(/^Yield: no column 'Yield' is known/),
    ]);
  });

  it('are told once each where they are refused: what is missing with what may have been meant', async () => {
    expect(await faults(results('yeild;huors;base;Temperatur (°C)'))).toEqual([
      "yield: the column is missing, and no column 'yeild' is known (rename 'yeild' if it is meant; give the measured values of the objective in it)",
      "hours: the column is missing, and no column 'huors' is known (rename 'huors' if it is meant; give every parameter a column)",
    ]);
  });

  it('are passed over where the campaign file or an option says so', async () => {
    const header = 'Datum;yield;hours;base;Temperatur (°C);Notiz';
    expect((await faults(results(header))).join()).toContain("--ignore, or 'ignore' in the campaign file");
    const { columns } = await results(header, 'ignore: [datum, Notiz, not there]\n');
    expect(columns.filter(({ role }) => role.kind === 'ignored').map((one) => one.header)).toEqual(['Datum', 'Notiz']);
    expect((await results(header, 'ignore: [Notiz]\n', ['Datum'])).results).toHaveLength(1);
    expect((await faults(read('ignore: Notiz\n'))).join()).toContain('ignore');
  });
});

describe('quarantined values', () => {
  it('have a line and a design in the text, and are listed in the document', async () => {
    const campaign = await read();
    const table = 'yield,hours,base,Temperatur (°C)\n40,3,DMAP,600\n\n125,4,KOtBu,700\n50,5,DMAP,800\n';
    const { results: told, lines } = await parseResults(campaign, { file: 'r.csv', text: table });
    const planner = new Planner(campaign);
    planner.tell(told);
    const known = planner.trials;
    const document = await suggestDocument(campaign, known, await planner.ask(1), lines);
    const design = { hours: 4, Glühtemperatur: 700, base: 'KOtBu' };
    const why = 'yield = 125 lies beyond its limits, from 0 to 100';
    expect(document.results.quarantined).toBe(1);
    expect(document.quarantined).toEqual([{ line: 4, rowId: null, design, value: 125, why }]);
    expect(suggestText(campaign, known, document)).toContain(
      `quarantined, not learned from: ${why} (line 4, hours=4 Glühtemperatur=700 base=KOtBu)`,
    );
  });
});

describe('rows of an earlier campaign that are no designs of the space', () => {
  const lines = [
    ...['600,1,DMAP,10', '610,2,DMAB,11', '620,3,KOtBu,12', '630,4,DMAB,13', '640,5,DMAP,14', '5000,6,DMAP,15'],
    ...Array.from({ length: 7 }, (_, i) => `7${i}0,7,DMAQ,1${i}`),
  ];
  it('are told with their lines and reasons, alike ones together, as is the level that was meant', async () => {
    await writeFile(join(folder, 'm.csv'), ['temperatur (°c),hours,base,Yield', ...lines].join('\n'));
    const notes: string[] = [];
    const { space } = await read('transfer: [{name: m, results: m.csv}]\n', notes);
    expect(space.sources![0]).toMatchObject({ values: [10, 12, 14], leftOut: 10 });
    expect(notes).toEqual([
      "m.csv: headings taken in another spelling: 'temperatur (°c)' as Temperatur (°C), 'Yield' as yield",
      "m.csv: 10 rows left out as no designs of the space: base is 'DMAQ', did you mean DMAP? (lines 8, 9, 10, 11, 12 and 2 more); base is 'DMAB', did you mean DMAP? (lines 3, 5); Glühtemperatur is 5000, far outside its range (line 7)",
    ]);
  });
});
