import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { CampaignResult } from '../../scripts/commands/result.js';
import type { CampaignReport } from '../../scripts/durable/course.js';
import type { SimulationDocument } from '../../scripts/simulate/document.js';
import { callCli, callCliJson, runCli, startCli } from '../support/cli.js';
import { createTestDatabase, type TestDatabase, testNamespace, testTemporal } from '../support/services.js';

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
// What starts a worker, or is interrupted, is a process of its own.
const athanor = (...args: string[]) => (args[0] === 'run' ? runCli : callCli)(args, { cwd: folder, env });
const statusOf = (id: string) => callCliJson<CampaignReport>(['status', id, '--json'], { env });

/** Runs a command that must end with the given code, and gives what it printed. */
async function ends(code: number, ...args: string[]): Promise<string> {
  const result = await athanor(...args);
  expect({ args, code: result.code, stderr: result.stderr }).toEqual({ args, code, stderr: result.stderr });
  return result.stdout;
}

/** A campaign whose trials take a while. */
async function campaignFile(name: string, delayMs: string, more: string): Promise<string> {
  const text = `
name: ${name}
seed: 3
space:
  parameters:
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}
objectives: [{name: value, direction: minimise, unit: mJ}]
fidelities: [{name: exact, adapter: problem, settings: {problem: branin, delayMs: ${delayMs}}, cost: 1}]
${more}
`;
  await writeFile(join(folder, `${name}.yaml`), text);
  return `${name}.yaml`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-commands-'));
  await mkdir(join(folder, 'home'));
  database = await createTestDatabase();
  const { address } = await testTemporal();
  const namespace = await testNamespace(address, 'commands');
  env = {
    ATHANOR_HOME: join(folder, 'home'),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

// Processes take seconds to start on a busy machine.
describe('a durable campaign at the command line', () => {
  it('runs to its end as the simulation says, and prints its result again at once', async () => {
    const file = await campaignFile('whole', '0', 'budget: {trials: 8}');
    const { code, stdout, stderr } = await athanor('run', file, '--json');
    expect([code, stderr.includes('Error')]).toEqual([0, false]);
    const result = JSON.parse(stdout) as CampaignResult;
    expect(result).toMatchObject({ campaign: 'whole', phase: 'stopped', stop: { reason: 'budgetTrials' }, cost: 8 });
    await access(result.report!);
    const simulated = await callCliJson<SimulationDocument>(['simulate', file, '--json'], { cwd: folder, env });
    const record = await callCliJson<CampaignRecord>(['export', 'whole', '--json'], { env });
    expect(record.trials.map(({ proposal }) => proposal.design)).toEqual(
      simulated.seeds[0]!.trials.map(({ design }) => design),
    );
    await ends(0, 'verify', 'whole');
    const again = await athanor('run', file, '--json');
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('has ended before')]);
    expect(JSON.parse(again.stdout)).toEqual(result);
  });

  it('lives on when its watcher leaves, obeys people, and is finished by a worker', async () => {
    const file = await campaignFile('lasting', '{min: 100, max: 400}', 'budget: {trials: 200}\nparallel: 2');
    const run = startCli(['run', file], { cwd: folder, env });
    await run.seen(/lasting\/r\d+\/p\d.* mJ /);
    const paused = await ends(0, 'pause', 'lasting', '--as', 'Ada', '--note', 'tea', '--json');
    expect(JSON.parse(paused)).toMatchObject({ phase: 'paused' });
    run.child.kill('SIGINT');
    const left = await run.done;
    expect([left.code, left.stdout, left.stderr]).toEqual([0, '', expect.stringContaining('the campaign lives on')]);
    const worker = startCli(['worker'], { cwd: folder, env });
    await worker.seen(/worker ready/);
    const { phase, running, measured } = await statusOf('lasting');
    expect(phase).toBe('paused');
    const started = running + measured;
    await ends(0, 'budget', 'lasting', '--trials', String(started + 4));
    await ends(3, 'budget', 'lasting', '--trials', '1');
    const watch = startCli(['watch', 'lasting', '--json'], { cwd: folder, env });
    expect(await ends(0, 'resume', 'lasting')).toContain('resume is in force');
    const end = await watch.done;
    expect(JSON.parse(end.stdout)).toMatchObject({ stop: { reason: 'budgetTrials' }, cost: started + 4 });
    worker.child.kill('SIGTERM');
    expect((await worker.done).code).toBe(0);
    const { audit } = await callCliJson<CampaignRecord>(['export', 'lasting', '--json'], { env });
    expect(audit.map(({ action }) => action)).toEqual(['pause', 'budget', 'resume']);
    expect(audit[0]).toMatchObject({ who: 'Ada', details: { note: 'tea' } });
    await ends(0, 'verify', 'lasting');
    await ends(3, 'pause', 'lasting');
  });

  it('is aborted with its trials in flight, and is in the list', async () => {
    const file = await campaignFile('endless', '3600000', 'budget: {trials: 5}\nparallel: 2');
    expect((await ends(0, 'run', file, '--detach')).trim()).toBe('endless');
    const worker = startCli(['worker'], { cwd: folder, env });
    await worker.seen(/worker ready/);
    const watch = startCli(['watch', 'endless'], { cwd: folder, env });
    while ((await statusOf('endless')).inFlight.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await ends(0, 'abort', 'endless', '--yes');
    const end = await watch.done;
    // Nothing was measured, which is an exit code of its own.
    expect([end.code, end.stdout]).toEqual([5, expect.stringContaining('aborted by a person')]);
    worker.child.kill('SIGTERM');
    await worker.done;
    const list = await callCliJson<{ id: string; phase: string }[]>(['list', '--json'], { env });
    expect(list.find(({ id }) => id === 'endless')).toMatchObject({ phase: 'stopped' });
  });

  it('is given more budget after its end', async () => {
    const file = await campaignFile('further', '0', 'budget: {trials: 3}');
    await ends(0, 'run', file);
    await ends(3, 'extend', 'further', '--trials', '2');
    await ends(2, 'extend', 'further', '--trials', 'many');
    expect(JSON.parse(await ends(0, 'extend', 'further', '--trials', '5', '--as', 'Ada', '--json'))).toMatchObject({
      phase: 'running',
      measured: 3,
    });
    await ends(0, 'run', file);
    expect(await statusOf('further')).toMatchObject({ phase: 'stopped', measured: 5 });
    await ends(3, 'retry', 'further/r1/p1');
  });

  it('is told how many trials run at a time, and which to do again', async () => {
    const faults = '0, faults: {failRate: 1, failClass: device}';
    const broken = await campaignFile('broken', faults, 'budget: {trials: 9}\nmaxConsecutiveFailures: 2');
    await ends(0, 'run', broken, '--detach');
    const worker = startCli(['worker'], { cwd: folder, env });
    await worker.seen(/worker ready/);
    while ((await statusOf('broken')).phase !== 'paused') await new Promise((resolve) => setImmediate(resolve));
    await ends(2, 'parallel', 'broken', '0');
    expect(JSON.parse(await ends(0, 'parallel', 'broken', '2', '--json'))).toMatchObject({ parallel: 2 });
    expect(JSON.parse(await ends(0, 'retry', 'broken/r1/p1', '--note', 'mended', '--json'))).toMatchObject({
      phase: 'paused',
    });
    await ends(3, 'retry', 'broken/r1/p1');
    await ends(0, 'abort', 'broken', '--yes');
    worker.child.kill('SIGTERM');
    await worker.done;
    const { audit } = await callCliJson<CampaignRecord>(['export', 'broken', '--json'], { env });
    expect(audit.map(({ action }) => action)).toEqual(['parallel', 'retry', 'abort']);
    expect(audit[1]).toMatchObject({ details: { note: 'mended' } });
  });

  it('is explained from the store as from its record, with several goals within constraints', async () => {
    const rows = Array.from({ length: 36 }, (_, i) => {
      const [x, y] = [Math.floor(i / 6), i % 6];
      return [`r${i}`, x, y, 10 * x - y * y, 3 * x + y, x + 2 * y];
    });
    const head = ['id', 'x', 'y', 'yield', 'price', 'waste'];
    await writeFile(join(folder, 'table.csv'), `${[head, ...rows].join('\n')}\n`);
    const text = `
name: goals
seed: 3
space:
  pool: {file: table.csv, id: id, designColumns: [{name: x, type: continuous}, {name: y, type: continuous}]}
  constraints: [{type: linear, terms: {x: 1, y: 1}, max: 8}]
objectives: [{name: yield, direction: maximise}, {name: price, direction: minimise}]
outcomes: [{name: waste, max: 9}]
fidelities: [{name: exact, adapter: dataset, settings: {file: table.csv, id: id}, cost: 1}]
budget: {trials: 9}
`;
    await writeFile(join(folder, 'goals.yaml'), text);
    await ends(0, 'run', 'goals.yaml');
    await ends(0, 'export', 'goals', '--format', 'json', '-o', 'goals.json');
    for (const trial of [[], ['r9/p1']])
      expect(await ends(0, 'explain', 'goals', ...trial, '--json')).toBe(
        await ends(0, 'explain', 'goals.json', ...trial, '--json'),
      );
    const learned = await ends(0, 'explain', 'goals');
    for (const name of ['yield', 'price', 'waste']) expect(learned).toMatch(new RegExp(`learned of ${name} at exact`));
    const why = await ends(0, 'explain', 'goals', 'r9/p1');
    expect(why).toMatch(/adds .* to the hypervolume on average/);
    expect(why).toMatch(
      /preferred to\n {2}r\d+ at exact: expected yield .*, price .*, keeps its bounds with probability/,
    );
    await ends(0, 'report', 'goals', '-o', 'goals.html');
    const page = await readFile(join(folder, 'goals.html'), 'utf8');
    for (const id of ['importance', 'importance-2', 'slices-3', 'left-out-plot-2'])
      expect(page).toContain(`id="${id}"`);
  });

  it('refuses another file under the same id with 3, and an unknown id too', async () => {
    const file = await campaignFile('whole-2', '0', 'budget: {trials: 3}');
    await ends(0, 'run', file, '--detach');
    await campaignFile('whole-2', '0', 'budget: {trials: 4}');
    const { code, stderr } = await athanor('run', file);
    expect([code, stderr]).toEqual([3, expect.stringContaining('budget')]);
    for (const verb of ['watch', 'pause', 'export']) await ends(3, verb, 'nobody');
    const verbs = ['status', 'watch', 'pause', 'resume', 'drain', 'abort', 'verify', 'report', 'export'];
    const calls = [...verbs.map((verb) => [verb]), ['budget', '--trials', '9'], ['extend', '--cost', '9']];
    for (const [verb, ...more] of [...calls, ['parallel', '2'], ['retry']]) {
      const id = verb === 'retry' ? 'whole2/r1/p1' : 'whole2';
      const refused = await athanor(verb!, id, ...more, ...(verb === 'abort' ? ['--yes'] : []));
      expect([verb, refused.code, refused.stderr]).toEqual([
        verb,
        3,
        expect.stringContaining("no campaign 'whole2'; did you mean whole-2"),
      ]);
    }
    expect(await athanor('retry', 'whole-2/r9/p1')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("no trial 'whole-2/r9/p1'; it has"),
    });
    expect((await athanor('retry', 'whole-2')).code).toBe(2);
  });
});
