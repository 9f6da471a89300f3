import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { exportJson } from '../../scripts/record/export.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-explain-'));
  const smiles = [
    'C',
    'CC',
    'CCC',
    'CCCC',
    'CCO',
    'CCCO',
    'CCCCO',
    'c1ccccc1',
    'Cc1ccccc1',
    'CCN',
    'CCCN',
    'OCCO',
    'CC(C)O',
    'CC(=O)O',
  ];
  const rows = smiles.map((one, i) => `row${i},${one},${(i * 7) % 5},${one.length + ((i * 7) % 5) / 2}`);
  await writeFile(join(folder, 'pool.csv'), ['id,molecule,t,value', ...rows].join('\n'));
  const text = `
name: drawn
seed: 1
space: {pool: {file: pool.csv, id: id, designColumns: [{name: molecule, type: substance}, {name: t, type: continuous}]}}
objectives: [{name: value, direction: maximise}]
fidelities: [{name: exact, adapter: dataset, settings: {file: pool.csv, id: id}, cost: 1}]
budget: {trials: 9}
`;
  const campaign = await readCampaignText(text, { file: 'drawn.yaml', baseDir: folder });
  const record = await runInProcess(campaign, { registry: createRegistry() });
  await writeFile(join(folder, 'drawn.json'), exportJson(record));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('says what was learned, in words and as JSON', async () => {
  const words = await runCli(['explain', 'drawn.json'], { cwd: folder });
  expect(words.stderr).toBe('');
  expect(words.stdout).toMatch(/^drawn: what .* learned of value at exact\nimportance\n/);
  expect(words.stdout).toMatch(/ {2}molecule: shuffled, R² falls by .*; \d+ % by lengthscales/);
  expect(words.stdout).toMatch(/each of 9 trials predicted from all others: R² .*% in the central 90 %/);
  const { stdout } = await runCli(['explain', 'drawn.json', '--json'], { cwd: folder });
  const { campaign, insight, why } = JSON.parse(stdout);
  expect(campaign).toBe('drawn');
  expect(why).toBeNull();
  expect(insight.outcomes[0].importance.map(({ name }: { name: string }) => name).sort()).toEqual(['molecule', 't']);
  expect(insight.outcomes[0].leaveOneOut.trials).toHaveLength(9);
});

it('says of a trial what it was preferred to, and draws it', async () => {
  const words = await runCli(['explain', 'drawn.json', 'r9/p1'], { cwd: folder });
  expect(words.stdout).toMatch(/^drawn\/r9\/p1: row\d+ at exact\n {2}to ex\w+: value at the target expected/);
  expect(words.stdout).toMatch(/preferred to\n {2}row\d+ at exact: expected .*% of what it promised/);
  const { stdout, code } = await runCli(['explain', 'drawn.json', 'r9/p1', '-o', 'why.html', '--json'], {
    cwd: folder,
  });
  expect(code).toBe(0);
  const { page, why } = JSON.parse(stdout);
  expect(why.alternatives).toHaveLength(5);
  const html = await readFile(page, 'utf8');
  // The proposal and its five alternatives.
  expect(html.match(/<use href="#molecule-\d+"\/>/g)).toHaveLength(6);
  const report = await runCli(['report', 'drawn.json', '-o', 'report.html'], { cwd: folder });
  expect(report.code).toBe(0);
  const whole = await readFile(join(folder, 'report.html'), 'utf8');
  for (const id of ['importance', 'slices', 'left-out-plot', 'calibration-plot']) expect(whole).toContain(`id="${id}"`);
});

it('refuses a trial that there is not', async () => {
  const { code, stderr } = await runCli(['explain', 'drawn.json', 'r99/p1'], { cwd: folder });
  expect(stderr).toMatch(/campaign 'drawn' has no trial 'r99\/p1'/);
  expect(code).toBe(3);
});

it('explains a table of results: proposals by their lines, and those that come next', async () => {
  const text = `
name: sheet
seed: 2
space: {parameters: [{name: a, type: continuous, bounds: [0, 1]}, {name: b, type: continuous, bounds: [0, 1]}]}
objectives: [{name: value, direction: maximise}]
fidelities: [{name: hand, adapter: problem, settings: {}, cost: 1}]
budget: {trials: 12}
strategy: {initial: {trials: 4}}
`;
  await writeFile(join(folder, 'sheet.yaml'), text);
  const table = join(folder, 'sheet.csv');
  const fill = async () => {
    const lines = (await readFile(table, 'utf8')).trim().split('\n');
    const filled = lines.map((line, i) => {
      const [a, b] = line.split(',').map(Number);
      return i === 0 || !line.includes('pending')
        ? line
        : line
            .replace('pending', 'measured')
            .replace(/measured,[^,]*/, `measured,${(1 - (a! - 0.3) ** 2 - (b! - 0.6) ** 2).toFixed(4)}`);
    });
    await writeFile(table, `${filled.join('\n')}\n`);
  };
  await writeFile(table, 'a,b,outcome,value\n0.5,0.5,measured,0.95\n');
  for (const n of [4, 2, 2]) {
    await fill();
    await runCli(['suggest', 'sheet.yaml', table, '-n', String(n), '--out', table], { cwd: folder });
  }
  const explain = (...args: string[]) => runCli(['explain', 'sheet.yaml', 'sheet.csv', ...args], { cwd: folder });
  expect((await explain()).stdout).toMatch(/^sheet: what .* learned of value at hand\n(?:.*\n)*.*best trial line \d+ /);
  // Lines 7 and 8 were measured since they were proposed together; 9 and 10 are still open.
  for (const line of [7, 8, 9, 10]) {
    const { why, lines } = JSON.parse((await explain(String(line), '--json')).stdout);
    expect(lines[why.proposal.id]).toBe(line);
    expect(why.none).toBeNull();
    expect(why.alternatives.length).toBeGreaterThan(2);
    const [a] = (await readFile(table, 'utf8')).split('\n')[line - 1]!.split(',').map(Number);
    expect(why.proposal.design.a).toBeCloseTo(a!, 3);
  }
  const next = JSON.parse((await explain('p2', '--json')).stdout);
  expect(next.why.proposal).toMatchObject({ index: 2, basis: { observed: 7, pending: { length: 2 } } });
  const words = await explain('9');
  expect(words.stdout).toMatch(/^line 9: a=.* at hand\n {2}to ex.*\npreferred to\n/);
  const chosen = await explain('2');
  expect([chosen.code, chosen.stderr]).toEqual([3, expect.stringContaining('line 2 is not what suggest makes')]);
  const none = await explain('99');
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('the line of a result, 2 to 10, or p1')]);
  const over = await explain('p9');
  expect([over.code, over.stderr]).toEqual([3, expect.stringContaining('there is no p9: 3 proposals are made')]);
  const alone = await runCli(['explain', 'sheet.yaml'], { cwd: folder });
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('give the table of its results')]);
});
