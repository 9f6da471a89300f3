import type { Design } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import { sha256Of } from '../domain/sha256.js';
import { isJoined, joinedKey, type Reading } from '../domain/space-codes.js';
import { type CodeTeller, codeTable, type SpaceCodesRead } from './code-tables.js';
import type { CodeTable } from './encoded-designs.js';
import { compositionText } from './encoders/reading-texts.js';

/** What an encoder is given of a column that is no molecule by itself: texts, compositions, reactions or curves. */
export interface CodeColumn {
  readonly table: CodeTable & CodeTeller;
  /** The key of what the encoder is given of a design. */
  keyOf(design: Design): string;
  /** Place of a key among those of the table; one that it has no code of is below 0, and another for each. */
  placeOf(key: string): number;
}

/** What an encoder is given of the value of one parameter, as text. */
export function readText(parameter: Parameter, value: Design[string], reads: Reading): string {
  if (reads === 'texts' || reads === 'curves') return String(value);
  const feature = typeOf(parameter).feature(parameter, value);
  if (feature.kind === 'mixture') return compositionText(feature.fractions);
  return feature.kind === 'substance' ? feature.smiles : String(value);
}

/**
 * The columns of codes of what is no molecule: one for all parameters where they are given as one, else one for each.
 *
 * @param parameters - of the space
 * @param from - place of the first of them among all such columns
 * @param placeOf - place of a parameter among the columns of its kind
 */
export function codeColumns(
  codes: SpaceCodesRead,
  parameters: readonly Parameter[],
  from: number,
  placeOf: (parameter: Parameter) => { readonly kind: string; readonly at: number },
): readonly CodeColumn[] {
  const { reads, on, keys } = codes;
  const own = parameters.filter(({ name }) => on!.includes(name));
  // As a design names them, not as the space orders them.
  const named = on!.map((name) => own.find((parameter) => parameter.name === name)!);
  const places = new Map(keys.map((key, i) => [key, i]));
  const placeOfKey = (key: string) => places.get(key) ?? -1 - hashed(key);
  // A curve of each design as a whole says nothing in place of what else is known of it.
  const isWhole = reads === 'curves' && own.length === parameters.length;
  return (isJoined(reads) ? [named] : named.map((one) => [one])).map((group, i) => {
    const members = isJoined(reads) ? [...keys.keys()] : membersOf(group[0]!, reads, places);
    const table = codeTable(codes, keys, { column: { kind: 'coded', at: from + i }, members });
    const replaced = isWhole ? [] : group.map(placeOf);
    const placesOf = (kind: string) => replaced.flatMap((place) => (place.kind === kind ? [place.at] : []));
    return {
      table: { ...table, replaces: { categories: placesOf('category'), vectors: placesOf('vector') } },
      keyOf: (design) => joinedKey(group.map((parameter) => readText(parameter, design[parameter.name]!, reads))),
      placeOf: placeOfKey,
    };
  });
}

/** Places of the values of a parameter that have a code. */
function membersOf(parameter: Parameter, reads: Reading, places: ReadonlyMap<string, number>): number[] {
  const values = typeOf(parameter).values(parameter) ?? [];
  const found = values.flatMap((value) => places.get(readText(parameter, value, reads)) ?? []);
  return [...new Set(found)];
}

/** A whole number below 2²⁸ of a text, the same on every machine. */
function hashed(text: string): number {
  return Number.parseInt(sha256Of(text).slice(0, 7), 16);
}
