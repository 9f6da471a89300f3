import type { CodeTable, DescriptorTable, EncodedDesigns, Encoding } from '../../models/encode/encoded-designs.js';
import { vectorsWidth } from '../../models/encode/encoded-designs.js';
import type { Fingerprint } from '../../models/encode/fingerprint.js';
import { Generator } from '../../models/random/generator.js';

/** Random count fingerprints that overlap in part. */
export function someFingerprints(count: number, seed: number): Fingerprint[] {
  const random = new Generator(seed, 'fingerprints');
  return Array.from({ length: count }, () => {
    const features = Array.from({ length: 12 }, (_, i) => i).filter(() => random.uniform() < 0.6);
    return {
      features: Int32Array.from(features),
      counts: Int32Array.from(features, () => 1 + random.below(4)),
    };
  });
}

/** A table of random descriptors of so many molecules. */
export function someDescriptors(count: number, width: number, seed: number): DescriptorTable {
  const random = new Generator(seed, 'descriptors');
  return { width, stereo: 0, values: Float64Array.from({ length: count * width }, () => random.uniform()) };
}

/** Codes of an encoder of so many molecules of a substance column, about √2 apart. */
export function someCodes(count: number, { encoder = 'encoder', substance = 0, width = 6, seed = 1 } = {}): CodeTable {
  const random = new Generator(seed, 'codes');
  const values = Float64Array.from({ length: count * width }, () => random.normal() / Math.sqrt(width));
  const column = { kind: 'substances', at: substance } as const;
  const replaces = { categories: [], vectors: [] };
  return { encoder, column, replaces, count, width, values, masked: new Uint8Array(count) };
}

/** Random designs with the given columns. */
export function someDesigns(n: number, columns: Partial<Encoding>, seed: number): EncodedDesigns {
  const random = new Generator(seed, 'designs');
  const fingerprints = columns.fingerprints ?? [];
  const encoding: Encoding = {
    numeric: 0,
    categories: 0,
    substances: 0,
    coded: 0,
    fingerprints,
    descriptors: Array.from({ length: columns.substances ?? 0 }, () => ({
      width: 0,
      stereo: 0,
      values: new Float64Array(),
    })),
    codes: [],
    vectors: [],
    ...columns,
  };
  return {
    n,
    encoding,
    numeric: Float64Array.from({ length: n * encoding.numeric }, () => random.uniform()),
    categories: Int32Array.from({ length: n * encoding.categories }, () => random.below(3)),
    substances: Int32Array.from({ length: n * encoding.substances }, () => random.below(encoding.fingerprints.length)),
    coded: new Int32Array(n * encoding.coded),
    vectors: Float64Array.from({ length: n * vectorsWidth(encoding) }, () => random.normal()),
  };
}

/** Designs with numeric columns only, from rows of numbers. */
export function numericDesigns(rows: readonly (readonly number[])[]): EncodedDesigns {
  const numeric = rows[0]?.length ?? 0;
  return {
    n: rows.length,
    encoding: {
      numeric,
      categories: 0,
      substances: 0,
      coded: 0,
      fingerprints: [],
      descriptors: [],
      codes: [],
      vectors: [],
    },
    numeric: Float64Array.from(rows.flat()),
    categories: new Int32Array(),
    substances: new Int32Array(),
    coded: new Int32Array(),
    vectors: new Float64Array(),
  };
}
