import { type EncodedDesigns, vectorsWidth } from './encoded-designs.js';

/**
 * Designs as plain columns of numbers, for models that are linear in them: numbers as they are, a column for each level of
 * a category, the vector columns, and descriptors in place of molecules.
 *
 * @param categoryLevels - number of levels of each category
 * @returns row-major [n × columns]; the columns are the same for all designs of an encoding
 */
export function columnsOf(designs: EncodedDesigns, categoryLevels: readonly number[]): Float64Array {
  const { n, encoding, numeric, categories, substances, vectors } = designs;
  const parts: { width: number; at: (row: number, column: number) => number }[] = [];
  const block = (values: Float64Array, width: number) =>
    parts.push({ width, at: (row, column) => values[row * width + column]! });
  block(numeric, encoding.numeric);
  block(vectors, vectorsWidth(encoding));
  categoryLevels.forEach((width, c) => {
    parts.push({ width, at: (row, column) => (categories[row * encoding.categories + c] === column ? 1 : 0) });
  });
  encoding.descriptors.forEach(({ width, values }, s) => {
    parts.push({ width, at: (row, column) => values[substances[row * encoding.substances + s]! * width + column]! });
  });
  const total = parts.reduce((sum, { width }) => sum + width, 0);
  const columns = new Float64Array(n * total);
  for (let row = 0; row < n; row++) {
    let to = row * total;
    for (const { width, at } of parts) for (let column = 0; column < width; column++) columns[to++] = at(row, column);
  }
  return columns;
}
