import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homeModels, named, placeModel } from '../../../scripts/models/home-models.js';
import { tinyBundle } from '../../support/tiny-encoder.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'athanor-home-models-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const takeAll = async () => undefined;

/** Puts a bundle into the home. */
async function place(bundle: ReturnType<typeof tinyBundle>, check: () => Promise<void> = takeAll) {
  return placeModel(
    home,
    bundle.manifest,
    async function* (name) {
      yield bundle.files.get(name)!;
    },
    check,
  );
}

describe('placeModel', () => {
  it('takes what another command was quicker with, if it is the same model', async () => {
    const same = () => place(tinyBundle()).then(() => undefined);
    expect(await place(tinyBundle(), same)).toMatchObject({ added: false });
    expect((await homeModels(home)).map(({ name }) => name)).toEqual(['tiny@1']);
    const other = () => place(tinyBundle({ seed: 2 })).then(() => undefined);
    await expect(place(tinyBundle({ seed: 3 }, { version: '2' }), takeAll)).resolves.toMatchObject({ added: true });
    await rm(path.join(home, 'models', 'tiny@1'), { recursive: true });
    await expect(place(tinyBundle(), other)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readdir(path.join(home, 'models'))).toEqual(['tiny@1', 'tiny@2']);
  });

  it('leaves nothing of what is refused, and clears away what was begun long ago alone', async () => {
    const refuse = () => Promise.reject(new Error('no'));
    await expect(place(tinyBundle(), refuse)).rejects.toThrow('no');
    expect(await readdir(path.join(home, 'models'))).toEqual([]);
    for (const name of ['.new-1-old', '.new-2-now']) await mkdir(path.join(home, 'models', name));
    await utimes(path.join(home, 'models', '.new-1-old'), 1, 1);
    await place(tinyBundle());
    expect((await readdir(path.join(home, 'models'))).sort()).toEqual(['.new-2-now', 'tiny@1']);
  });
});

describe('named', () => {
  const all = ['a@1', 'a@2', 'b@1'].map((name) => ({ name }));

  it('finds a model by its name, without its version where there is one alone', () => {
    expect(named(all, 'a@2', 'here').name).toBe('a@2');
    expect(named(all, 'b', 'here').name).toBe('b@1');
    expect(() => named(all, 'a', 'here')).toThrow("'a' may be several models; there are a@1, a@2");
    expect(() => named(all, 'c', 'here')).toThrow("no model 'c' in here; there are a@1, a@2, b@1");
    expect(() => named([], 'c', 'here')).toThrow('there is none at all');
  });
});
