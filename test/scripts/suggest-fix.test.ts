import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-fix-'));
  const text = `
name: kept
space:
  parameters:
    - {name: t, type: continuous, bounds: [20, 120]}
    - {name: c, type: continuous, bounds: [0, 1]}
    - {name: solvent, type: categorical, levels: [DMF, THF]}
objectives: [{name: value, direction: maximise}]
fidelities: [{name: exact, adapter: person, cost: 1}]
budget: {trials: 40}
`;
  await writeFile(join(folder, 'kept.yaml'), text);
  const rows = Array.from(
    { length: 10 },
    (_, i) => `${20 + 10 * i},${(i * 0.37) % 1},${i % 2 ? 'DMF' : 'THF'},${i * 3}`,
  );
  await writeFile(join(folder, 'results.csv'), ['t,c,solvent,value', ...rows].join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('keeps what it suggests to the values given', async () => {
  const { stdout, code } = await runCli(
    ['suggest', 'kept.yaml', 'results.csv', '-n', '3', '--json', '--fix', 't=80', 'solvent=DMF'],
    { cwd: folder },
  );
  expect(code).toBe(0);
  const { proposals } = JSON.parse(stdout);
  expect(proposals).toHaveLength(3);
  for (const { design } of proposals) expect(design).toMatchObject({ t: 80, solvent: 'DMF' });
});

it('refuses values that no design with the constraints has, and names these', async () => {
  const text = await readFile(join(folder, 'kept.yaml'), 'utf8');
  const constraints = `
  constraints:
    - {type: exclude, when: {solvent: THF, t: {above: 60}}}
objectives`;
  await writeFile(join(folder, 'bound.yaml'), text.replace('\nobjectives', constraints));
  const { stderr, code } = await runCli(['suggest', 'bound.yaml', '--fix', 't=80', 'solvent=THF', 'c=0.5'], {
    cwd: folder,
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /no design keeps 'not solvent THF with t above 60' together with 't = 80' and 'solvent = THF' \(other values, or fewer/,
  );
});

it('refuses values that there are not', async () => {
  const { stderr, code } = await runCli(['suggest', 'kept.yaml', '--fix', 't=500', 'x=1', 'solvent'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toMatch(/t: 500 given/);
  expect(stderr).toMatch(/x: no such parameter/);
  expect(stderr).toMatch(/'solvent' given/);
});
