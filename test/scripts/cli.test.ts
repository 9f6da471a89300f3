import { access, mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { SimulationDocument } from '../../scripts/simulate/document.js';
import { callCli, runCli, runCliJson, startCli } from '../support/cli.js';

let folder: string;
const env = () => ({ ATHANOR_HOME: join(folder, 'home'), DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined });
const athanor = (...args: string[]) => callCli(args, { cwd: folder, env: env() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-cli-'));
  await athanor('init', 'branin');
  await athanor('init', 'pool', '--template', 'pool');
  await athanor('simulate', 'branin/campaign.yaml', '--trials', '9', '--seeds', '2', '--save', 'runs');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const verbs =
  'init validate schema simulate suggest run list status watch pause resume drain abort budget verify report raw export worker down doctor';

describe('athanor --help', () => {
  it('names every verb and the exit codes', async () => {
    const { code, stdout } = await athanor('--help');
    expect(code).toBe(0);
    for (const verb of verbs.split(' ')) expect(stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
    for (const exit of [0, 1, 2, 3, 4, 5, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${exit} +\\w`, 'm'));
  });

  it('shows an example for each verb', async () => {
    const texts = await Promise.all(verbs.split(' ').map((verb) => athanor(verb, '--help')));
    const lacking = texts.filter(({ code, stdout }) => code !== 0 || !/Example|Ctrl-C/.test(stdout));
    expect(lacking).toEqual([]);
  });

  it.each([
    ['a verb that does not exist', ['simulat']],
    ['an option that does not exist', ['simulate', 'x.yaml', '--seed-count', '3']],
    ['a number that is none', ['simulate', 'x.yaml', '--seeds', 'three']],
    ['an argument that is missing', ['validate']],
    ['a template that does not exist', ['init', 'x', '--template', 'y']],
  ])('%s ends with 2 and leaves stdout empty', async (_, args) => {
    const { code, stdout, stderr } = await athanor(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/error|unknown/);
  });
});

describe('athanor init', () => {
  it('writes campaigns that are valid, and overwrites nothing', async () => {
    for (const name of ['branin', 'pool']) {
      expect((await athanor('validate', `${name}/campaign.yaml`)).code).toBe(0);
      await writeFile(join(folder, name, 'mine.txt'), 'mine');
    }
    const before = await readFile(join(folder, 'branin', 'campaign.yaml'), 'utf8');
    const { code, stderr } = await athanor('init', 'branin', '--template', 'pool');
    expect([code, stderr]).toEqual([2, expect.stringContaining('exists already')]);
    expect((await readdir(join(folder, 'branin'))).sort()).toEqual(['campaign.yaml', 'mine.txt']);
    expect(await readFile(join(folder, 'branin', 'campaign.yaml'), 'utf8')).toBe(before);
  });

  it('writes a lab and a campaign of three steps on it, which run at once', async () => {
    expect((await athanor('init', 'lab', '--template', 'lab')).code).toBe(0);
    expect((await athanor('lab', 'check', 'lab/lab.yaml')).code).toBe(0);
    expect((await athanor('validate', 'lab/campaign.yaml')).code).toBe(0);
    const { code, stdout } = await athanor('simulate', 'lab/campaign.yaml', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { seeds: [{ stop: { reason: 'budgetTrials' } }] }]);
  });

  it('writes the xtb campaign with settings that the adapter accepts', async () => {
    const { code, stderr } = await runCli(['init', 'xtb', '--template', 'xtb', '--json'], { cwd: folder, env: env() });
    expect([code, stderr]).toEqual([0, '']);
    const { stderr: faults } = await athanor('validate', 'xtb/campaign.yaml');
    // Where xtb is not installed that is the one fault there may be.
    expect(faults.split('\n').filter((line) => line.startsWith('  ') && !/xtb/.test(line))).toEqual([]);
  });
});

describe('athanor validate and schema', () => {
  it('lists every fault with its line, ends with 2 and makes nothing', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'name: 7up\nobjectives: [{name: y, direction: up}]\nbudgets: {}\n');
    const { code, stdout, stderr } = await athanor('validate', 'bad.yaml');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/line 1, name:/);
    expect(stderr).toMatch(/line 2, objectives\[0\]\.direction/);
    const json = await runCli(['validate', 'bad.yaml', '--json'], { cwd: folder, env: env() });
    expect(json.code).toBe(2);
    const { valid, faults } = JSON.parse(json.stdout) as { valid: boolean; faults: unknown[] };
    expect(valid).toBe(false);
    expect(faults.length).toBeGreaterThan(2);
    await expect(access(join(folder, 'home'))).rejects.toThrow();
  });

  it('prints the JSON Schema', async () => {
    const schema = await runCliJson<{ properties: object }>(['schema'], { env: env() });
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['space', 'fidelities', 'budget']));
  });
});

describe('athanor simulate', () => {
  it('prints one JSON document and nothing else on stdout, with every trial and the best so far', async () => {
    const args = ['simulate', 'branin/campaign.yaml', '--seeds', '2', '--trials', '9', '--json'];
    const { code, stdout, stderr } = await runCli(args, { cwd: folder, env: env() });
    expect(code).toBe(0);
    expect(stderr).toMatch(/\[2\/2\] seed \d/);
    const document = JSON.parse(stdout) as SimulationDocument;
    expect(document.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    for (const { trials, best, total } of document.seeds) {
      expect(trials).toHaveLength(9);
      const values = trials.map((trial) => trial.values.value!);
      expect(trials.map((trial) => trial.best)).toEqual(values.map((_, i) => Math.min(...values.slice(0, i + 1))));
      expect(best!.value).toBe(Math.min(...values));
      expect(total.cost).toBe(9);
    }
    const again = await runCli([...args, '--jobs', '1', '--quiet'], { cwd: folder, env: env() });
    expect(again.stdout).toBe(stdout);
    expect(again.stderr).toBe('');
  });

  it("runs a person's own first trials first", async () => {
    await writeFile(join(folder, 'rows.txt'), 'dppf-40-1\nXPhos-115-3\n');
    const args = ['simulate', 'pool/campaign.yaml', '--trials', '6', '--initial', 'rows.txt', '--json'];
    const { seeds } = await runCliJson<SimulationDocument>(args, { cwd: folder, env: env() });
    expect(seeds[0]!.trials.slice(0, 2).map(({ rowId, kind }) => [rowId, kind])).toEqual([
      ['dppf-40-1', 'supplied'],
      ['XPhos-115-3', 'supplied'],
    ]);
    await writeFile(join(folder, 'rows.txt'), 'dppf-40-1\nnowhere\n');
    const { code, stderr } = await runCli(args, { cwd: folder, env: env() });
    expect([code, stderr]).toEqual([2, expect.stringContaining("'nowhere' is no row of the pool")]);
  });

  it('ends with 5 where the campaign gave no value', async () => {
    const text = await readFile(join(folder, 'branin', 'campaign.yaml'), 'utf8');
    await writeFile(
      join(folder, 'broken.yaml'),
      text.replace('{problem: branin}', '{problem: branin, faults: {failRate: 1}}'),
    );
    const { code, stdout } = await athanor('simulate', 'broken.yaml');
    expect([code, stdout]).toEqual([5, expect.stringContaining('failures')]);
  });

  it('is left in peace by a reader that has seen enough', async () => {
    const { child, done } = startCli(['simulate', 'branin/campaign.yaml', '--trials', '9', '--json'], {
      cwd: folder,
      env: env(),
    });
    child.stdout!.destroy();
    const { code, stderr } = await done;
    expect(code).toBe(0);
    expect(stderr).not.toContain('EPIPE');
  });

  it('ends with 130 when interrupted, with what it has', async () => {
    const text = await readFile(join(folder, 'branin', 'campaign.yaml'), 'utf8');
    await mkdir(join(folder, 'marks'));
    const command = `{command: [sh, -c, 'touch ${join(folder, 'marks', 'started')}; exec sleep 60']}`;
    await writeFile(
      join(folder, 'long.yaml'),
      text.replace('adapter: problem', 'adapter: command').replace('{problem: branin}', command),
    );
    const marks = watch(join(folder, 'marks'));
    const running = startCli(['simulate', 'long.yaml', '--trials', '3', '--json'], { cwd: folder, env: env() });
    for await (const _ of marks) break;
    running.child.kill('SIGINT');
    const { code, stdout } = await running.done;
    expect(code).toBe(130);
    const { seeds } = JSON.parse(stdout) as SimulationDocument;
    expect(seeds[0]!.trials.map(({ outcome }) => outcome)).toEqual(['cancelled']);
    expect(seeds[0]!.stop!.reason).toBe('aborted');
  });
});

describe('athanor simulate over strategies', () => {
  const runs = (...more: string[]) => {
    const args = ['simulate', 'branin/campaign.yaml', '-n', '2', '-t', '6', '--strategy', 'default,ucb,random'];
    return athanor(...args, '--save', 'strategies', ...more);
  };

  it('runs each over the same seeds, keeps what is there, and compares them', async () => {
    const first = await runs('--report', 'compared.html');
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('[6/6] random, seed ');
    expect(first.stdout).toMatch(/default, at a cost of 6: .*than random/);
    const names = (await readdir(join(folder, 'strategies'))).sort();
    expect(names).toEqual(
      ['default', 'random', 'ucb'].flatMap((name) => [`${name}-seed-1.json`, `${name}-seed-2.json`]),
    );
    const text = (name: string) => readFile(join(folder, 'strategies', name), 'utf8');
    const records = await Promise.all(names.map(async (name) => JSON.parse(await text(name))));
    const begin = records.map(({ trials }) => trials[0].proposal.design);
    expect(begin.filter((_, i) => i % 2 === 0)).toEqual([begin[0], begin[0], begin[0]]);
    // Cut short, as by kill -9: one is gone, one is of a run with another budget.
    const before = await text('ucb-seed-2.json');
    await rm(join(folder, 'strategies', 'ucb-seed-2.json'));
    const other = JSON.parse(await text('random-seed-1.json'));
    other.campaign.spec.budget = { trials: 5 };
    await writeFile(join(folder, 'strategies', 'random-seed-1.json'), JSON.stringify(other));
    const again = await runs();
    expect(again.stderr).toContain('4 of 6 runs are in strategies already');
    expect(again.stderr).toMatch(/random-seed-1.json is run anew: it was run with other settings \(budget\)/);
    expect(again.stderr.match(/^\[\d\/6\]/gm)).toEqual(['[5/6]', '[6/6]']);
    expect(await text('ucb-seed-2.json')).toBe(before);
    expect(again.stdout).toBe(first.stdout);
    const report = await athanor('report', 'strategies', '-o', 'again.html', '--json');
    expect(JSON.parse(report.stdout)).toMatchObject({
      baseline: 'random',
      strategies: [{ label: 'default', seeds: [1, 2] }, { label: 'ucb' }, { label: 'random' }],
    });
    expect(await readFile(join(folder, 'again.html'), 'utf8')).toBe(
      await readFile(join(folder, 'compared.html'), 'utf8'),
    );
    const table = (await athanor('export', 'strategies')).stdout.trim().split('\n');
    expect([table.length, table[0]]).toEqual([37, expect.stringMatching(/^campaign,strategy,seed,trial,/)]);
    expect((await athanor('export', 'strategies', '--json')).code).toBe(2);
  });

  it('says what was meant by a strategy that is none, and by a folder without records', async () => {
    const wrong = await athanor('simulate', 'branin/campaign.yaml', '--strategy', 'default,randm');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean random?')]);
    expect((await athanor('report', './branin')).code).toBe(2);
  });
});

describe('athanor verify, export and report on a file', () => {
  it('finds a saved run the same, and a changed one not', async () => {
    expect(await athanor('verify', 'runs/seed-1.json')).toMatchObject({ code: 0, stderr: '' });
    const mistyped = await athanor('verify', 'runs/sed-1.json');
    expect([mistyped.code, mistyped.stderr]).toEqual([3, expect.stringContaining('did you mean runs/seed-1.json')]);
    const record = JSON.parse(await readFile(join(folder, 'runs/seed-1.json'), 'utf8')) as CampaignRecord;
    (record.trials[8]!.proposal.design as Record<string, number>).x1! += 1e-9;
    await writeFile(join(folder, 'changed.json'), JSON.stringify(record));
    const { code, stdout } = await athanor('verify', 'changed.json', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ holds: false, checked: 9, mismatches: [{ path: 'design.x1' }] });
  });

  it('writes CSV and JSON, to stdout or a file', async () => {
    const csv = await athanor('export', 'runs/seed-2.json');
    expect(csv.stdout.trim().split('\n')).toHaveLength(10);
    const json = await athanor('export', 'runs/seed-2.json', '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(await readFile(join(folder, 'runs/seed-2.json'), 'utf8')));
    const file = await athanor('export', 'runs/seed-2.json', '-o', 'out.csv');
    expect([file.code, file.stdout]).toEqual([0, '']);
    expect(await readFile(join(folder, 'out.csv'), 'utf8')).toBe(csv.stdout);
  });

  it('writes a report, also where its folder is still to be made', async () => {
    const { code, stdout } = await athanor('report', 'runs/seed-1.json', '-o', 'reports/one.html');
    expect(code).toBe(0);
    expect(await readFile(stdout.trim(), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('refuses what is no record with 2, and what is not there with 3', async () => {
    expect((await athanor('verify', 'branin/campaign.yaml')).code).toBe(2);
    expect((await athanor('export', 'gone.json')).code).toBe(3);
  });
});

describe('athanor without any campaign', () => {
  it('lists none, knows none, and makes no home', async () => {
    expect(await runCliJson(['list', '--json'], { env: env() })).toEqual([]);
    for (const verb of ['status', 'watch', 'verify', 'report', 'export'])
      expect((await athanor(verb, 'nobody')).code).toBe(3);
    expect((await athanor('down')).stdout).toContain('no local server');
    await expect(access(join(folder, 'home'))).rejects.toThrow();
  });

  it('refuses a wrong environment and a wrong home with 2', async () => {
    const wrong = await runCli(['list'], { env: { ...env(), DATABASE_URL: 'mysql://x' } });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('DATABASE_URL')]);
    await mkdir(join(folder, 'blocked'));
    await writeFile(join(folder, 'blocked', 'home'), 'a file');
    const home = { ...env(), ATHANOR_HOME: join(folder, 'blocked', 'home', 'deeper') };
    const blocked = await runCli(['run', 'branin/campaign.yaml'], { cwd: folder, env: home });
    expect([blocked.code, blocked.stderr]).toEqual([2, expect.stringContaining('ATHANOR_HOME')]);
  });

  it('says with 4 that a server given by the environment does not answer', async () => {
    const env4 = { ...env(), DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:9/none' };
    const { code, stderr } = await runCli(['list'], { env: env4 });
    expect(code).toBe(4);
    expect(stderr).not.toContain('secret');
  });
});
