import { describe, expect, it } from 'vitest';
import { parameterSchema } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { codesKey, joinedKey, packedRows, type SpaceCodes } from '../../../models/domain/space-codes.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { RadialBlock } from '../../../models/kernel/radial-block.js';
import { blocksGp } from '../../../models/surrogate/kinds/blocks-gp.js';

const parameters = [
  parameterSchema.parse({ name: 'acid', type: 'substance', smiles: { one: 'CC(=O)O', two: 'OC=O' } }),
  parameterSchema.parse({ name: 'T', type: 'continuous', bounds: [0, 100] }),
  parameterSchema.parse({ name: 'stirring', type: 'categorical', levels: ['by hand', 'fast', 'slow'] }),
  parameterSchema.parse({ name: 'base', type: 'substance', smiles: { first: 'CN', second: 'CCN' } }),
];
const codes = (about: Pick<SpaceCodes, 'reads' | 'on' | 'product'>, rows: Record<string, number[]>): SpaceCodes => ({
  ...{ encoder: 'e@1', output: 'o', identity: 'a'.repeat(64), ...about, width: Object.values(rows)[0]!.length },
  ...{ keys: Object.keys(rows), rows: packedRows(Object.values(rows)) },
});
const design = (acid: string, stirring: string, base: string) => ({ acid, T: 50, stirring, base });
const withCodes = (...some: SpaceCodes[]): Space => ({ parameters, pool: null, codes: some });
const reactions = codes(
  { reads: 'reactions', on: ['base', 'acid'], product: 'CNC=O' },
  {
    [joinedKey(['CN', 'OC=O'])]: [1, 5],
    [joinedKey(['CCN', 'OC=O'])]: [3, 1],
    [joinedKey(['CN', 'CC(=O)O'])]: [2, -1],
  },
);
const texts = codes({ reads: 'texts', on: ['stirring'] }, { fast: [1, 2], slow: [3, 7] });

/** Correlation of the block of one table of codes alone. */
const alone = (encoder: SpaceEncoder, at: number) => {
  const none = { numeric: [], categories: [], substances: [], vectors: [] };
  const kernel = new RadialBlock(encoder.encoding, 'matern52', { ...none, codes: [at] });
  return (a: ReturnType<SpaceEncoder['encode']>, b = a) => kernel.cross([0], a, b);
};

describe('codes of what is no molecule', () => {
  it('are of several columns as one, in the order in which they are named', async () => {
    const encoder = await SpaceEncoder.of(withCodes(reactions));
    const { encoding } = encoder;
    expect(encoding.codes.map(({ encoder: name, column }) => [name.split(' ')[0], column])).toEqual([
      ['descriptors', { kind: 'substances', at: 0 }],
      ['descriptors', { kind: 'substances', at: 1 }],
      ['e@1', { kind: 'coded', at: 0 }],
    ]);
    const encoded = encoder.encode([design('two', 'fast', 'first'), design('one', 'slow', 'first')]);
    expect([...encoded.coded]).toEqual([0, 2]);
    expect(encoder.decode(encoded)).toEqual([design('two', 'fast', 'first'), design('one', 'slow', 'first')]);
  });

  it('are masked where there is none: as unlike all others as two are on average, another masked one, too', async () => {
    const encoder = await SpaceEncoder.of(withCodes(texts, reactions));
    const [byText, byReaction] = [alone(encoder, 2), alone(encoder, 3)];
    const some = encoder.encode([
      design('one', 'by hand', 'second'),
      design('two', 'by hand', 'first'),
      design('two', 'fast', 'first'),
      design('one', 'fast', 'second'),
    ]);
    const matern = (squared: number) => {
      const r = Math.sqrt(5 * squared);
      return (1 + r + (r * r) / 3) * Math.exp(-r);
    };
    // Two texts: their codes are ±1 in each entry, at 1 from the mean, and 2 apart.
    expect(byText(some)[2]).toBeCloseTo(matern(2), 12);
    expect(byText(some)[1]).toBe(1);
    expect(byText(some)[2 * 4 + 3]).toBe(1);
    const other = encoder.encode([design('one', 'slow', 'second')]);
    expect(byText(some, other)[2]).toBeCloseTo(matern(4), 12);
    // No reaction of one and second: masked, and the same as itself alone.
    expect(byReaction(some)[3]).toBe(1);
    const masked = encoder.encode([design('one', 'fast', 'second'), { ...design('one', 'fast', 'second'), T: 3 }]);
    expect([...byReaction(masked)]).toEqual([1, 1, 1, 1]);
    const wide = await SpaceEncoder.of(withCodes(codes(reactions, { [joinedKey(['CN', 'OC=O'])]: [1, 5] })));
    const two = wide.encode([design('one', 'fast', 'second'), design('one', 'fast', 'first')]);
    expect(alone(wide, 2)(two)[1]).toBeCloseTo(matern(2), 12);
  });

  it('stand in place of the columns that they are of, in their block', async () => {
    const { encoding } = await SpaceEncoder.of(withCodes(texts));
    expect(encoding.codes.at(-1)!.replaces).toEqual({ categories: [0], vectors: [] });
    // All columns; descriptors with number and category; the text with the number; and two shares.
    expect(blocksGp(encoding).kernel.hyperparameters).toHaveLength(4 + 4 + 2 + 2);
    const curves = codes({ reads: 'curves', on: ['acid', 'T', 'stirring', 'base'] }, { x: [1, 2], y: [3, 4] });
    expect((await SpaceEncoder.of(withCodes(curves))).encoding.codes.at(-1)!.replaces.categories).toEqual([]);
  });

  it('of values that the space has not stand after its own, scaled alike', async () => {
    const encoder = await SpaceEncoder.of(withCodes(reactions));
    const missing = joinedKey(['CCN', 'CC(=O)O']);
    const designs = [design('one', 'fast', 'second'), design('two', 'fast', 'first')];
    expect(encoder.strangeTo(designs)).toEqual([{ encoder: codesKey(reactions), keys: [missing] }]);
    const of = (key: string) => (key === missing ? [1, 5] : undefined);
    const beyond = encoder.encodeBeyond(designs, new Map(), [{ encoder: codesKey(reactions), of }]);
    expect([...beyond.coded]).toEqual([3, 0]);
    // The very code of another is no distance.
    expect(alone(encoder, 2)(beyond, encoder.encode([designs[1]!]))[0]).toBe(1);
    expect(encoder.encodeBeyond(designs, new Map()).coded[0]).toBeLessThan(0);
  });
});
