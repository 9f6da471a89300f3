import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { Heads, initialWeights } from '../../../../models/surrogate/networks/heads.js';
import { networkBytes, readNetworks, rowKey } from '../../../../models/surrogate/networks/network-artefact.js';
import { NetworkColumns } from '../../../../models/surrogate/networks/network-columns.js';
import { someDesigns } from '../../../support/encoded.js';

const designs = someDesigns(7, { numeric: 3, categories: 1 }, 2);
const columns = NetworkColumns.of(designs);
const shape = { heads: 8, inputs: columns.count, hidden: 5 };
const networks = {
  columns,
  heads: new Heads(shape, initialWeights(shape, new Generator(1))),
  keys: [3, 2 ** 51 + 1, 0, 9, 9, 1, 5],
  leftOut: Array.from({ length: 8 }, (_, k) => Array.from({ length: 7 }, (__, i) => (i + k) % 3 === 0)),
};

describe('trained networks as bytes', () => {
  it('are the same networks again', () => {
    const again = readNetworks(networkBytes(networks));
    expect(again.keys).toEqual(networks.keys);
    expect(again.leftOut).toEqual(networks.leftOut);
    expect(again.heads.weights).toEqual(networks.heads.weights);
    const rows = columns.of(designs);
    expect(again.columns.of(designs)).toEqual(rows);
    expect(again.heads.means(rows, 7)).toEqual(networks.heads.means(rows, 7));
    expect(networkBytes(again)).toEqual(networkBytes(networks));
    // As files and databases give bytes: a view of a larger buffer, whose `slice` is no copy.
    const view = Buffer.concat([Buffer.alloc(8), networkBytes(networks)]).subarray(8);
    expect(networkBytes(readNetworks(view))).toEqual(networkBytes(networks));
  });

  it('are refused where they are cut off, or other bytes', () => {
    const bytes = networkBytes(networks);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => readNetworks(bytes.subarray(0, length))).toThrow(/no trained networks/);
      }),
      { seed: 4, numRuns: 60, examples: [[0], [7], [48]] },
    );
    expect(() => readNetworks(new Uint8Array(4096))).toThrow(/no trained networks/);
  });

  it('have keys that tell rows and losses apart, and are whole numbers', () => {
    const keys = new Set<number>();
    const random = new Generator(3);
    for (let i = 0; i < 2_000; i++) keys.add(rowKey(Float64Array.of(random.uniform(), i % 3), i % 2));
    expect(keys.size).toBe(2_000);
    expect([...keys].every((key) => Number.isSafeInteger(key) && key >= 0)).toBe(true);
    expect(rowKey(Float64Array.of(1, 2), 3)).not.toBe(rowKey(Float64Array.of(1, 2), 4));
  });
});
