import type { Fingerprint } from './fingerprint.js';

/** Descriptors of the molecules that may stand in a substance column. */
export interface DescriptorTable {
  readonly width: number;
  /** How many of the last entries tell stereo, of which fingerprints tell nothing. */
  readonly stereo: number;
  /** Entries in [0, 1], row-major [molecules × width]; rows of molecules that the column never holds are 0. */
  readonly values: Float64Array;
}

/**
 * Codes that an encoder gave of the values of one column, as points that are compared as a whole: entries are standardised over the
 * values of the column and divided by √width, so that two of them are about √2 apart.
 *
 * A value without a code is masked: it lies at a right angle to all others, masked ones too, at 1 from their mean, so that the
 * block tells nothing of it but that it is unlike the others.
 */
export interface CodeTable {
  /** By what the codes of an encoder are known, the same for all columns that it encodes. */
  readonly encoder: string;
  /** Kind and place of the column that points to rows; where it is below 0 there is none, and another for each masked value. */
  readonly column: { readonly kind: 'substances' | 'coded'; readonly at: number };
  /** Columns, beside substances, that say what the codes are of, and need not be seen beside them. */
  readonly replaces: { readonly categories: readonly number[]; readonly vectors: readonly number[] };
  /** Number of rows. */
  readonly count: number;
  readonly width: number;
  /** Row-major [count × width]; rows of values that the column never holds, or that are masked, are 0. */
  readonly values: Float64Array;
  /** 1 where a row is masked, [count]. */
  readonly masked: Uint8Array;
}

/** How many columns of each kind a design has, and the molecules that the substance columns point to. */
export interface Encoding {
  readonly numeric: number;
  readonly categories: number;
  readonly substances: number;
  /** Columns that point to codes of what is no molecule: texts, compositions, reactions, curves. */
  readonly coded: number;
  readonly fingerprints: readonly Fingerprint[];
  /** Descriptors of the molecules of each substance column. */
  readonly descriptors: readonly DescriptorTable[];
  /** Codes by encoders that the campaign names beside what always stands. */
  readonly codes: readonly CodeTable[];
  /** Columns, the last of their kinds, that tell of the surroundings in place of the design; absent where none does. */
  readonly contexts?: { readonly numeric: number; readonly categories: number };
  /** Width of each vector column: a parameter that is several numbers seen as one, such as a composition. */
  readonly vectors: readonly number[];
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
  /** Rows of tables of codes, [n × coded]; they follow from the other columns. */
  readonly coded: Int32Array;
  /** The vector columns side by side, [n × sum of their widths]. */
  readonly vectors: Float64Array;
}

/** Sum of the widths of the vector columns. */
export function vectorsWidth({ vectors }: Encoding): number {
  return vectors.reduce((sum, width) => sum + width, 0);
}

/** Designs with every number 0, to be filled in. */
export function blankDesigns(n: number, encoding: Encoding): EncodedDesigns {
  return {
    n,
    encoding,
    numeric: new Float64Array(n * encoding.numeric),
    categories: new Int32Array(n * encoding.categories),
    substances: new Int32Array(n * encoding.substances),
    coded: new Int32Array(n * encoding.coded),
    vectors: new Float64Array(n * vectorsWidth(encoding)),
  };
}

/** The designs at the given rows, in that order. */
export function selectDesigns(designs: EncodedDesigns, rows: readonly number[]): EncodedDesigns {
  const { encoding } = designs;
  const selected = blankDesigns(rows.length, encoding);
  const pick = <T extends Float64Array | Int32Array>(block: T, width: number, into: T): void => {
    // For short rows a call costs more than the copy.
    for (let i = 0; i < rows.length; i++)
      for (let t = 0, from = rows[i]! * width, to = i * width; t < width; t++) into[to + t] = block[from + t]!;
  };
  pick(designs.numeric, encoding.numeric, selected.numeric);
  pick(designs.categories, encoding.categories, selected.categories);
  pick(designs.substances, encoding.substances, selected.substances);
  pick(designs.coded, encoding.coded, selected.coded);
  pick(designs.vectors, vectorsWidth(encoding), selected.vectors);
  return selected;
}

/** Rows `from` to `from + m`, without copying. */
export function sliceDesigns(designs: EncodedDesigns, from: number, m: number): EncodedDesigns {
  const { encoding } = designs;
  const cut = (width: number): [number, number] => [from * width, (from + m) * width];
  return {
    n: m,
    encoding,
    numeric: designs.numeric.subarray(...cut(encoding.numeric)),
    categories: designs.categories.subarray(...cut(encoding.categories)),
    substances: designs.substances.subarray(...cut(encoding.substances)),
    coded: designs.coded.subarray(...cut(encoding.coded)),
    vectors: designs.vectors.subarray(...cut(vectorsWidth(encoding))),
  };
}

/** Both sets of designs, the first ones first. */
export function concatDesigns(a: EncodedDesigns, b: EncodedDesigns): EncodedDesigns {
  const joined = blankDesigns(a.n + b.n, a.encoding);
  for (const block of ['numeric', 'categories', 'substances', 'coded', 'vectors'] as const) {
    joined[block].set(a[block]);
    joined[block].set(b[block], a[block].length);
  }
  return joined;
}

/** Text that two rows share exactly when they are the same point. */
export function rowKey(designs: EncodedDesigns, row: number): string {
  const { numeric, categories, substances, vectors } = sliceDesigns(designs, row, 1);
  return `${numeric.join()}|${categories.join()}|${substances.join()}|${vectors.join()}`;
}

/** Text that two rows share exactly when they are the same design, in whatever surroundings; `rowKey` where there are no contexts. */
export function designRowKey(designs: EncodedDesigns, row: number): string {
  const { contexts, numeric: numbers, categories: names } = designs.encoding;
  if (contexts === undefined) return rowKey(designs, row);
  const { numeric, categories, substances, vectors } = sliceDesigns(designs, row, 1);
  const own = [numeric.subarray(0, numbers - contexts.numeric), categories.subarray(0, names - contexts.categories)];
  return `${own.map((block) => block.join()).join('|')}|${substances.join()}|${vectors.join()}`;
}
