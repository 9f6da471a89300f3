import { describe, expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { packedRows } from '../../../models/domain/space-codes.js';
import { codeTable } from '../../../models/encode/code-tables.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { blocksGp } from '../../../models/surrogate/kinds/blocks-gp.js';

const smiles = ['C', 'CC', 'CCC', 'CCCC'];
const numbers: Readonly<Record<string, readonly number[]>> = { C: [1, 10, 7], CC: [3, 20, 7], CCC: [5, 90, 7] };
const column = { kind: 'substances', at: 0 } as const;
const codes = { encoder: 'ladder', of: (one: string) => numbers[one] };

describe('codes of molecules', () => {
  it('are standardised over those of the column, without entries that do not vary, and divided by √width', () => {
    const { width, values } = codeTable(codes, smiles, { column, members: [0, 1, 2] });
    expect(width).toBe(2);
    for (let t = 0; t < width; t++) {
      const column = [0, 1, 2].map((m) => values[m * width + t]! * Math.SQRT2);
      expect(column.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 12);
      expect(column.reduce((sum, z) => sum + z * z, 0) / 3).toBeCloseTo(1, 12);
    }
    // Never held by the column.
    expect([...values.slice(3 * width)]).toEqual([0, 0]);
  });

  it('are masked where a molecule has none, which changes nothing of the others', () => {
    const { masked, ...table } = codeTable(codes, smiles, { column, members: [0, 1, 2, 3] });
    expect([...masked]).toEqual([0, 0, 0, 1]);
    const { masked: __, ...without } = codeTable(codes, smiles, { column, members: [0, 1, 2] });
    expect({ ...table, standardise: null }).toEqual({ ...without, standardise: null });
  });

  it('stand in the columns of a space beside the descriptors, and are blocks of a kernel', async () => {
    const space: Space = {
      parameters: [
        { name: 'time', type: 'continuous', bounds: [0, 1] },
        { name: 'acid', type: 'substance', smiles: { one: 'C', two: 'CC' } },
        { name: 'base', type: 'substance', smiles: { two: 'CC', three: 'CCC' } },
      ],
      pool: null,
    };
    const told = {
      encoder: 'ladder@1',
      output: 'o',
      identity: 'a'.repeat(64),
      reads: 'molecules' as const,
      on: ['base'],
      width: 3,
      keys: ['CC', 'CCC'],
    };
    const coded = { ...space, codes: [{ ...told, rows: packedRows([numbers.CC!, numbers.CCC!]) }] };
    const { encoding } = await SpaceEncoder.of(coded);
    expect(encoding.codes.map(({ encoder, column: { kind, at } }) => [encoder, kind, at])).toEqual([
      ['descriptors', 'substances', 0],
      ['descriptors', 'substances', 1],
      [`ladder@1 o ${'a'.repeat(64)}`, 'substances', 1],
    ]);
    // Of each block: the number, then fingerprints or codes of the substances; and two shares.
    expect(blocksGp(encoding).kernel.hyperparameters).toHaveLength(3 + 3 + 2 + 2);
    expect((await SpaceEncoder.of(space)).encoding.codes).toEqual([]);
  });
});
