import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import type { Lineage } from '../../../models/pretrained/lineage.js';
import { knownModels } from '../../../scripts/models/known-models.js';
import { callCli, callCliJson, startCli } from '../../support/cli.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { chainRecord, writeTinyTunable } from '../../support/tiny-tunable.js';

const present = await hasOnnxRuntime();
let work: string;
let home: string;
let record: string;
let made = 0;

const env = () => ({ ATHANOR_HOME: home, DATABASE_URL: undefined });
const models = (...args: string[]) => callCli(['models', ...args], { env: env() });
const modelsJson = <T = Made>(...args: string[]) => callCliJson<T>(['models', ...args, '--json'], { env: env() });
const usual = ['--layers', '2', '--epochs', '40', '--rate', '0.03', '--folds', '3', '--as', 'ada'];
const tune = [...['--model', 'tiny'], ...usual];
const networkOf = (name: string) => readFile(path.join(home, 'models', name, 'model.onnx'));
const written = async (given: ReturnType<typeof chainRecord>) => {
  const file = path.join(work, `record${++made}.json`);
  await writeFile(file, JSON.stringify(given));
  return file;
};

interface Made {
  readonly name: string;
  readonly folder: string;
  readonly before: boolean;
  readonly lineage: Lineage;
}

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'athanor-finetune-'));
  record = await written(chainRecord());
  await writeTinyTunable(path.join(work, 'tiny'));
});
afterAll(() => rm(work, { recursive: true, force: true }));
beforeEach(async () => {
  home = path.join(work, `home${++made}`);
  if (present) expect((await models('add', path.join(work, 'tiny'))).code).toBe(0);
});

describe.runIf(present)('models finetune', () => {
  it('goes on from the last chunk after Ctrl-C and kill -9, gives the same bytes as undisturbed, and promotes what foretells better', async () => {
    const undisturbed = await modelsJson('finetune', record, ...tune);
    const { lineage } = undisturbed;
    expect(undisturbed).toMatchObject({ name: 'tiny@1-ft1', before: false, store: null });
    expect(lineage).toMatchObject({
      parent: 'tiny@1',
      labels: { 'earlier campaign before': 10, cheap: 150, exact: 24 },
      refused: 0,
      verdict: 'promoted',
      who: 'ada',
      judged: { against: 'tiny@1', molecules: 24, folds: 3 },
    });
    expect(lineage.judged!.gain).toBeGreaterThan(lineage.judged!.error);
    const bytes = await networkOf('tiny@1-ft1');
    expect(await modelsJson('verify', 'tiny')).toMatchObject([{ name: 'tiny@1-ft1', ok: true }]);
    const card = await readFile(path.join(undisturbed.folder, 'card.md'), 'utf8');
    for (const part of [
      '150 of cheap',
      lineage.dataHash,
      'promoted: log score +',
      '| with random weights |',
      '| gain |',
    ])
      expect(card).toContain(part);
    // The same again is there already.
    expect(await modelsJson('finetune', record, ...tune)).toMatchObject({ name: 'tiny@1-ft1', before: true });

    home = path.join(work, `home${++made}`);
    await models('add', path.join(work, 'tiny'));
    const args = ['models', 'finetune', record, ...tune];
    const first = startCli(args, { env: env() });
    await first.seen(/all values: step/);
    first.child.kill('SIGINT');
    expect(await first.done).toMatchObject({ code: 130, stderr: expect.stringContaining('is kept') });
    const second = startCli(args, { env: env() });
    await second.seen(/without fold 1 of 3: step/);
    second.child.kill('SIGKILL');
    expect(await second.done).toMatchObject({ signal: 'SIGKILL', stderr: expect.stringContaining('goes on from') });
    expect((await readdir(path.join(home, 'models'))).filter((name) => name.includes('-ft'))).toEqual([]);
    const { lineage: last, name } = await modelsJson('finetune', record, ...tune);
    expect(await networkOf(name)).toEqual(bytes);
    expect(last).toEqual({ ...lineage, at: last.at });
    expect(await readdir(path.join(home, 'fine-tuning'))).toEqual([]);
  });

  it('keeps as rejected what is no better, and uses what was used before', async () => {
    const luck = (smiles: string) => Number.parseInt(sha256Of(smiles).slice(0, 4), 16) / 65_536;
    const further = ['C'.repeat(30)];
    const file = await written(chainRecord({ value: luck, cheap: 100, exact: 12, further }));
    const { code, stdout, stderr } = await models('finetune', file, ...tune, '--layers', '1');
    expect([code, stdout]).toEqual([5, expect.stringMatching(/rejected: /)]);
    expect(stderr).toMatch(/1 molecules that the model does not take were left out: .*CCC/);
    expect(await modelsJson('show', 'tiny')).toMatchObject({ name: 'tiny@1' });
    expect(await modelsJson('show', 'tiny@1-ft1')).toMatchObject({
      manifest: { lineage: { verdict: 'rejected', refused: 1 } },
    });
  });

  it('leaves everything as it is where learning loses its way, or cannot begin', async () => {
    const huge = (smiles: string) => (smiles.length % 2 === 0 ? 1.7e308 : 1.6e308);
    const lost = await models('finetune', await written(chainRecord({ before: huge })), ...tune);
    expect(lost).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/no version was made: .*(NaN|Infinity|not finite)/),
    });
    const few = await written(chainRecord({ cheap: 30, exact: 10 }));
    const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
      [few, tune, 2, /50 values are fewer than the 100 .*--even-if-few/],
      [record, [...tune, '--layers', '3'], 2, /3 layers cannot be learned: 'pool2' has 2/],
      [record, [...tune, '--output', 'pool9'], 2, /no output 'pool9'/],
      [record, [...tune, '--on', 'acid'], 2, /'acid' is no substance of the designs \(one of molecule\)/],
      [record, ['--model', 'nobody'], 3, /no model 'nobody'/],
      [path.join(work, 'none.json'), tune, 3, /there is no file/],
    ];
    for (const [file, args, code, said] of cases) {
      const found = await models('finetune', file, ...args);
      expect([found.code, found.stderr]).toEqual([code, expect.stringMatching(said)]);
    }
    expect((await readdir(path.join(home, 'models'))).filter((name) => name.includes('@'))).toEqual(['tiny@1']);
  });

  it('says of a model of graphs that it cannot be fine-tuned', async () => {
    const folder = path.join(home, 'models', 'minimol@1');
    await mkdir(folder);
    const network = new TextEncoder().encode('no network is needed to say so');
    const { manifest } = knownModels[0]!;
    const { golden: _, ...rest } = manifest;
    await writeFile(path.join(folder, manifest.model!), network);
    const own = { ...rest, sha256: { [manifest.model!]: sha256Of(network) } };
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(own));
    expect(await models('finetune', record, '--model', 'minimol')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('model minimol takes structure-graph and cannot be fine-tuned'),
    });
  });
});
