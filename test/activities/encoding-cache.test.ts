import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDecidePool } from '../../activities/decide-pool.js';
import { encodingCache, useEncodingFolder } from '../../activities/encoding-cache.js';
import { type EncodedMolecule, loadMolecules } from '../../models/encode/molecules.js';
import { someCampaign } from '../support/campaigns.js';

const smiles = ['CCO', 'c1ccccc1', 'C[C@H](N)C(=O)O', 'CC(=O)Oc1ccccc1C(=O)O'];
let encodings: EncodedMolecule[];
let folder: string;
beforeEach(async () => {
  const molecules = await loadMolecules();
  encodings = await Promise.all(smiles.map((one) => molecules.encode(one)));
  folder = await mkdtemp(join(tmpdir(), 'athanor-encodings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const onlyFile = async (at: string) => {
  const [name] = await readdir(at);
  return join(at, name!);
};

describe('encodings kept in files', () => {
  it('come back to the last bit, for these molecules in this order alone', async () => {
    const own = join(folder, 'made', 'here');
    await encodingCache(own).write(smiles, encodings);
    expect(await encodingCache(own).read(smiles)).toEqual(encodings);
    expect(await encodingCache(own).read([...smiles].reverse())).toBeNull();
    expect(await encodingCache(own).read(smiles.slice(1))).toBeNull();
  });

  it('are for this user alone, and nothing else is left', async () => {
    const own = join(folder, 'own');
    await encodingCache(own).write(smiles, encodings);
    expect(await readdir(own)).toHaveLength(1);
    expect((await stat(own)).mode & 0o777).toBe(0o700);
    expect((await stat(await onlyFile(own))).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (file: string, text: string) => Promise<unknown>]>([
    ['cut short', (file, text) => writeFile(file, text.slice(0, -20))],
    ['empty', (file) => writeFile(file, '')],
    ['of one other digit', (file, text) => writeFile(file, text.replace(/(.*\n.*?)0\.(\d)/, '$11.$2'))],
    [
      'of other molecules',
      async (file) => {
        await encodingCache(join(folder, 'other')).write([...smiles].reverse(), [...encodings].reverse());
        await copyFile(await onlyFile(join(folder, 'other')), file);
      },
    ],
    [
      'with a hash of its own, but no encodings',
      (file, text) => {
        const body = '[1,2,3,4]';
        const head = JSON.parse(text.split('\n')[0]!) as object;
        return writeFile(
          file,
          `${JSON.stringify({ ...head, sha256: createHash('sha256').update(body).digest('hex') })}\n${body}`,
        );
      },
    ],
    [
      'behind a link',
      async (file, text) => {
        await rm(file);
        await writeFile(join(folder, 'elsewhere'), text);
        await symlink(join(folder, 'elsewhere'), file);
      },
    ],
    [
      'a pipe',
      async (file) => {
        await rm(file);
        execFileSync('mkfifo', [file]);
      },
    ],
  ])('are not believed where the file is %s', async (_, spoil) => {
    const own = join(folder, 'own');
    await encodingCache(own).write(smiles, encodings);
    const file = await onlyFile(own);
    await spoil(file, await readFile(file, 'utf8'));
    expect(await encodingCache(own).read(smiles)).toBeNull();
    await encodingCache(own).write(smiles, encodings);
    expect(await encodingCache(own).read(smiles)).toEqual(encodings);
  });

  it('are not kept, without an error, where no folder can be made', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const place of [join(folder, 'file', 'below'), '/proc/nope/encodings']) {
      await encodingCache(place).write(smiles, encodings);
      expect(await encodingCache(place).read(smiles)).toBeNull();
    }
  });

  it('take up no more room than they may; what was not read for longest goes', async () => {
    const sets = [smiles, smiles.slice(0, 3), smiles.slice(1)];
    await encodingCache(folder).write(sets[0]!, encodings);
    const first = await onlyFile(folder);
    const { size } = await stat(first);
    await utimes(first, 1, 1);
    await encodingCache(folder, 2 * size).write(sets[1]!, encodings.slice(0, 3));
    expect(await readdir(folder)).toHaveLength(2);
    // Read, and so newer than the other.
    expect(await encodingCache(folder, 2 * size).read(sets[0]!)).toEqual(encodings);
    for (const name of await readdir(folder)) if (join(folder, name) !== first) await utimes(join(folder, name), 2, 2);
    await encodingCache(folder, 2 * size).write(sets[2]!, encodings.slice(1));
    expect(await encodingCache(folder).read(sets[0]!)).not.toBeNull();
    expect(await encodingCache(folder).read(sets[1]!)).toBeNull();
    await encodingCache(folder, size / 2).write(smiles.slice(0, 1), encodings.slice(0, 1));
    expect((await readdir(folder)).length).toBeLessThan(2);
  });

  it('are made by a decision thread in the folder of the process', async () => {
    const own = join(folder, 'home', 'encodings');
    useEncodingFolder(own);
    const pool = createDecidePool(1);
    try {
      const chains = Array.from({ length: 120 }, (_, i) => `${'C'.repeat(1 + i)}O`);
      const campaign = someCampaign({}, { parameters: [{ name: 'm', type: 'substance', smiles: chains }], pool: null });
      await pool.decide({ campaign, trials: [], pending: [], count: 1, round: 1, remainingCost: null });
      expect(await readdir(own)).toHaveLength(1);
    } finally {
      useEncodingFolder(null);
      await pool.close();
    }
  });
});
