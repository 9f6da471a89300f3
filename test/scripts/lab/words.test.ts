import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Obstacle } from '../../../activities/obstacles.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { keepInstrument } from '../../../scripts/safe-stop/kept-instruments.js';
import { exchangeLatches } from '../../../scripts/safe-stop/tell-store.js';
import { type CliResult, callCli } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase, testNamespace, testTemporal } from '../../support/services.js';

const lab = `bench-${randomBytes(3).toString('hex')}`;
const text = `name: ${lab}
instruments:
  oven: {adapter: problem, settings: {problem: branin}, can: [heat], slots: 2}
stock: {argon: {unit: L, amount: 5, warnBelow: 2}}
positions: {shelf: {slots: 3}}
`;

let folder: string;
let database: TestDatabase;
let store: Store;
let env: Readonly<Record<string, string | undefined>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-lab-words-'));
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 1 });
  const { address } = await testTemporal();
  env = {
    ATHANOR_HOME: join(folder, 'home'),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: await testNamespace(address, 'lab-words'),
  };
  await writeFile(join(folder, 'lab.yaml'), text);
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  await rm(folder, { recursive: true });
});

const athanor = (...args: string[]): Promise<CliResult> => callCli(['lab', ...args], { cwd: folder, env });
const told = async (...args: string[]) => {
  const { code, stdout, stderr } = await athanor(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as unknown;
};

describe('what is said to a lab', () => {
  it('is refused before there is one, with what is to be done', async () => {
    for (const words of [['show'], ['fault', 'oven', '--why', 'x'], ['refill', 'argon', '1', '--why', 'x']]) {
      const { code, stderr } = await athanor(...words);
      expect([words, code, stderr]).toEqual([words, 3, expect.stringContaining("'athanor lab up FILE' registers one")]);
    }
  });

  it.each([
    [['fault', 'oven'], /required option '--why <text>' not specified/],
    [['fault', 'oven', '--why', ' '], /why: empty \(say why it is so/],
    [['fault', '--why', 'x'], /missing required argument 'name'/],
    [['clear', 'oven'], /required option '--why <text>' not specified/],
    [['refill', 'argon', '--why', 'x'], /missing required argument 'amount'/],
    [['refill', 'argon', 'much', '--why', 'x'], /'much' is invalid.*number.*2 L/],
    [['refill', 'argon', 'Infinity', '--why', 'x'], /'Infinity' is invalid.*number/],
    [['show', 'a', 'b'], /too many arguments/],
    [['up'], /missing required argument 'file'/],
    [['up', 'nowhere.yaml'], /nowhere\.yaml: 1 fault\n {2}cannot be read: .*no such file/],
    [['check', 'nowhere.yaml'], /nowhere\.yaml: 1 fault\n {2}cannot be read: .*no such file/],
    [['chek', 'lab.yaml'], /unknown command 'chek'\n?.*Did you mean check\?/],
    [['show', '--jsn'], /unknown option '--jsn'\n?.*Did you mean --json\?/],
  ])('%j is wrong, and said to be', async (words, why) => {
    const { code, stdout, stderr } = await athanor(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('is checked, registered, and registered again without a change', async () => {
    expect(await told('check', 'lab.yaml')).toMatchObject({ valid: true, name: lab, faults: [] });
    const first = await athanor('up', 'lab.yaml', '--as', 'ann');
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(`^${lab}: registered\n`)]);
    expect(await told('up', 'lab.yaml')).toMatchObject({ name: lab, created: false, changes: [] });
    await writeFile(join(folder, 'other.yaml'), text.replace('slots: 2', 'slots: 3'));
    const changed = await athanor('up', 'other.yaml');
    expect(changed.stdout).toContain(`${lab}: up to date\n  instrument oven: other slots\n`);
    await writeFile(join(folder, 'wrong.yaml'), text.replace('slots: 2', 'slots: none'));
    const wrong = await athanor('up', 'wrong.yaml');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('instruments.oven.slots')]);
  });

  it('is written down with who and why: a fault, its end, and what was filled in', async () => {
    const why = ['--why', 'it smells'];
    expect(await told('fault', 'oven', ...why, '--as', 'ann')).toEqual({ lab, name: 'oven', changed: true, freed: [] });
    expect((await athanor('fault', 'oven', ...why)).stdout).toBe('oven: stood still already\n');
    expect(await told('refill', 'argon', '-4', '--why', 'leak', '--as', 'bob')).toEqual({ stock: 'argon', left: 1 });
    const shown = (await told('show')) as { resources: { name: string; standstills: object[] }[]; stock: object[] };
    expect(shown.resources.map(({ name }) => name)).toEqual(['oven', 'shelf']);
    expect(shown.resources[0]!.standstills).toMatchObject([{ kind: 'fault', who: 'ann', why: 'it smells' }]);
    const { stdout: seen } = await athanor('show', lab);
    expect(seen).toMatch(/ {2}instrument oven: stands still\n {4}fault {4}it smells \(ann, /);
    expect(seen).toContain('stock      argon: 1 L left, low: athanor lab refill');
    expect((await athanor('clear', 'oven', '--why', 'aired')).stdout).toBe('oven: in order again\n');
    expect(await told('clear', 'oven', '--why', 'aired')).toMatchObject({ changed: false });
    expect((await athanor('refill', 'argon', '10', '--why', 'new bottle')).stdout).toBe('argon: 11 left\n');
    expect((await athanor('refill', 'argon', '2L', '--why', 'another')).stdout).toBe('argon: 13 left\n');
    expect((await athanor('refill', 'argon', '--why', 'spilt', '--', '-2000 mL')).stdout).toBe('argon: 11 left\n');
    const wrong = await athanor('refill', 'argon', '2 kg', '--why', 'another');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/'kg' cannot be told in 'L' \(argon is counted in L/),
    ]);
    const [fault] = await store.query(`SELECT who, why, cleared_why FROM standstill WHERE resource = 'oven'`);
    expect(fault).toEqual({ who: 'ann', why: 'it smells', cleared_why: 'aired' });
  });

  it('about what the lab does not have is refused with what it has', async () => {
    for (const [words, why] of [
      [['fault', 'ovne', '--why', 'x'], /no instrument or position 'ovne'; did you mean oven\?/],
      [['clear', 'shlf', '--why', 'x'], /no instrument or position 'shlf'; did you mean shelf\?/],
      [['refill', 'argno', '1', '--why', 'x'], /no stock 'argno'; did you mean argon\?/],
      [['show', 'bnch'], /no lab 'bnch' is registered/],
      [['fault', 'oven', '--why', 'x', '--lab', 'bnch'], /no lab 'bnch' is registered/],
    ] as const) {
      const { code, stderr } = await athanor(...words);
      expect([words, code]).toEqual([words, 3]);
      expect(stderr).toMatch(why);
    }
  });

  it.each([[[]], [[lab]]])('a safe stop, made with %j, is cleared by the command that the inbox says', async (of) => {
    const jobs = join(folder, 'home');
    await athanor('stop', ...of, '--why', 'smoke', '--as', 'ann');
    const home = join(jobs, 'instruments', lab, 'oven');
    keepInstrument(jobs, { id: `${lab}/oven`, adapter: 'http', settings: {}, modules: [], folder: home });
    const exchange = () => exchangeLatches({ jobs, store, alone: [], tell: async () => {}, log: () => {} });
    await exchange();
    const inbox = async () => {
      const { code, stdout } = await callCli(['inbox', '--json'], { cwd: folder, env });
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { obstacles: Obstacle[] }).obstacles.filter(({ kind }) => kind === 'latched');
    };
    const [stop] = await inbox();
    expect(stop).toMatchObject({ name: 'oven', text: 'stopped safely by ann: smoke' });
    expect(stop!.remedies).toEqual([
      ['athanor lab clear', ...of.map((name) => `--lab ${name}`), '--why TEXT'].join(' '),
    ]);
    const cleared = await callCli(stop!.remedies[0]!.split(' ').slice(1), { cwd: folder, env });
    expect([cleared.code, cleared.stdout]).toEqual([0, expect.stringMatching(/^cleared; it was stopped by ann at /)]);
    await exchange();
    expect(await inbox()).toEqual([]);
    await rm(jobs, { recursive: true });
    const acts = (await told('acts')) as { action: string; why: string | null }[];
    expect(acts.slice(-2).map(({ action, why }) => [action, why])).toEqual([
      ['stop', 'smoke'],
      ['clear stop', 'TEXT'],
    ]);
  });
});
