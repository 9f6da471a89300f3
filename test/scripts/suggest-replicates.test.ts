import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchFile } from '../support/bench-file.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-replicates-'));
  const text = benchFile('twice', 'strategy: {initial: {trials: 3}}', 'replicates: {atTarget: 2}');
  await writeFile(join(folder, 'twice.yaml'), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const table = () => join(folder, 'results.csv');
const rowsOf = async () => (await readFile(table(), 'utf8')).trim().split('\n').slice(1);

/** Answers what is open in the table, as a person does who measures each line by itself. */
async function measure(): Promise<void> {
  const [header, ...rows] = (await readFile(table(), 'utf8')).trim().split('\n');
  const filled = rows.map((row, i) => row.replace(/pending,$/, `measured,${50 + i}`));
  await writeFile(table(), `${[header, ...filled].join('\n')}\n`);
}

it('measures each design twice in a spreadsheet that goes to and fro', async () => {
  for (let round = 0; round < 4; round++) {
    const known = round === 0 ? [] : ['results.csv'];
    const { code } = await runCli(['suggest', 'twice.yaml', ...known, '-n', '3', '--out', 'results.csv'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(await rowsOf()).toHaveLength(3 * (round + 1));
    await measure();
  }
  const designs = (await rowsOf()).map((row) => row.split(',').slice(0, 2).join());
  expect(new Set(designs).size).toBe(6);
  for (const design of new Set(designs)) expect(designs.filter((other) => other === design)).toHaveLength(2);
  const { stdout } = await runCli(['suggest', 'twice.yaml', 'results.csv', '-n', '2', '--json'], { cwd: folder });
  const { proposals } = JSON.parse(stdout);
  expect(proposals.map(({ kind }: { kind: string }) => kind)).toEqual(['acquisition', 'replicate']);
  expect(proposals[1].design).toEqual(proposals[0].design);
}, 120_000);

it('says in which line of the table a value stands that all others speak against', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => {
    const t = 20 + 5 * i;
    return `${t},DMF,measured,${i === 6 ? 900 : 40 - ((t - 70) / 20) ** 2}`;
  });
  await writeFile(join(folder, 'wild.csv'), `t,solvent,outcome,value\n${rows.join('\n')}\n`);
  const once = (await readFile(join(folder, 'twice.yaml'), 'utf8')).replace(/^replicates.*\n/m, '');
  await writeFile(join(folder, 'once.yaml'), once);
  const { stdout } = await runCli(['suggest', 'once.yaml', 'wild.csv', '-n', '1'], { cwd: folder });
  expect(stdout).toMatch(
    /^outlier\? value 900 of t=50 solvent=DMF \(line 8\), where all others predict .*; check it$/m,
  );
}, 60_000);
