import { describe, expect, it } from 'vitest';
import { parameterSchema } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { codesKey, packedRows } from '../../../models/domain/space-codes.js';
import { encodeMolecules } from '../../../models/encode/encodings.js';
import type { EncodedMolecule } from '../../../models/encode/molecules.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { RadialBlock } from '../../../models/kernel/radial-block.js';

const smiles = ['CCO', 'CCCO', 'CC(C)O', 'c1ccccc1O', 'CCN'];
const encoder = {
  encoder: 'tiny@1',
  output: 'pool1',
  identity: 'a'.repeat(64),
  reads: 'molecules' as const,
  on: ['solvent'],
};
const codeOf = (one: string) => [one.length, one.length ** 2 % 7, one.includes('c') ? 1 : -1];
const space = (coded: readonly string[]): Space => ({
  parameters: [
    parameterSchema.parse({ name: 'solvent', type: 'substance', smiles }),
    parameterSchema.parse({ name: 't', type: 'continuous', bounds: [0, 10] }),
  ],
  pool: null,
  codes: [{ ...encoder, width: 3, keys: [...coded], rows: packedRows(coded.map(codeOf)) }],
});
const strangers = async (...some: string[]) =>
  new Map([...(await encodeMolecules(some))].map(([one, encoded]) => [one, encoded as EncodedMolecule]));
const codes = (known: readonly string[]) => [
  {
    encoder: codesKey(encoder),
    of: (one: string) => (known.includes(one) ? codeOf(one) : undefined),
  },
];
const designs = [
  { solvent: 'CCO', t: 3 },
  { solvent: 'CCCCCO', t: 12 },
  { solvent: 'CCCCN', t: 3 },
];

describe('molecules that a space has not', () => {
  it('stand in its columns, which stay as they are', async () => {
    const own = await SpaceEncoder.of(space(smiles));
    const encoded = own.encodeBeyond(designs, await strangers('CCCCCO', 'CCCCN'), codes(['CCCCCO']));
    expect(encoded.encoding.fingerprints.slice(0, 5)).toEqual(own.encoding.fingerprints);
    expect([...encoded.substances]).toEqual([0, 5, 6]);
    expect([...encoded.numeric]).toEqual([0.3, 1.2, 0.3]);
    const [before, after] = [own.encoding.descriptors[0]!, encoded.encoding.descriptors[0]!];
    expect(after.values.subarray(0, before.values.length)).toEqual(before.values);
    // One that the space has is told of by the same numbers when it comes as a stranger to another space.
    const without = await SpaceEncoder.of({ ...space([]), codes: [] });
    expect(without.encodeBeyond(designs.slice(0, 1), new Map())).toEqual(without.encode(designs.slice(0, 1)));
    expect(() => own.encodeBeyond([{ solvent: 'CCCCC', t: 1 }], new Map())).toThrow(/'CCCCC' is not encoded/);
  });

  it('are as near to others as kernels would find them within the space', async () => {
    const small = await SpaceEncoder.of({ ...space(smiles), codes: [] });
    const beyond = small.encodeBeyond(designs, await strangers('CCCCCO', 'CCCCN'));
    const kernel = new RadialBlock(small.encoding, 'matern32');
    const theta = kernel.hyperparameters.map(() => 0);
    const known = small.encode([designs[0]!, { solvent: 'CCN', t: 3 }]);
    const found = kernel.cross(theta, beyond, known);
    const parameters = [
      parameterSchema.parse({ name: 'solvent', type: 'substance', smiles: [...smiles, 'CCCCCO', 'CCCCN'] }),
      small.space.parameters[1]!,
    ];
    const wide = await SpaceEncoder.of({ parameters, pool: null });
    const same = new RadialBlock(wide.encoding, 'matern32');
    expect(found).toEqual(
      same.cross(theta, wide.encode(designs), wide.encode([designs[0]!, { solvent: 'CCN', t: 3 }])),
    );
  });

  it.each([
    ['all of the space have codes', smiles],
    ['some of the space are masked', smiles.slice(0, 4)],
  ])('are masked where an encoder tells nothing of them: %s', async (_, coded) => {
    const own = await SpaceEncoder.of(space(coded));
    const at = own.encoding.codes.findIndex(({ encoder: name }) => name.startsWith('tiny'));
    const encoded = own.encodeBeyond(designs, await strangers('CCCCCO', 'CCCCN'), codes(['CCCCCO']));
    const [before, after] = [own.encoding.codes[at]!, encoded.encoding.codes[at]!];
    expect(after.width).toBe(before.width);
    expect([...after.masked]).toEqual([...smiles.map((one) => (coded.includes(one) ? 0 : 1)), 0, 1]);
    const kernel = new RadialBlock(own.encoding, 'matern52', { substances: [], codes: [at] });
    const theta = kernel.hyperparameters.map(() => 0);
    const [first] = kernel.cross(theta, encoded, own.encode(designs.slice(0, 1))).slice(2);
    expect(first).toBeLessThan(0.9);
    expect(first).toBeGreaterThan(0);
    // The very same code is no distance.
    const twin = own.encodeBeyond([{ solvent: 'OCC', t: 3 }], await strangers('OCC'), [
      { ...codes([])[0]!, of: () => codeOf('CCO') },
    ]);
    expect(kernel.cross(theta, twin, own.encode(designs.slice(0, 1)))[0]).toBe(1);
  });
});
