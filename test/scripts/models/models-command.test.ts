import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import { callCli, callCliJson } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { tarBytes } from '../../support/tar-bytes.js';
import { tinyManifest, tinyNetwork, tinyVocabulary } from '../../support/tiny-encoder.js';

const network = tinyNetwork();
const vocabulary = new TextEncoder().encode(`${tinyVocabulary.join('\n')}\n`);
const manifest = JSON.stringify(tinyManifest(network, vocabulary));

let work: string;
let home: string;
let made = 0;
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'athanor-models-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));
beforeEach(() => {
  home = path.join(work, `home${++made}`);
});

/** Without a database of this test's surroundings. */
const alone = () => ({ ATHANOR_HOME: home, DATABASE_URL: undefined });
const models = (...args: string[]) => callCli(['models', ...args], { env: alone() });
const modelsJson = <T = unknown>(...args: string[]) => callCliJson<T>(['models', ...args, '--json'], { env: alone() });

async function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  name = `model${++made}`,
): Promise<string> {
  const folder = path.join(work, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
  return folder;
}
const whole = { 'model.onnx': network, 'vocab.txt': vocabulary, 'manifest.json': manifest };

describe('models add', () => {
  it('keeps a model of a folder in a home without a store, once', async () => {
    const folder = await folderOf(whole);
    const added = await modelsJson<{ folder: string }>('add', folder);
    expect(added).toMatchObject({
      name: 'tiny@1',
      added: true,
      store: null,
      looked: expect.stringContaining('hashes'),
    });
    expect((await readdir(added.folder)).sort()).toEqual(['card.md', 'manifest.json', 'model.onnx', 'vocab.txt']);
    expect(await modelsJson('add', folder)).toMatchObject({ added: false });
    expect(await modelsJson('list')).toMatchObject([{ name: 'tiny@1', modality: 'smiles', store: null }]);
    expect(await modelsJson('show', 'tiny')).toMatchObject({ manifest: { recommendedOutput: 'pool1' } });
    expect((await models('show', 'tiny')).stdout).toMatch(/use +pool1/);
    expect(await modelsJson('verify')).toMatchObject([{ name: 'tiny@1', ok: true }]);
    expect(await modelsJson('remove', 'tiny@1')).toEqual({ name: 'tiny@1', home: true, store: false });
    expect((await models('list')).stdout).toBe('no models are kept here; athanor models add\n');
    expect((await models('show', 'tiny')).code).toBe(3);
  });

  it.each(['zip', 'tar.gz'])('takes a %s whose model lies deeper', async (kind) => {
    const entries = Object.entries(whole).map(([name, content]) => ({ name: `some-1.0/inner/${name}`, content }));
    const bytes =
      kind === 'zip'
        ? zipSync(Object.fromEntries(entries.map(({ name, content }) => [name, Buffer.from(content as string)])))
        : gzipSync(tarBytes(entries));
    const file = path.join(work, `tiny${++made}.${kind}`);
    await writeFile(file, bytes);
    expect(await modelsJson('add', file)).toMatchObject({ name: 'tiny@1', added: true });
    expect(await readdir(path.join(home, 'models', '.incoming'))).toEqual([]);
  });

  it('refuses a model that is not what its manifest says, and leaves nothing of it', async () => {
    const golden = { tolerance: 1e-4, vectors: [{ smiles: 'CC', pool1First8: [9, 9] }] };
    const cases: [Record<string, string | Uint8Array>, RegExp][] = [
      [{ ...whole, 'vocab.txt': 'C\n' }, /vocab\.txt has sha256/],
      [
        { ...whole, 'manifest.json': JSON.stringify(tinyManifest(network, vocabulary, { golden })) },
        /pool1 of 'CC' is/,
      ],
      [
        {
          ...whole,
          'manifest.json': JSON.stringify(
            tinyManifest(network, vocabulary, { outputs: { pool1: 'float32 [batch, 4]' } }),
          ),
        },
        /where the manifest says float32 \[batch, 4\]/,
      ],
      [{ ...whole, 'manifest.json': '{"id": "tiny"' }, /manifest\.json cannot be read/],
      [{ 'model.onnx': network, 'manifest.json': manifest }, /vocab\.txt is missing/],
      [{ 'vocab.txt': 'C' }, /no manifest\.json and no \.onnx/],
    ];
    for (const [files, said] of cases) {
      const { code, stderr } = await models('add', await folderOf(files));
      expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
    }
    expect((await readdir(path.join(home, 'models'))).filter((name) => name !== '.incoming')).toEqual([]);
  });

  it('puts a model whose files were changed in the home there again, and not one that is damaged, too', async () => {
    const folder = await folderOf(whole);
    const { folder: kept } = await modelsJson<{ folder: string }>('add', folder);
    await appendFile(path.join(kept, 'model.onnx'), 'x');
    expect(await models('add', await folderOf({ ...whole, 'model.onnx': 'x' }))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('model.onnx has sha256'),
    });
    expect(await models('add', 'tiny@1')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`tiny@1 in ${home} is damaged`),
    });
    expect(await modelsJson('add', folder)).toMatchObject({ added: true });
    expect(await modelsJson('verify')).toMatchObject([{ name: 'tiny@1', ok: true }]);
    await rm(path.join(kept, 'vocab.txt'));
    expect(await modelsJson('add', folder)).toMatchObject({ added: true });
    expect((await readdir(path.join(home, 'models'))).sort()).toEqual(['tiny@1']);
  });

  it('says which is damaged, the source, where the home has the model whole', async () => {
    const { folder } = await modelsJson<{ folder: string }>('add', await folderOf(whole));
    const stays = `tiny@1 in ${folder} is whole, and stays as it is`;
    for (const [files, said] of [
      [{ ...whole, 'model.onnx': 'x' }, /the source is damaged: its model\.onnx has sha256 [0-9a-f]{64}, where/],
      [{ 'model.onnx': network, 'manifest.json': manifest }, /the source is damaged: its vocab\.txt cannot be read/],
    ] as const) {
      const { code, stderr } = await models('add', await folderOf(files));
      expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
      expect(stderr).toContain(stays);
    }
    expect(await modelsJson('verify')).toMatchObject([{ name: 'tiny@1', ok: true }]);
  });

  it('refuses another model of the same name', async () => {
    await models('add', await folderOf(whole));
    const other = tinyNetwork({ seed: 2 });
    const folder = await folderOf({
      ...whole,
      'model.onnx': other,
      'manifest.json': JSON.stringify(tinyManifest(other, vocabulary)),
    });
    expect(await models('add', folder)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('give this one another version'),
    });
  });

  it('describes a source without a manifest by what is told, and lists what is missing', async () => {
    const folder = await folderOf({ 'model.onnx': network, 'vocab.txt': vocabulary });
    const { code, stderr } = await models('add', folder, '--licence', 'MIT');
    expect(code).toBe(2);
    for (const option of ['--name', '--modality', '--max-length', '--pooling'])
      expect(stderr).toContain(`give ${option}`);
    expect(stderr).not.toContain('give --licence');
    const told = [
      '--name',
      'own@2',
      '--licence',
      'MIT',
      '--modality',
      'smiles',
      '--max-length',
      '32',
      '--pooling',
      'mean',
    ];
    expect(await modelsJson('add', folder, ...told)).toMatchObject({
      name: 'own@2',
      looked: expect.stringContaining('3 golden'),
    });
  });

  it('takes an archive of a hash that is told, and no other', async () => {
    const entries = Object.entries(whole).map(([name, content]) => ({ name, content }));
    const [file, bytes] = [path.join(work, `hashed${++made}.tar`), tarBytes(entries)];
    await writeFile(file, bytes);
    expect((await models('add', file, '--sha256', '0'.repeat(64))).stderr).toContain('has not the sha256');
    expect(await modelsJson('add', file, '--sha256', sha256Of(bytes))).toMatchObject({ added: true });
    expect(await models('add', await folderOf(whole), '--sha256', sha256Of(bytes))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--sha256 is that of an archive'),
    });
  });

  it('says what it cannot take', async () => {
    for (const [given, code, said] of [
      ['nothing-here', 2, 'is nothing to add'],
      ['tiny@7', 3, "no model 'tiny@7'"],
      ['http://127.0.0.1:9/x.zip', 4, 'cannot be reached'],
      ['hub:some/model@main', 4, 'cannot be reached'],
    ] as const)
      expect(await models('add', given, '--hub', 'http://127.0.0.1:9')).toMatchObject({
        code,
        stderr: expect.stringContaining(said),
      });
  });
});

describe('models verify', () => {
  it('finds a changed file and a broken manifest, and ends with 5', async () => {
    const { folder } = await modelsJson<{ folder: string }>('add', await folderOf(whole));
    await appendFile(path.join(folder, 'vocab.txt'), 'Xe\n');
    const changed = await models('verify', 'tiny');
    expect(changed).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/DIFFERENT +tiny@1[\s\S]*vocab\.txt has sha256/),
    });
    await writeFile(path.join(folder, 'manifest.json'), '{}');
    expect(await models('verify')).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('its manifest cannot be read'),
    });
    expect((await models('list')).stdout).toContain('cannot be read');
    await rm(path.join(folder, 'vocab.txt'));
    await writeFile(path.join(folder, 'manifest.json'), manifest);
    expect(await models('verify')).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('lacks its file vocab.txt'),
    });
  });
});

describe('models describe', () => {
  it('reads all it can from the files beside a network, as hubs have them', async () => {
    const folder = await folderOf(
      {
        'onnx/model.onnx': network,
        'vocab.txt': vocabulary,
        'tokenizer_config.json': JSON.stringify({ model_max_length: 1e30, pad_token: { content: '[PAD]' } }),
        'config.json': JSON.stringify({ model_type: 'roberta', max_position_embeddings: 34 }),
        '1_Pooling/config.json': JSON.stringify({ pooling_mode_cls_token: true }),
        'README.md': '---\nlicense: mit\n---\n# Tiny\n',
      },
      'tiny@hub',
    );
    const told = await modelsJson<{ manifest: Record<string, unknown> }>('describe', folder, '--modality', 'smiles');
    expect(told.manifest).toMatchObject({
      ...{ id: 'tiny', version: 'hub', licence: 'mit', pooling: 'cls', model: 'onnx/model.onnx' },
      ...{ recommendedOutput: 'last_hidden_state', outputs: { last_hidden_state: 'float32 [batch, tokens, 6]' } },
      tokenizer: { kind: 'smiles-regex+vocab', maxLength: 32, cls: '[CLS]', unknown: '[UNK]' },
      golden: { vectors: [{ input: 'CCO', tokenIds: [1, 4, 4, 7, 2] }, {}, {}] },
    });
    expect(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'))).toEqual(told.manifest);
    expect(await models('describe', folder)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect(await modelsJson('add', folder)).toMatchObject({ name: 'tiny@hub' });
    expect(await readdir(path.join(home, 'models', 'tiny@hub', 'onnx'))).toEqual(['model.onnx']);
  });

  it('asks what an input of an unusual name is for', async () => {
    const folder = await folderOf({ 'model.onnx': tinyNetwork({ ids: 'words' }), 'vocab.txt': vocabulary });
    const told = [
      '--name',
      'n@1',
      '--licence',
      'MIT',
      '--modality',
      'smiles',
      '--max-length',
      '9',
      '--output',
      'pool0',
    ];
    expect((await models('describe', folder, ...told)).stderr).toMatch(/1 fault\n.*what the input 'words' is for/);
    expect(await modelsJson('describe', folder, ...told, '--input-role', 'words=ids')).toMatchObject({
      manifest: { inputRoles: { words: 'ids' }, recommendedOutput: 'pool0' },
    });
    expect(await models('describe', folder, '--input-role', 'words=all')).toMatchObject({ code: 2 });
  });

  it('gives what is missing as JSON', async () => {
    const folder = await folderOf({ 'a.onnx': network, 'b.onnx': network });
    expect(await models('describe', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say which by --model'),
    });
    const { missing } = await modelsJson<{ missing: { path: string }[] }>('describe', folder, '--model', 'a.onnx');
    expect(missing.map(({ path: option }) => option)).toEqual(['--name', '--modality', '--licence', '--pooling']);
  });
});

describe('models that give what is no number, or cannot be run', () => {
  const told = ['--name', 'b@1', '--modality', 'smiles', '--licence', 'none', '--pooling', 'mean', '--max-length', '9'];
  const more = new TextEncoder().encode(`${tinyVocabulary.join('\n')}\nF\n`);
  const cases: readonly [string, Record<string, string | Uint8Array>, string, RegExp][] = [
    ['numbers', { 'model.onnx': tinyNetwork({ nanAt: 4 }), 'vocab.txt': vocabulary }, 'CO', /not finite for 'CO'/],
    ['tokens', { 'model.onnx': network, 'vocab.txt': more }, 'F', /model b cannot be run on 2 texts/],
    ['tokenizer', { 'model.onnx': network, 'tokenizer.json': '{"a"' }, 'C', /tokenizer\.json cannot be read: Expected/],
    ['shape', { 'model.onnx': network, 'tokenizer.json': '[]' }, 'C', /tokenizer\.json cannot be read: it is not what/],
  ];
  it.each(cases)('are refused as input by describe and add: %s', async (_, files, example, said) => {
    const folder = await folderOf(files);
    for (const verb of ['describe', 'add']) {
      const { code, stderr } = await models(verb, folder, ...told, '--example', example);
      expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
    }
  });
});

it('a network that is too large is refused by describe, and not read', async () => {
  const folder = await folderOf({ 'model.onnx': 'x', 'vocab.txt': vocabulary });
  await truncate(path.join(folder, 'model.onnx'), 3 * 2 ** 30);
  const { code, stderr } = await models('describe', folder, '--name', 'big@1', '--modality', 'smiles');
  expect([code, stderr]).toEqual([2, 'athanor: model.onnx has 3221225472 bytes; at most 2147483647 are read\n']);
  await rm(folder, { recursive: true });
});

describe('models of a hub', () => {
  const revision = '0123456789abcdef0123456789abcdef01234567';
  const files: Record<string, Uint8Array> = {
    'manifest.json': new TextEncoder().encode(manifest),
    'model.onnx': network,
    'vocab.txt': vocabulary,
    'model.safetensors': new Uint8Array(10),
  };
  let server: Server;
  let hub: string;
  let asked: string[];
  let spoiled = false;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://hub');
      asked.push(pathname);
      if (pathname.startsWith('/api/models/some/tiny/revision/')) {
        const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
          rfilename,
          size: bytes.length,
          blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
          ...(rfilename.endsWith('.onnx') ? { lfs: { sha256: sha256Of(bytes), size: bytes.length } } : {}),
        }));
        return response.end(JSON.stringify({ sha: revision, siblings }));
      }
      const bytes = files[pathname.replace(`/some/tiny/resolve/${revision}/`, '')];
      if (bytes === undefined) return response.writeHead(404).end();
      response.end(spoiled ? bytes.map((byte) => byte ^ 1) : bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    hub = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  beforeEach(() => {
    [asked, spoiled] = [[], false];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('are fetched at a commit, the files of the model alone', async () => {
    expect(await modelsJson('add', `hub:some/tiny@${revision}`, '--hub', hub)).toMatchObject({
      name: 'tiny@1',
      added: true,
    });
    expect(
      asked
        .filter((name) => name.includes('/resolve/'))
        .map((name) => path.basename(name))
        .sort(),
    ).toEqual(['manifest.json', 'model.onnx', 'vocab.txt']);
  });

  it('are refused at what may change, with the commit that it is now', async () => {
    for (const given of ['hub:some/tiny', 'hub:some/tiny@main'])
      expect(await models('add', given, '--hub', hub)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`hub:some/tiny@${revision}`),
      });
  });

  it('are refused where a file is not what the hub says, and fetched again', async () => {
    spoiled = true;
    const given = ['add', `hub:some/tiny@${revision}`, '--hub', hub];
    expect(await models(...given)).toMatchObject({ code: 2, stderr: expect.stringContaining('it was not kept') });
    spoiled = false;
    expect(await modelsJson(...given)).toMatchObject({ added: true });
  });
});

describe('models in the store', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  it('can be had by every home, are checked, and come off its list', async () => {
    const at = (name: string) => ({ env: { ATHANOR_HOME: path.join(work, name), DATABASE_URL: database.url } });
    const call = <T = unknown>(name: string, ...args: string[]) =>
      callCliJson<T>(['models', ...args, '--json'], at(name));
    // More than what the store keeps in one piece.
    const big = Buffer.alloc(3 * 2 ** 20 + 5, 'athanor');
    const sha256 = { ...tinyManifest(network, vocabulary).sha256, 'more/notes.txt': sha256Of(big) };
    const folder = await folderOf({
      ...whole,
      'more/notes.txt': big,
      'manifest.json': JSON.stringify(tinyManifest(network, vocabulary, { sha256 })),
    });
    expect(await call('a', 'add', folder)).toMatchObject({ added: true, store: 'added' });
    expect(await call('a', 'add', folder)).toMatchObject({ added: false, store: 'there' });
    expect(await call('b', 'list')).toMatchObject([{ name: 'tiny@1', folder: null, store: 'same' }]);
    expect(await call('b', 'add', 'tiny@1')).toMatchObject({ added: true, store: 'there' });
    expect(big.equals(await readFile(path.join(work, 'b/models/tiny@1/more/notes.txt')))).toBe(true);
    expect(await call('b', 'verify')).toMatchObject([{ ok: true, looked: expect.stringContaining('store: hashes') }]);
    const other = tinyNetwork({ seed: 3 });
    const another = await folderOf({
      ...whole,
      'model.onnx': other,
      'manifest.json': JSON.stringify(tinyManifest(other, vocabulary)),
    });
    expect(await callCli(['models', 'add', another], at('c'))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/but not in the store[\s\S]*the store has another model tiny@1/),
    });
    expect(await call('a', 'remove', 'tiny')).toEqual({ name: 'tiny@1', home: true, store: true });
    expect(await call('a', 'list')).toEqual([]);
    expect(await call('c', 'add', 'tiny@1')).toMatchObject({ added: false, store: 'added' });
    expect(await call('b', 'verify').catch((error: Error) => error)).toMatchObject([
      { ok: false, differences: ['the store has another model of that name'] },
    ]);
  });
});
