import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SuggestDocument } from '../../scripts/suggest/document.js';
import { runCli, runCliJson } from '../support/cli.js';

const example = fileURLToPath(new URL('../../examples/suzuki-spreadsheet/', import.meta.url));
const campaign = join(example, 'campaign.yaml');
type Cells = Record<string, string>;
type Outcome = Record<'yield' | 'price' | 'impurity', number>;
const { run, fractions } = (await import(join(example, 'flask.mjs'))) as {
  run(design: Record<string, unknown>, repeat?: number): Outcome | null;
  fractions(text: string): Record<string, number>;
};
const boiling: Record<string, number> = { dioxane: 101, toluene: 111, ethanol: 78, water: 100 };

let folder: string;
let results: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-suzuki-'));
  results = join(folder, 'results.csv');
  await copyFile(join(example, 'results.csv'), results);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rows(): Promise<Cells[]> {
  const [head, ...lines] = (await readFile(results, 'utf8')).trim().split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

const designOf = (row: Cells) => ({
  base: row.base!,
  ligand: row.ligand!,
  solvent: fractions(row.solvent!),
  temperature: Number(row['T (°C)']),
  hours: Number(row.hours),
  loading: Number(row.loading),
});

/** What the chemist does between two calls: pending rows get what the flask gave. */
async function atTheBench(): Promise<void> {
  const filled = (await rows()).map((row) => {
    if (row.outcome !== 'pending') return row;
    const found = run(designOf(row));
    return found === null ? { ...row, outcome: 'failed' } : { ...row, ...found, outcome: 'measured' };
  });
  const head = Object.keys(filled[0]!);
  await writeFile(results, `${[head, ...filled.map((row) => Object.values(row))].map(String).join('\n')}\n`);
}

function keepsAll(row: Cells): void {
  const { base, solvent, temperature } = designOf(row);
  const shares = Object.entries(solvent);
  expect(shares.length).toBeLessThanOrEqual(2);
  expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const [, share] of shares) expect(share).toBeGreaterThanOrEqual(0.1 - 1e-9);
  const boils = shares.reduce((sum, [name, share]) => sum + share * boiling[name]!, 0);
  expect(temperature).toBeLessThanOrEqual(boils - 3 + 1e-6);
  if (base === 'NaOH') expect(solvent.water ?? 0).toBeGreaterThanOrEqual(0.1 - 1e-9);
}

describe('the Suzuki coupling from a spreadsheet', () => {
  it('has a table that its flask gives, with a design twice and two failures', async () => {
    const seen = new Set<string>();
    const all = await rows();
    for (const row of all) {
      const key = JSON.stringify(designOf(row));
      const { yield: found = '', price = '', impurity = '' } = run(designOf(row), Number(seen.has(key))) ?? {};
      expect([row.yield, row.price, row.impurity]).toEqual([found, price, impurity].map(String));
      seen.add(key);
    }
    expect(seen.size).toBe(all.length - 1);
    expect(all.filter(({ outcome }) => outcome === 'failed')).toHaveLength(2);
  });

  it('goes on from there: the constraints are kept, the front grows, and nothing fails again', async () => {
    const covered: number[] = [];
    for (let round = 0; round < 3; round++) {
      const args = ['suggest', campaign, results, '-n', '3', '--out', results, '--json'];
      const { results: known, tradeOffs } = await runCliJson<SuggestDocument>(args);
      expect(known).toMatchObject({ measured: 8 + 3 * round, failed: 2, pending: 0, outside: 0 });
      covered.push(tradeOffs!.hypervolume);
      for (const { values } of tradeOffs!.front) expect(values.price).toBeGreaterThan(0);
      const proposed = (await rows()).filter(({ outcome }) => outcome === 'pending');
      expect(proposed).toHaveLength(3);
      for (const row of proposed) keepsAll(row);
      await atTheBench();
    }
    expect(covered).toEqual([...covered].sort((a, b) => a - b));
    expect(covered.at(-1)).toBeGreaterThan(2 * covered[0]!);
  });

  it('is explained from its table: what was learned, and why a line is there', async () => {
    const own = join(folder, 'own.csv');
    await copyFile(join(example, 'results.csv'), own);
    await runCli(['suggest', campaign, own, '-n', '2', '--out', own]);
    const added = (await readFile(own, 'utf8')).trim().split('\n').length;
    const { stdout } = await runCli(['explain', campaign, own]);
    for (const name of ['yield', 'price', 'impurity'])
      expect(stdout).toMatch(new RegExp(`learned of ${name} at flask`));
    expect(stdout).toMatch(/through the best trial line \d+ .*, as far as constraints are kept/);
    expect(stdout).not.toMatch(/suzuki\/r\d/);
    const why = await runCli(['explain', campaign, own, String(added)]);
    expect(why.stdout).toMatch(new RegExp(`^line ${added}: base=.* at flask\n.* to the hypervolume on average`));
    expect(why.stdout).toMatch(/preferred to\n(?: {2}base=.*promised.*\n){5}/);
  });

  it('names results by their lines, and says which lack a value', async () => {
    const table = (await rows()).map((row, i) =>
      i === 1 ? { ...row, price: '' } : i === 2 ? { ...row, yield: '' } : row,
    );
    const lacking = join(folder, 'lacking.csv');
    await writeFile(
      lacking,
      `${[Object.keys(table[0]!), ...table.map((row) => Object.values(row))].map(String).join('\n')}\n`,
    );
    const { stdout, stderr } = await runCli(['suggest', campaign, lacking]);
    expect(stderr).toBe('');
    expect(stdout).toContain('1 measured result has no yield: learned from in nothing (line 4)\n');
    expect(stdout).toContain('1 measured result has no price: learned from in the rest, and not compared (line 3)\n');
    expect(stdout).toMatch(/\nyield .* %, price .* EUR: base=.* \(line \d+\)\n/);
    expect(stdout).toMatch(/ yield +price +why\n/);
    expect(stdout).not.toMatch(/suzuki\/r\d/);
  });

  it('is explained and reported where the program stands for the flask', async () => {
    const runs = join(folder, 'runs');
    const record = join(runs, 'seed-1.json');
    const args = ['simulate', campaign, '--trials', '11', '--save', runs];
    const simulated = await runCli(args, { env: { ATHANOR_HOME: folder } });
    expect(simulated.stdout + simulated.stderr).toContain('that none is better than');
    const { stdout } = await runCli(['explain', record]);
    expect(stdout).toMatch(/importance\n(?:.*\n)* {2}solvent/);
    const page = join(folder, 'suzuki.html');
    expect((await runCli(['report', record, '-o', page])).code).toBe(0);
    expect(await readFile(page, 'utf8')).toContain('price');
  });
});
