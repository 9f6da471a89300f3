import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '../../../activities/store/client.js';
import { findModel, saveBundle } from '../../../activities/store/model.js';
import { modelIdentity } from '../../../models/pretrained/bundle.js';
import { trainingModels } from '../../../scripts/durable/training-models.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { tinyBundle } from '../../support/tiny-encoder.js';

const tiny = tinyBundle();
const other = tinyBundle({ seed: 2 }, { version: '2' });

let database: TestDatabase;
let store: Store;
let work: string;
const said: string[] = [];
const log = (line: string) => void said.push(line);
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 2 });
  work = await mkdtemp(path.join(tmpdir(), 'athanor-training-'));
  for (const model of [tiny, other]) await saveBundle(store, model);
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  await rm(work, { recursive: true, force: true });
});

const stored = async ({ manifest }: typeof tiny) => (await findModel(store.query, modelIdentity(manifest)))!;
const inHome = (home: string) => readdir(path.join(home, 'models')).catch(() => []);

it('brings a model into the home that lacks it, once for all who ask, and again where it is damaged', async () => {
  const home = path.join(work, 'empty');
  const modelHere = trainingModels(home, store, log);
  const wanted = await stored(tiny);
  const both = await Promise.all([modelHere(wanted), modelHere(wanted)]);
  for (const found of both)
    for (const [name, bytes] of tiny.files) expect(Buffer.compare(found!.files.get(name)!, bytes)).toBe(0);
  expect(await inHome(home)).toEqual(['tiny@1']);
  expect(said.splice(0)).toEqual([
    expect.stringMatching(/^tiny@1, which is to be fine-tuned, is brought from the store/),
  ]);
  await modelHere(wanted);
  expect(said).toEqual([]);
  await appendFile(path.join(home, 'models', 'tiny@1', 'model.onnx'), 'x');
  const mended = await modelHere(wanted);
  expect(Buffer.compare(mended!.files.get('model.onnx')!, tiny.files.get('model.onnx')!)).toBe(0);
  expect(said.splice(0)).toHaveLength(1);
});

it('leaves to the store what would make a name mean two, versions of campaigns, and what a home cannot keep', async () => {
  const home = path.join(work, 'first');
  await trainingModels(home, store, log)(await stored(tiny));
  said.length = 0;
  expect(await trainingModels(home, store, log)(await stored(other))).toBeNull();
  expect(await inHome(home)).toEqual(['tiny@1']);
  const version = await stored(other);
  const lineage = {} as NonNullable<typeof version.manifest.lineage>;
  const tuned = { ...version, manifest: { ...version.manifest, lineage } };
  expect(await trainingModels(path.join(work, 'none'), store, log)(tuned)).toBeNull();
  expect(said).toEqual([]);
  const file = path.join(work, 'a file');
  await writeFile(file, '');
  expect(await trainingModels(file, store, log)(await stored(tiny))).toBeNull();
  expect(said).toEqual([expect.stringMatching(/^tiny@1 is read from the store, as it cannot be kept in .*a file: /)]);
});
