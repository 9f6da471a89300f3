import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-unrun-'));
  const touched = JSON.stringify(join(folder, 'module-ran'));
  await writeFile(
    join(folder, 'lab.mjs'),
    `import { writeFileSync } from 'node:fs';\nwriteFileSync(${touched}, '');\nexport const adapters = [];\n`,
  );
  await writeFile(
    join(folder, 'program.sh'),
    `#!/bin/sh\n: > '${join(folder, 'program-ran')}'\necho xtb version 6.6.1\n`,
  );
  await chmod(join(folder, 'program.sh'), 0o755);
  await writeFile(join(folder, 'module.yaml'), campaign('adapters: [./lab.mjs]', 'lab', '{}'));
  const settings = `{program: ${join(folder, 'program.sh')}, method: gfn2, task: energy, values: {y: energy}}`;
  await writeFile(join(folder, 'program.yaml'), campaign('', 'xtb', settings));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function campaign(adapters: string, adapter: string, settings: string): string {
  return `name: fetched
${adapters}
space: {parameters: [{name: m, type: substance, smiles: {a: CCO, b: CCN}}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: only, adapter: ${adapter}, settings: ${settings}, cost: 1}]
budget: {trials: 2}
`;
}

const ran = (name: string) =>
  access(join(folder, `${name}-ran`)).then(
    () => true,
    () => false,
  );

test.each([
  ['module', 'lab.mjs'],
  ['program', 'program.sh'],
])('validating a file does not run the %s that it names, and says so', async (kind, named) => {
  const quiet = await runCli(['validate', `${kind}.yaml`], { cwd: folder });
  expect(quiet).toMatchObject({ code: 0, stderr: expect.stringMatching(`not run.*${named}.*--trust`) });
  expect(await ran(kind)).toBe(false);
  const trusted = await runCli(['validate', `${kind}.yaml`, '--trust'], { cwd: folder });
  expect(trusted.stderr).not.toContain('not run');
  expect(await ran(kind)).toBe(true);
});

test('programs that trials alone start are named too, without what looks like a secret', async () => {
  const settings = `{command: [${join(folder, 'program.sh')}, --grid, coarse, --token, hunter2hunter2]}`;
  await writeFile(join(folder, 'command.yaml'), campaign('', 'command', settings));
  const { code, stderr } = await runCli(['validate', 'command.yaml'], { cwd: folder });
  expect(stderr).toMatch(/not run by this, but by every trial: .*program\.sh --grid coarse --token \*\*\*/);
  expect(stderr).not.toContain('hunter2');
  expect(code).toBe(0);
  // Another test has had it run by --trust.
  await rm(join(folder, 'program-ran'), { force: true });
  const trusted = await runCli(['validate', 'command.yaml', '--trust'], { cwd: folder });
  expect(trusted.stderr).not.toContain('not run');
  expect(await ran('program')).toBe(false);
});

test('a module that is not there is a fault without being run too', async () => {
  await writeFile(join(folder, 'absent.yaml'), campaign('adapters: [./absent.mjs]', 'lab', '{}'));
  await expect(loadCampaign(join(folder, 'absent.yaml'), { adapters: 'read' })).rejects.toMatchObject({
    faults: [expect.objectContaining({ path: 'adapters[0]' })],
  });
});
