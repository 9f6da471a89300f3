import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelLimits } from '../../../scripts/models/limits.js';
import { unpackArchive } from '../../../scripts/models/unpack.js';
import { type TarEntry, tarBytes } from '../../support/tar-bytes.js';

let work: string;
let made = 0;
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'athanor-unpack-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

type Kind = 'zip' | 'tar' | 'tar.gz';
const kinds: readonly Kind[] = ['zip', 'tar', 'tar.gz'];

function packed(kind: Kind, entries: readonly TarEntry[]): Uint8Array {
  if (kind !== 'zip') return kind === 'tar' ? tarBytes(entries) : gzipSync(tarBytes(entries));
  return zipSync(Object.fromEntries(entries.map(({ name, content = '' }) => [name, Buffer.from(content as string)])));
}

async function unpack(bytes: Uint8Array, limits = modelLimits): Promise<string> {
  const [file, folder] = [path.join(work, `a${++made}`), path.join(work, `f${made}`)];
  await writeFile(file, bytes);
  await mkdir(folder);
  await unpackArchive(file, folder, limits);
  return folder;
}

const below = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

describe.each(kinds)('unpackArchive of a %s', (kind) => {
  it('takes what may belong to a model and passes over the rest', async () => {
    const big = Buffer.alloc(300_000, 'athanor');
    const folder = await unpack(
      packed(kind, [
        { name: 'pack/model.onnx', content: big },
        { name: 'pack/vocab.txt', content: 'C\n' },
        { name: 'pack/run.py', content: 'raise' },
        { name: 'pack/LICENSE', content: 'MIT' },
      ]),
    );
    expect(await below(folder)).toEqual(['pack', 'pack/LICENSE', 'pack/model.onnx', 'pack/vocab.txt']);
    expect(big.equals(await readFile(path.join(folder, 'pack/model.onnx')))).toBe(true);
  });

  it.each(['../evil.json', '/etc/evil.json', 'a/../../evil.json', 'a\\..\\evil.json'])(
    'refuses the entry %s, which leads out of the folder',
    async (name) => {
      const entries = [{ name, content: '{}' }];
      await expect(unpack(packed(kind, entries))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect((await below(work)).filter((file) => file.endsWith('evil.json'))).toEqual([]);
    },
  );

  it('refuses files that are too large, and too many of them', async () => {
    const entries = [
      { name: 'model.onnx', content: Buffer.alloc(5_000) },
      { name: 'code.py', content: Buffer.alloc(5_000) },
    ];
    const bytes = packed(kind, entries);
    await expect(unpack(bytes, { ...modelLimits, fileBytes: 4_999 })).rejects.toThrow(/has more than 4999 bytes/);
    await expect(unpack(bytes, { ...modelLimits, entries: 1 })).rejects.toThrow(/more than 1 entries/);
    await expect(unpack(bytes, { ...modelLimits, totalBytes: 4_999 })).rejects.toThrow(
      /unpacks to more than 4999 bytes/,
    );
  });

  it('refuses one that was cut short', async () => {
    const random = Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255));
    const bytes = packed(kind, [{ name: 'model.onnx', content: random }]);
    await expect(unpack(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/cannot be read/),
    });
  });
});

describe('unpackArchive', () => {
  it.each(['zip', 'tar.gz'] as const)('refuses a %s that grows without measure', async (kind) => {
    const bytes = packed(kind, [{ name: 'model.onnx', content: Buffer.alloc(2 ** 25) }]);
    expect(bytes.length).toBeLessThan(2 ** 17);
    await expect(unpack(bytes)).rejects.toThrow(/more than 200 times its size|cannot be read/);
  });

  it('follows no links', async () => {
    const folder = await unpack(
      tarBytes([
        { name: 'manifest.json', linkTo: '/etc/passwd' },
        { name: 'vocab.txt', content: 'C' },
      ]),
    );
    expect(await below(folder)).toEqual(['vocab.txt']);
  });

  it('refuses what is no archive', async () => {
    await expect(unpack(Buffer.from('hello'))).rejects.toThrow('it is no .zip, .whl, .tar or .tar.gz');
  });
});
