import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, pageText, tableOf } from '../support/page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const text = pageText('docs/extending.md');
/** Folders and files that a build and its tests need. */
const copied = [
  'workflows',
  'activities',
  'models',
  'lab-adapters',
  'scripts',
  'dashboard',
  'test',
  'docs',
  'examples',
  '.github',
];
const settings = [
  'README.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.test.json',
  'vitest.config.ts',
];

let folder: string;

/** A file with the changes of a diff block, whose lines stand together in it once. */
function changed(file: string, diff: string, source: string): string {
  const side = (sign: string) =>
    diff
      .split('\n')
      .filter((line) => line !== '' && (line.startsWith(' ') || line.startsWith(sign)))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  expect(source.split(side('-')).length, `the lines of ${file} that an example changes`).toBe(2);
  return source.replace(side('-'), () => side('+'));
}

async function apply({ language, info, text: body }: Block): Promise<void> {
  const file = path.join(folder, info);
  await mkdir(path.dirname(file), { recursive: true });
  if (language === 'diff') return writeFile(file, changed(info, body, await readFile(file, 'utf8')));
  if (language !== 'from') return writeFile(file, body);
  // As a file of the tests, which stands as deep as one of `models/surrogate`.
  const given = await readFile(path.join(root, body.trim()), 'utf8');
  return writeFile(file, given.replaceAll("'../../models/", "'../../"));
}

/** A file as CONTRIBUTING names it. */
const placeOf = (file: string, name: string) =>
  file === name ? file : file.replace(name, 'NAME').replace(/\d{6}-NAME/, 'NNNNNN-NAME');

const filter = (source: string) => !/\/(node_modules|html)$/.test(source);

/** Runs a program of node_modules or of the copy; what it printed where it fails. */
const node = (...args: string[]) =>
  run(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`node ${args.join(' ')}:\n${error.stdout}\n${error.stderr}`);
    },
  );
const program = (name: string, file: string) => path.join(root, 'node_modules', name, file);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-extended-'));
  for (const name of [...copied, ...settings])
    await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const block of blocksOf(text)) if (block.info !== '') await apply(block);
  await node(program('typescript', 'bin/tsc'), '-p', 'tsconfig.json');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the examples of docs/extending', () => {
  it('touch the places that CONTRIBUTING lists, and no others', () => {
    const listed = tableOf(pageText('CONTRIBUTING.md'), 'new').map(([name = '', places = '']) => ({
      name,
      places: [...places.matchAll(/`([\w./-]*NAME[\w./-]*|[\w./-]+\.\w+)`/g)].map(([, place = '']) => place).sort(),
    }));
    const sections = text.split(/^## (?:A|An) /m).slice(1, -1);
    const names = 'rough-gp|trained-member|ordinal|kettle|lab.yaml|in-turns|other-goal|within-bounds|delivery';
    for (const section of sections) {
      const title = section.slice(0, section.indexOf('\n'));
      const name = new RegExp(`^\`\`\`\\w+ .*(${names})\\b`, 'm').exec(section)![1]!;
      const touched = new Set(blocksOf(`\n${section}`).map(({ info }) => placeOf(info, name)));
      const wanted = listed.find((row) => row.name.startsWith(title));
      expect(wanted, `a row of CONTRIBUTING for '${title}'`).toBeDefined();
      expect([...touched].sort(), title).toEqual(wanted!.places);
    }
    expect(sections).toHaveLength(names.split('|').length);
  });

  it('keep the laws', async () => {
    const tests = ['models/surrogate/laws', 'models/surrogate/kinds/rough-gp', 'models/domain/parameters/ordinal']
      .concat([
        'models/strategy/rules/in-turns',
        'models/strategy/rules/other-goal',
        'models/strategy/rules/within-bounds',
      ])
      .concat(['models/surrogate/kinds/trained-member', 'workflows/delivery'])
      .concat(['lab-adapters/kettle', 'readme', 'architecture'])
      .map((name) => `test/${name}.test.ts`);
    const named =
      'rough-gp|ordinal|kettle|in-turns|goal|bound|approved|ensemble|each type of parameter|imports|have a test file each';
    const { stdout } = await node(program('vitest', 'vitest.mjs'), 'run', ...tests, '-t', named, '--reporter=verbose');
    for (const name of [
      'laws of surrogate rough-gp',
      'laws of an adapter: kettle',
      'each type of parameter',
      'ordinal',
      'the rule in-turns',
      'goes after the second objective',
      'keeps away from where a bound is broken',
      'is waited for until it is approved',
      'is a member of its ensemble',
    ])
      expect(stdout).toContain(name);
  });

  it('make a campaign that runs, and whose proposals can be computed again', async () => {
    const home = path.join(folder, 'home');
    const cli = (...args: string[]) => node('dist/scripts/cli.js', ...args);
    const { stdout } = await cli(
      'simulate',
      'tea.yaml',
      '--json',
      '--save',
      'runs',
      '--report',
      path.join(home, 'tea.html'),
    );
    const { seeds } = JSON.parse(stdout) as { seeds: { trials: { design: { cut: string }; value: number }[] }[] };
    expect(seeds[0]!.trials).toHaveLength(10);
    expect(new Set(seeds[0]!.trials.map(({ design }) => design.cut)).size).toBeGreaterThan(1);
    await cli('verify', 'runs/seed-3.json');
    expect((await cli('lab', 'check', 'lab.yaml')).stdout).toMatch(/stove/);
    // Of the others what the examples are about: weights, a goal of their own, a bound.
    const others = ['trained', 'two-goals', 'mild'].map(async (name) => {
      await cli('simulate', `${name}.yaml`, '--save', `runs-${name}`, '--report', path.join(home, `${name}.html`));
      await cli('verify', `runs-${name}/seed-3.json`);
      return JSON.parse(await readFile(path.join(folder, `runs-${name}/seed-3.json`), 'utf8')) as object;
    });
    const [trained, goals, mild] = (await Promise.all(others)).map((record) => JSON.stringify(record));
    expect(trained).toMatch(/"artefact":"[0-9a-f]{64}"/);
    expect(goals).toMatch(/"bitterness"/);
    expect(mild).toMatch(/"bitterness"/);
    const { stdout: next } = await cli('suggest', 'tea.yaml', '-n', '2');
    expect(next).toMatch(/cut=(leaf|broken|dust)/);
  });
});
