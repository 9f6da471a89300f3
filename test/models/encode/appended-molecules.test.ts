import { describe, expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { appendedMoleculeFaults } from '../../../models/encode/appended-molecules.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';

const spaceOf = (core: Record<string, string>, base: string[]): Space => ({
  parameters: [
    { name: 'core', type: 'substance', smiles: core },
    { name: 'base', type: 'substance', smiles: base },
  ],
  pool: null,
});
const core = { ethanol: 'CCO', water: 'O' };

describe('molecules that come with new rows', () => {
  it('are new molecules, each in one spelling', async () => {
    // Two spellings in what was there before are nobody's fault now.
    const before = spaceOf(core, ['N', 'OCC', 'CCO']);
    const encoder = await SpaceEncoder.of(before);
    const told = async (more: Record<string, string>, base: string[] = []) => {
      const faults = await appendedMoleculeFaults(encoder, spaceOf({ ...core, ...more }, ['N', 'OCC', 'CCO', ...base]));
      return faults.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(await told({ CCN: 'CCN', CC: 'CC' }, ['CC', 'O'])).toEqual([]);
    expect(await told({ OCC: 'OCC', CCN: 'CCN', NCC: 'NCC' }, ['C(C)(C)(C)(C)C', '[NH3]'])).toEqual([
      "core: 'OCC' is the molecule 'ethanol'",
      "core: 'NCC' is the molecule 'CCN'",
      expect.stringMatching(/^base: 'C\(C\)\(C\)\(C\)\(C\)C' is no molecule: /),
      "base: '[NH3]' is the molecule 'N'",
    ]);
    expect(await appendedMoleculeFaults(encoder, before)).toEqual([]);
    // What an earlier campaign measured beside the space may come with new rows, in its spelling or another.
    const wide = await SpaceEncoder.of(spaceOf({ ...core, CCN: 'CCN' }, ['N', 'OCC', 'CCO', 'CC']));
    const grown = spaceOf({ ...core, NCC: 'NCC' }, ['N', 'OCC', 'CCO', 'CC']);
    expect(await appendedMoleculeFaults(wide, grown, before)).toEqual([]);
  });

  it('are encoded beside those that were there, as all of them would be at once', async () => {
    const before = await SpaceEncoder.of(spaceOf(core, ['N']));
    const grown = spaceOf({ ...core, c1ccccc1: 'c1ccccc1' }, ['N', 'CCO']);
    const [alone, beside] = [await SpaceEncoder.of(grown), await SpaceEncoder.of(grown, before)];
    expect(beside.encoding).toEqual(alone.encoding);
    expect(beside.meaning).toBe(alone.meaning);
    expect(before.meaning).not.toBe(alone.meaning);
    // Of two lists the second begins elsewhere now: its molecules have other places.
    expect(beside.encodesLike(before)).toBe(false);
    const one = (smiles: string[]) =>
      SpaceEncoder.of({ parameters: [{ name: 'm', type: 'substance', smiles }], pool: null });
    expect((await one(['CCO', 'N', 'C'])).encodesLike(await one(['CCO', 'N']))).toBe(true);
  });
});
