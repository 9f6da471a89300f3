/** The letters of a column of a sheet: 0 is A, 26 is AA. */
export function columnLetters(place: number): string {
  const rest = Math.floor(place / 26);
  return `${rest === 0 ? '' : columnLetters(rest - 1)}${String.fromCharCode(65 + (place % 26))}`;
}

/** The name of a cell of a sheet, such as J3. @param place - of its column, from 0 @param row - from 1 */
export function cellName(place: number, row: number): string {
  return `${columnLetters(place)}${row}`;
}

/** Row, from 1, and place of the column, from 0, of a cell by its name. */
export function cellPlace(name: string): { readonly row: number; readonly place: number } | null {
  const found = /^([A-Z]{1,3})(\d{1,7})$/.exec(name);
  if (found === null) return null;
  const letters = [...found[1]!];
  return { row: Number(found[2]), place: letters.reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 };
}
