import type { Fingerprint } from './fingerprint.js';

/** How many columns of each kind a design has, and the molecules that the substance columns point to. */
export interface Encoding {
  readonly numeric: number;
  readonly categories: number;
  readonly substances: number;
  readonly fingerprints: readonly Fingerprint[];
}

/** Designs as the kernels read them: row-major blocks by kind. */
export interface EncodedDesigns {
  readonly n: number;
  readonly encoding: Encoding;
  /** Coordinates in [0, 1], [n × numeric]. */
  readonly numeric: Float64Array;
  /** Level indices, [n × categories]. */
  readonly categories: Int32Array;
  /** Indices into `encoding.fingerprints`, [n × substances]. */
  readonly substances: Int32Array;
}

/** The designs at the given rows, in that order. */
export function selectDesigns(designs: EncodedDesigns, rows: readonly number[]): EncodedDesigns {
  const { encoding } = designs;
  const pick = <T extends Float64Array | Int32Array>(block: T, width: number, into: T): T => {
    rows.forEach((row, i) => {
      into.set(block.subarray(row * width, (row + 1) * width), i * width);
    });
    return into;
  };
  return {
    n: rows.length,
    encoding,
    numeric: pick(designs.numeric, encoding.numeric, new Float64Array(rows.length * encoding.numeric)),
    categories: pick(designs.categories, encoding.categories, new Int32Array(rows.length * encoding.categories)),
    substances: pick(designs.substances, encoding.substances, new Int32Array(rows.length * encoding.substances)),
  };
}

/** Both sets of designs, the first ones first. */
export function concatDesigns(a: EncodedDesigns, b: EncodedDesigns): EncodedDesigns {
  const join = <T extends Float64Array | Int32Array>(x: T, y: T, into: T): T => {
    into.set(x);
    into.set(y, x.length);
    return into;
  };
  return {
    n: a.n + b.n,
    encoding: a.encoding,
    numeric: join(a.numeric, b.numeric, new Float64Array(a.numeric.length + b.numeric.length)),
    categories: join(a.categories, b.categories, new Int32Array(a.categories.length + b.categories.length)),
    substances: join(a.substances, b.substances, new Int32Array(a.substances.length + b.substances.length)),
  };
}
