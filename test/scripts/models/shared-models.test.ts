import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { artefactSize } from '../../../activities/store/artefact.js';
import { lackingCodes } from '../../../activities/store/code.js';
import { listModels } from '../../../activities/store/model.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import { unpackedRows } from '../../../models/domain/space-codes.js';
import { modelIdentity } from '../../../models/pretrained/bundle.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { filesFor } from '../../../scripts/models/campaign-models.js';
import { withSharedCodes } from '../../../scripts/models/store-codes.js';
import { version } from '../../../scripts/version.js';
import { callCli } from '../../support/cli.js';
import { writeModel } from '../../support/models-folder.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { tinyBundle } from '../../support/tiny-encoder.js';
import { type DurableHost, durableHost } from '../../workflows/durable-host.js';

const present = await hasOnnxRuntime();
const tiny = tinyBundle();
const of = { identity: modelIdentity(tiny.manifest), output: 'pool1', program: version() };
const inputOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);

let host: DurableHost;
let work: string;
let file: string;
const homeOf = (name: string) => path.join(work, name);
const at = (name: string) => ({
  env: {
    ATHANOR_HOME: homeOf(name),
    DATABASE_URL: host.settings.databaseUrl,
    TEMPORAL_ADDRESS: host.settings.temporalAddress,
  },
});

beforeAll(async () => {
  if (!present) return;
  work = await mkdtemp(path.join(tmpdir(), 'athanor-shared-'));
  host = await durableHost({ worker: false });
  await writeFile(path.join(work, 'pool.csv'), 'amine,y\nC,1\nCC,2\nCCO,3\nF,4\n');
  file = path.join(work, 'coded.yaml');
  await writeFile(
    file,
    `
name: coded
space: {pool: {file: pool.csv, designColumns: [{name: amine, type: substance}]}}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
budget: {trials: 3}
encoders: [{model: tiny}]
`,
  );
});
afterAll(async () => {
  if (!present) return;
  await host?.close();
  await rm(work, { recursive: true, force: true });
});

it.runIf(present)(
  'a campaign that is run has the store keep its models and codes, from which another home has both',
  async () => {
    const model = path.join(work, 'model');
    await writeModel(model, tiny);
    expect((await callCli(['models', 'add', model, '--home-only'], at('a'))).code).toBe(0);
    expect(await callCli(['run', file, '--id', host.id('first'), '--detach'], at('a'))).toMatchObject({ code: 0 });
    expect((await listModels(host.store.query)).map(({ identity }) => identity)).toEqual([of.identity]);
    for (const sha of Object.values(tiny.manifest.sha256))
      expect(await artefactSize(host.store.query, sha)).toBeGreaterThan(0);
    expect(await lackingCodes(host.store.query, of, ['C', 'CC', 'CCO', 'N'].map(inputOf))).toEqual([inputOf('N')]);

    // As no encoder would give it, so that it is seen where codes come from; another is damaged, and made anew.
    const [row] = await host.store.query('SELECT record FROM code WHERE input = $1', [inputOf('CC')]);
    const planted = Buffer.from(row!.record as Buffer);
    planted.writeFloatLE(42, 20);
    createHash('sha256')
      .update(planted.subarray(0, -4))
      .digest()
      .copy(planted, planted.length - 4, 0, 4);
    await host.store.query('UPDATE code SET record = $2 WHERE input = $1', [inputOf('CC'), planted]);
    await host.store.query(`UPDATE code SET record = record || '\\x00' WHERE input = $1`, [inputOf('C')]);
    expect((await callCli(['models', 'add', 'tiny@1'], at('b'))).code).toBe(0);
    expect(await callCli(['run', file, '--id', host.id('second'), '--detach'], at('b'))).toMatchObject({ code: 0 });
    const codesOf = async (name: string) => {
      const [codes] = (await host.control.record(host.id(name))).campaign.space.codes!;
      return unpackedRows(codes!);
    };
    const [first, second] = [await codesOf('first'), await codesOf('second')];
    expect(second.get('CC')![0]).toBe(42);
    for (const key of ['C', 'CCO']) expect(second.get(key)).toEqual(first.get(key));

    // What stands at home is given to a store that lacks it, and goes with the model.
    await host.store.query('DELETE FROM coder');
    expect((await callCli(['run', file, '--id', host.id('third'), '--detach'], at('b'))).code).toBe(0);
    expect(await lackingCodes(host.store.query, of, ['C', 'CC', 'CCO'].map(inputOf))).toEqual([]);
    expect((await callCli(['models', 'remove', 'tiny'], at('b'))).code).toBe(0);
    expect(await host.store.query('SELECT 1 FROM code')).toEqual([]);
  },
);

it.runIf(present)('a store that does not answer is passed over when values are encoded, with a line', async () => {
  const notes: string[] = [];
  const note = (line: string) => void notes.push(line);
  const home = homeOf('c');
  await writeModel(path.join(home, 'models', 'tiny@1'), tiny);
  const away = { databaseUrl: 'postgres://nobody@127.0.0.1:9/none' };
  const { space } = await withSharedCodes(away, note, (share) => loadCampaign(file, { home, share, onNote: note }));
  expect(space.codes![0]!.keys).toEqual(['C', 'CC', 'CCO', 'F']);
  expect(notes.filter((line) => line.startsWith('no codes are shared: PostgreSQL does not answer'))).toHaveLength(1);
});

it.runIf(present)('of a model whose file was changed or lost nothing is kept', async () => {
  const folder = homeOf('damaged');
  const another = tinyBundle({ seed: 9 }, { version: '2' });
  const model = { name: 'tiny@2', folder, manifest: another.manifest };
  await mkdir(folder);
  await writeModel(folder, another);
  await appendFile(path.join(folder, 'model.onnx'), 'x');
  await expect(host.control.keepModel(filesFor(model))).rejects.toThrow(/model\.onnx of model tiny@2 has sha256/);
  await rm(path.join(folder, 'model.onnx'));
  await expect(host.control.keepModel(filesFor(model))).rejects.toThrow(/model\.onnx of model tiny@2 in .* cannot be/);
  const damaged = new Uint8Array([...another.files.get('model.onnx')!, 'x'.charCodeAt(0)]);
  for (const sha of [another.manifest.sha256['model.onnx']!, sha256Of(damaged)])
    expect(await artefactSize(host.store.query, sha)).toBeNull();
  expect((await listModels(host.store.query)).map(({ manifest }) => manifest.version)).not.toContain('2');
});
