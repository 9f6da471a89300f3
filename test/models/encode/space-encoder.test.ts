import { describe, expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { concatDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';

const space: Space = {
  parameters: [
    { name: 'ligand', type: 'categorical', levels: ['A', 'B'] },
    { name: 'temperature', type: 'continuous', bounds: [20, 120] },
    { name: 'solvent', type: 'substance', smiles: { water: 'O', ethanol: 'CCO' } },
    { name: 'equivalents', type: 'discrete', values: [1, 2, 5] },
    { name: 'cycles', type: 'integer', bounds: [1, 11] },
  ],
  pool: null,
};

describe('space encoder', async () => {
  const encoder = await SpaceEncoder.of(space);
  const designs = [
    { ligand: 'B', temperature: 70, solvent: 'ethanol', equivalents: 2, cycles: 6 },
    { ligand: 'A', temperature: 20, solvent: 'water', equivalents: 5, cycles: 11 },
  ];
  const encoded = encoder.encode(designs);

  it('sorts columns by kind and scales numbers to the unit interval', () => {
    expect([...encoded.numeric]).toEqual([0.5, 0.25, 0.5, 0, 1, 1]);
    expect([...encoded.categories]).toEqual([1, 0]);
    expect([...encoded.substances]).toEqual([1, 0]);
    expect(encoder.encoding.fingerprints).toHaveLength(2);
  });

  it('standardises the descriptors of the molecules over the space', () => {
    const [water, ethanol] = encoder.encoding.descriptors;
    expect(water!.length).toBeGreaterThan(20);
    // Of two molecules, each descriptor that differs is one standard deviation above or below the mean.
    water!.forEach((value, i) => {
      expect(Math.abs(value)).toBeCloseTo(1, 9);
      expect(ethanol![i]!).toBeCloseTo(-value, 9);
    });
  });

  it('selects and joins rows', () => {
    const back = selectDesigns(encoded, [1, 0]);
    expect([...concatDesigns(back, encoded).numeric]).toEqual([0, 1, 1, 0.5, 0.25, 0.5, 0.5, 0.25, 0.5, 0, 1, 1]);
  });

  it('names the parameter that a design lacks', () => {
    expect(() => encoder.encode([{ ligand: 'A' }])).toThrow(/'temperature'/);
  });
});
