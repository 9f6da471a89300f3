import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(initial: string, more = '', trials = 9, budget = `trials: ${trials}`): Promise<string> {
  const text = `
name: started
space:
  parameters:
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}${more}
objectives: [{name: value, direction: minimise}]
fidelities: [{name: exact, adapter: problem, cost: 1, settings: {problem: branin}}]
strategy: {initial: ${initial}}
budget: {${budget}}
`;
  await writeFile(join(folder, 'started.yaml'), text);
  return 'started.yaml';
}

it('a start is laid out by suggest and simulate, and told', async () => {
  const name = await file('{plan: {type: d-optimal}}');
  const { stdout, code } = await runCli(['suggest', name, '-n', '6', '--json'], { cwd: folder });
  expect(code).toBe(0);
  const { proposals } = JSON.parse(stdout);
  expect(proposals).toHaveLength(6);
  for (const proposal of proposals)
    expect(JSON.stringify(proposal)).toMatch(/D-optimal for a quadratic model of 6 terms in 6 runs, D-efficiency 8\d/);
  const checked = await runCli(['validate', name], { cwd: folder });
  expect(checked.stdout).toMatch(/^ {2}start {7}D-optimal for a quadratic model of 6 terms in 6 runs/m);
  const simulated = await runCli(['simulate', name, '--json'], { cwd: folder });
  expect(simulated.code).toBe(0);
  expect(JSON.parse(simulated.stdout).start).toMatch(/^D-optimal for a quadratic model of 6 terms in 6 runs/);
  const summary = await runCli(['simulate', name, '--quiet'], { cwd: folder });
  expect(summary.stdout).toMatch(/^start: D-optimal for a quadratic model of 6 terms in 6 runs, D-efficiency 8\d/m);
});

it.each([
  [
    '{trials: 4, plan: {type: d-optimal}}',
    '',
    9,
    /initial\.trials: d-optimal: a quadratic model has 6 terms here, which 4 trials do not determine \(6 or more/,
  ],
  [
    '{plan: {type: factorial, levels: 3}}',
    '',
    5,
    /initial\.plan: full factorial of 2 factors in 9 runs: 9 first trials, more than the budget of 5/,
  ],
  [
    '{plan: {type: factorial}}',
    '\nreplicates: {atTarget: 3}',
    9,
    /initial\.plan: full factorial of 2 factors in 4 runs: 4 designs, each measured 3 times: 12 first trials, more than the budget of 9/,
  ],
  [
    '{trials: 4, plan: {type: latin-hypercube}}',
    '\nreplicates: {atTarget: 3}',
    9,
    /initial\.trials: 4 designs, each measured 3 times: 12, more than the budget of 9 trials \(at most 3\)/,
  ],
  [
    '{plan: {type: factorial}}',
    '\n  constraints: [{type: linear, terms: {x1: 1, x2: 1}, max: 12}]',
    9,
    /initial\.plan: factorial: the run at x1 10, x2 15 is against 'x1 \+ x2 ≤ 12' \(d-optimal/,
  ],
  ['{plan: {type: factrial}}', '', 9, /'factrial' is not known \(did you mean factorial\?/],
])('validate refuses %s%s with a budget of %i', async (initial, more, trials, words) => {
  const { stderr, code } = await runCli(['validate', await file(initial, more, trials)], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
});

it('validate holds a start against a budget of cost, and one of as many trials as are usual against none', async () => {
  const dear = await runCli(['validate', await file('{plan: {type: factorial}}', '', 0, 'cost: 3')], { cwd: folder });
  expect(dear.stderr).toMatch(/in 4 runs: 4 trials at the target cost 4, more than the budget of 3/);
  const few = await file('{plan: {type: latin-hypercube}}', '\nreplicates: {atTarget: 2}', 10);
  const { stderr, code } = await runCli(['validate', few], { cwd: folder });
  expect([stderr, code]).toEqual(['', 0]);
});

it('validate refuses a factorial on a list of molecules', async () => {
  const molecules = '\n    - {name: ligand, type: substance, smiles: {ethanol: CCO, propanol: CCCO}}';
  const device = { from: 'adapter: problem, cost: 1, settings: {problem: branin}', to: 'adapter: person, cost: 1' };
  const name = await file('{plan: {type: factorial}}', molecules);
  const text = await readFile(join(folder, name), 'utf8');
  await writeFile(join(folder, name), text.replace(device.from, device.to));
  const { stderr, code } = await runCli(['validate', name], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toMatch(/factorial: 'ligand' is a list of molecules, which has no levels \(sobol, latin-hypercube/);
});
