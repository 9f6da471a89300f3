import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { EncodedDesigns, Encoding } from '../../encode/encoded-designs.js';
import { columnsOf } from '../../encode/plain-columns.js';

/** Columns that a network sees, at most. */
const most = 64;

/** Columns that the codes of an encoder weigh like at most, however many there are: what is told otherwise is to be seen beside them. */
const codesWeigh = 32;

/**
 * What networks see of designs: the plain columns and the codes of encoders, standardised over the rows learned from; of more than 64 the
 * principal components that vary most, all scaled alike so that the mean square of a column is 1. What is masked is at the mean of its codes.
 */
export class NetworkColumns {
  /** @param projection - row-major [plain columns × columns] */
  constructor(
    private readonly categoryLevels: readonly number[],
    readonly centre: Float64Array,
    readonly projection: Float64Array,
  ) {}

  static of(designs: EncodedDesigns): NetworkColumns {
    const { n, encoding, categories } = designs;
    const categoryLevels = Array.from({ length: encoding.categories }, (_, c) => {
      const used = Array.from({ length: n }, (__, i) => categories[i * encoding.categories + c]!);
      return 1 + Math.max(0, ...used);
    });
    const all = columnsWithCodes(designs, categoryLevels);
    const width = all.length / n;
    const { centre, inverseSd } = standardiser(all, n, width);
    let from = width - codesWidth(encoding);
    for (const table of encoding.codes) {
      const share = Math.sqrt(Math.min(1, codesWeigh / table.width));
      for (let j = from; j < from + table.width; j++) inverseSd[j] = inverseSd[j]! * share;
      from += table.width;
    }
    const standard = all.map((value, at) => (value - centre[at % width]!) * inverseSd[at % width]!);
    const projection = width <= most ? diagonal(inverseSd) : components(standard, n, width, inverseSd);
    return new NetworkColumns(categoryLevels, centre, projection);
  }

  get count(): number {
    return this.projection.length / Math.max(1, this.centre.length);
  }

  /** Row-major [n × count]. */
  of(designs: EncodedDesigns): Float64Array {
    const all = columnsWithCodes(designs, this.categoryLevels);
    const [width, count] = [this.centre.length, this.count];
    const result = new Float64Array(designs.n * count);
    for (let i = 0; i < designs.n; i++)
      for (let j = 0; j < width; j++) {
        const value = all[i * width + j]! - this.centre[j]!;
        if (value === 0) continue;
        for (let c = 0; c < count; c++)
          result[i * count + c] = result[i * count + c]! + value * this.projection[j * count + c]!;
      }
    return result;
  }

  /** Derivatives of the columns by numeric coordinate j, [count]. */
  slope(j: number): Float64Array {
    return this.projection.subarray(j * this.count, (j + 1) * this.count);
  }

  /** As a list of numbers, for `from`. */
  toNumbers(): Float64Array {
    const { categoryLevels, centre, projection } = this;
    return Float64Array.from([categoryLevels.length, centre.length, ...categoryLevels, ...centre, ...projection]);
  }

  static from([categories, width, ...rest]: readonly number[]): NetworkColumns {
    const [levels, from] = [rest.slice(0, categories!), categories!];
    return new NetworkColumns(
      levels,
      Float64Array.from(rest.slice(from, from + width!)),
      Float64Array.from(rest.slice(from + width!)),
    );
  }
}

/** The plain columns, then the codes of each table, row-major; a row without codes, or masked, has zeros, as the mean of all is. */
function columnsWithCodes(designs: EncodedDesigns, categoryLevels: readonly number[]): Float64Array {
  const plain = columnsOf(designs, categoryLevels);
  const { n, encoding } = designs;
  if (encoding.codes.length === 0) return plain;
  const own = plain.length / n;
  const width = own + codesWidth(encoding);
  const all = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    all.set(plain.subarray(i * own, (i + 1) * own), i * width);
    let to = i * width + own;
    for (const { column, width: codes, values } of encoding.codes) {
      const row = designs[column.kind][i * encoding[column.kind] + column.at]!;
      if (row >= 0) all.set(values.subarray(row * codes, (row + 1) * codes), to);
      to += codes;
    }
  }
  return all;
}

function codesWidth({ codes }: Encoding): number {
  return codes.reduce((sum, { width }) => sum + width, 0);
}

/** Means, and 1/sd or 0 where nothing varies. */
function standardiser(plain: Float64Array, n: number, width: number) {
  const [centre, inverseSd] = [new Float64Array(width), new Float64Array(width)];
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += plain[i * width + j]!;
    centre[j] = sum / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (plain[i * width + j]! - centre[j]!) ** 2;
    inverseSd[j] = squares > 1e-24 * n ? 1 / Math.sqrt(squares / n) : 0;
  }
  return { centre, inverseSd };
}

function diagonal(entries: Float64Array): Float64Array {
  const d = entries.length;
  const result = new Float64Array(d * d);
  entries.forEach((value, j) => {
    result[j * d + j] = value;
  });
  return result;
}

/** The directions of most variance, from the smaller of the two products of the columns with themselves. */
function components(standard: Float64Array, n: number, width: number, inverseSd: Float64Array): Float64Array {
  const rows = Matrix.from1DArray(n, width, standard);
  const byRow = n < width;
  const product = byRow ? rows.mmul(rows.transpose()) : rows.transpose().mmul(rows);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(product, { assumeSymmetric: true });
  const order = realEigenvalues
    .map((value, at) => ({ value, at }))
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .filter(({ value }) => value > 1e-9 * realEigenvalues.reduce((sum, one) => sum + Math.max(0, one), 0));
  const total = order.reduce((sum, { value }) => sum + value, 0);
  // Mean square of the scores of a component is its eigenvalue over n.
  const unit = Math.sqrt((n * order.length) / total);
  const projection = new Float64Array(width * order.length);
  order.forEach(({ value, at }, c) => {
    const vector = eigenvectorMatrix.getColumnVector(at);
    const direction = byRow ? rows.transpose().mmul(vector).div(Math.sqrt(value)) : vector;
    // An eigenvector may be turned: its largest entry is positive.
    const entries = direction.to1DArray();
    const largest = entries.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-12 ? b : a), 0);
    entries.forEach((entry, j) => {
      projection[j * order.length + c] = entry * Math.sign(largest) * unit * inverseSd[j]!;
    });
  });
  return projection;
}
