import fc from 'fast-check';
import type { EncodedDesigns, Encoding } from '../../models/encode/encoded-designs.js';
import { selectDesigns } from '../../models/encode/encoded-designs.js';
import { someCodes, someDescriptors, someDesigns, someFingerprints } from './encoded.js';

/** Finite numbers at which arithmetic overflows, underflows or loses its sign. */
export const extremes = [
  0,
  -0,
  5e-324,
  -5e-324,
  1e-310,
  1e-300,
  -1e-300,
  1e-160,
  1,
  -1,
  1e10,
  1e160,
  1e300,
  -1e300,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
] as const;

const extreme = fc.constantFrom(...extremes);
const ordinary = fc.double({ min: -9, max: 9, noNaN: true });

/** Values of n trials: constant, ordinary, of every size at once, ordinary but for one, or of one extreme size. */
export function badValues(n: number): fc.Arbitrary<number[]> {
  const all = (one: fc.Arbitrary<number>) => fc.array(one, { minLength: n, maxLength: n });
  return fc.oneof(
    extreme.map((value) => new Array<number>(n).fill(value)),
    all(extreme),
    all(fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.tuple(all(ordinary), fc.nat(n - 1), extreme).map(([values, at, value]) => values.with(at, value)),
    fc
      .tuple(all(ordinary), fc.constantFrom(1e-320, 1e-300, 1e-160, 1e160, 1e299, 1.9e307))
      .map(([values, unit]) => values.map((value) => value * unit)),
  );
}

const fingerprints = someFingerprints(5, 3);

/** Columns of a continuous, a mixed, a molecule, a mixture and a wide space. */
export const spaces: Readonly<Record<string, Partial<Encoding>>> = {
  continuous: { numeric: 2 },
  mixed: { numeric: 2, categories: 1 },
  molecules: { substances: 1, fingerprints, descriptors: [someDescriptors(5, 4, 3)] },
  coded: { numeric: 1, substances: 1, fingerprints, descriptors: [someDescriptors(5, 4, 3)], codes: [someCodes(5)] },
  mixtures: { numeric: 1, vectors: [3] },
  wide: { numeric: 20 },
};

/** Designs of a space with rows alike: none, some, all, or all columns of numbers in step. */
export function badDesigns(n: number, columns: Partial<Encoding>): fc.Arbitrary<EncodedDesigns> {
  const kind = fc.constantFrom('apart', 'repeated', 'equal', 'collinear', 'all but equal');
  return fc.tuple(kind, fc.nat(999)).map(([how, seed]) => {
    const designs = someDesigns(n, columns, seed);
    const d = designs.encoding.numeric;
    if (how === 'equal') return selectDesigns(designs, new Array<number>(n).fill(0));
    if (how === 'repeated')
      return selectDesigns(
        designs,
        Array.from({ length: n }, (_, i) => i % Math.ceil(n / 3)),
      );
    if (how === 'collinear')
      return { ...designs, numeric: designs.numeric.map((_, at) => designs.numeric[Math.floor(at / d) * d]!) };
    if (how === 'all but equal')
      return { ...designs, numeric: designs.numeric.map((u, at) => 0.5 + 1e-15 * u * (at % 3)) };
    return designs;
  });
}
