import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { openRunnable } from '../../scripts/commands/open-campaign.js';
import { suggestCommand } from '../../scripts/commands/suggest.js';
import { freshColumns } from '../../scripts/suggest/columns.js';
import { suggestDocument, suggestText } from '../../scripts/suggest/document.js';
import { parseResults } from '../../scripts/suggest/results-table.js';
import { experiments } from '../../scripts/templates/experiments.js';
import { runCli } from '../support/cli.js';

const text = `name: Schmelze
space:
  parameters:
    - {name: Temperatur (°C), type: continuous, bounds: [20, 120]}
    - {name: Lösungsmittel, type: categorical, levels: [Wasser, Toluol], column: Solvens}
objectives: [{name: Ausbeute, direction: maximise, unit: '%', limits: [0, 100]}]
fidelities: [{name: gemessen, cost: 1}]
budget: {trials: 30}
`;
const read = (file: string) => readCampaignText(file, { file: 'c.yaml', baseDir: '.' });
const faults = async (act: Promise<unknown>) =>
  act.then(
    () => [],
    (error: InvalidInputError) => error.faults.map(({ path, message, remedy }) => `${path}: ${message}: ${remedy}`),
  );

describe('a campaign of experiments done by hand', () => {
  it('needs no adapter, takes names in any script, and columns of the person', async () => {
    const campaign = await read(text);
    expect(freshColumns(campaign).map(({ header }) => header)).toEqual([
      'Temperatur (°C)',
      'Solvens',
      'outcome',
      'Ausbeute',
    ]);
    const { results } = await parseResults(campaign, {
      file: 'r.csv',
      text: 'Solvens,Temperatur (°C),Ausbeute\nWasser,37.5,12\n',
    });
    expect(results).toEqual([{ design: { 'Temperatur (°C)': 37.5, Lösungsmittel: 'Wasser' }, value: 12 }]);
  });

  it('quarantines a value beyond its limits, with a word, and learns nothing from it', async () => {
    const campaign = await read(text);
    const planner = new Planner(campaign);
    const table = 'Solvens,Temperatur (°C),Ausbeute\nWasser,37.5,12\nToluol,50,210\nWasser,80,40\n';
    planner.tell((await parseResults(campaign, { file: 'r.csv', text: table })).results);
    const known = planner.trials;
    const document = await suggestDocument(campaign, known, await planner.ask(2));
    expect(document.results).toMatchObject({ measured: 2, quarantined: 1 });
    expect(document.best?.value).toBe(40);
    const told = suggestText(campaign, known, document);
    expect(told).toContain('quarantined, not learned from: Ausbeute = 210 lies beyond its limits, from 0 to 100');
    expect(told).toMatch(/next: \d to exploit what is known .*, \d to explore/);
  });

  it('is refused where it would have to run by itself, with a word of what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-hand-'));
    const file = join(folder, 'campaign.yaml');
    await writeFile(file, experiments.files['campaign.yaml']!);
    expect((await faults(openRunnable(file))).join()).toContain('measured by a person');
    expect((await faults(openRunnable(file))).join()).toContain('athanor suggest');
  });

  it('says where a misplaced key belongs, and which value was meant', async () => {
    expect((await faults(read(`${text}constraints: []\n`))).join()).toContain("'constraints' belongs under space");
    const campaign = await read(text);
    const wrong = Promise.resolve().then(() =>
      parseResults(campaign, { file: 'r.csv', text: 'Solvens,Temperatur (°C),Ausbeute\nToluool,37.5,12\n' }),
    );
    expect((await faults(wrong)).join()).toContain('did you mean Toluol? one of Wasser, Toluol');
  });

  it('adds proposals to the table of the person, whose columns, notes and delimiter stay', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-hand-'));
    const [file, table] = [join(folder, 'c.yaml'), join(folder, 'mine.csv')];
    await writeFile(file, text);
    const mine = 'Notiz;Ausbeute;Solvens;Temperatur (°C);outcome\r\nklar;12;Wasser;37.5;';
    await writeFile(table, mine);
    await appendFile(table, '');
    const lines: string[] = [];
    const write = async (line: string) => void lines.push(line);
    const terminal = { write, note: () => {}, print: () => {}, environment: { ATHANOR_HOME: folder } };
    const args = [file, table, '-n', '2', '--ignore', 'Notiz', '--out', table];
    await suggestCommand(terminal as never, () => {})
      .parseAsync(args, { from: 'user' })
      .catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error;
      });
    const after = await readFile(table, 'utf8');
    expect(after.startsWith(`${mine}\r\n`)).toBe(true);
    const added = after
      .slice(mine.length + 2)
      .trimEnd()
      .split('\r\n');
    expect(added).toHaveLength(2);
    for (const line of added) expect(line).toMatch(/^;;(Wasser|Toluol);[\d.]+;pending$/);
  });

  it('adds in the encoding of the table, or says before the run that it cannot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'athanor-hand-'));
    await writeFile(join(folder, 'c.yaml'), text);
    const mine = 'Temperatur (°C);Solvens;Ausbeute\r\n37,5;Wasser;12,5\r\n';
    const suggest = (table: string) => runCli(['suggest', 'c.yaml', table, '-n', '2', '--out', table], { cwd: folder });
    await writeFile(join(folder, 'excel.csv'), Buffer.from(mine, 'latin1'));
    expect((await suggest('excel.csv')).code).toBe(0);
    const after = (await readFile(join(folder, 'excel.csv'))).toString('latin1');
    expect(after.startsWith(mine)).toBe(true);
    expect(after.slice(mine.length)).toMatch(/^(\d+(,\d+)?;(Wasser|Toluol);\r\n){2}$/);

    const wide = Buffer.from(`\uFEFF${mine}`, 'utf16le');
    await writeFile(join(folder, 'wide.csv'), wide);
    const { code, stdout, stderr } = await suggest('wide.csv');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--out: wide.csv is UTF-16.*save it as CSV UTF-8/);
    expect(await readFile(join(folder, 'wide.csv'))).toEqual(wide);
  });
});
