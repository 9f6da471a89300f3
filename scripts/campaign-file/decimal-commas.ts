import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';

type Path = readonly PropertyKey[];

/** A place of a YAML text whose commas part what may have been meant as one number. */
export interface CommaReading {
  /** The list, or the key that is left over of a number in a mapping. */
  readonly at: Path;
  /** As it is written. */
  readonly given: string;
  /** Likely readings with decimal points, the likeliest first. */
  readonly meant: readonly string[];
  /** Whether the list makes sense as it stands: sorted, and no entry twice. */
  readonly isSorted: boolean;
}

/** Keys of lists of numbers in which one may be told from its neighbours by size. */
const orderedLists = new Set(['bounds', 'values', 'limits']);
/** Entries of a list beyond which readings are not looked for. */
const mostEntries = 40;

/**
 * Where decimal commas may have made two entries of one number: in lists between brackets that hold whole numbers with no
 * space after a comma (`[20,5, 120]`), and in mappings between braces (`{cost: 0,5}`).
 *
 * Where a list has spaces after some of its commas, those without are decimal ones. Where it has none, all readings in
 * rising order are likely.
 */
export function commaReadings(root: Node | null, text: string): readonly CommaReading[] {
  const found: CommaReading[] = [];
  if (root === null) return found;
  visit(root, {
    Pair: (_, pair, above) => {
      const { key, value } = pair as Pair<Node, Node | null>;
      if (!isScalar(key) || !isSeq(value) || value.flow !== true || !orderedLists.has(String(key.value))) return;
      const reading = readList(value, text, key.value !== 'values');
      if (reading !== null) found.push({ at: pathOf([...above, pair] as Node[]), ...reading });
    },
    Map: (_, map, above) => {
      if (map.flow === true) found.push(...readMap(map, pathOf([...above, map] as Node[]), text));
    },
  });
  return found;
}

function readList(list: YAMLSeq, text: string, isPair: boolean): Omit<CommaReading, 'at'> | null {
  const items = list.items as Scalar[];
  const cells = items.map((item) => (isScalar(item) ? (item.source ?? '') : ''));
  const numbers = items.map((item) => item.value);
  if (cells.length < 3 || cells.length > mostEntries || !numbers.every((value) => typeof value === 'number'))
    return null;
  const isTight = cells.map((_, i) => i > 0 && text.slice(items[i - 1]!.range![1], items[i]!.range![0]) === ',');
  const mayJoin = cells.map((cell, i) => isTight[i]! && /^\d+$/.test(cell) && /^[+-]?\d+$/.test(cells[i - 1]!));
  const mixed = isTight.slice(1).includes(false);
  const readings = (mixed ? allJoined(cells, isTight, mayJoin) : risingReadings(cells, mayJoin)).filter(
    (entries) => !isPair || entries.length === 2,
  );
  if (readings.length === 0) return null;
  const shown = readings.slice(0, 3).map((entries) => `[${entries.join(', ')}]`);
  // Three digits after each comma may as well be thousands.
  const [likeliest] = shown;
  if (!/\.(?!\d{3}\b)/.test(likeliest!)) shown.splice(1, 0, `${likeliest!.replaceAll('.', '')} without commas`);
  const isSorted = isStrict(numbers as number[]);
  return { given: `[${text.slice(list.range![0] + 1, list.range![1] - 1).trim()}]`, meant: shown, isSorted };
}

/** The list with every comma without a space as a decimal point; none where that makes no sorted list of numbers. */
function allJoined(cells: readonly string[], isTight: readonly boolean[], mayJoin: readonly boolean[]): string[][] {
  const out: string[] = [];
  for (const [i, cell] of cells.entries()) {
    if (!isTight[i]) out.push(cell);
    else if (mayJoin[i] && !isTight[i - 1]) out[out.length - 1] += `.${cell}`;
    else return [];
  }
  return isStrict(out.map(Number)) ? [out] : [];
}

/** All readings in rising order with at least one decimal comma, those with the most of them first. */
function risingReadings(cells: readonly string[], mayJoin: readonly boolean[]): string[][] {
  let ends: { readonly entries: readonly string[]; readonly next: number }[] = [{ entries: [], next: 0 }];
  const whole: string[][] = [];
  while (ends.length > 0 && whole.length < 200) {
    ends = ends
      .flatMap(({ entries, next }) => [
        ...(mayJoin[next + 1] === true
          ? [{ entries: [...entries, `${cells[next]}.${cells[next + 1]}`], next: next + 2 }]
          : []),
        { entries: [...entries, cells[next]!], next: next + 1 },
      ])
      .filter(({ entries }) => entries.length < 2 || Number(entries.at(-2)) < Number(entries.at(-1)))
      .slice(0, 1_000);
    for (const { entries, next } of ends) if (next === cells.length) whole.push([...entries]);
    ends = ends.filter(({ next }) => next < cells.length);
  }
  return whole.filter((entries) => entries.length < cells.length).sort((a, b) => a.length - b.length);
}

/** Whether numbers rise or fall throughout. */
function isStrict(numbers: readonly number[]): boolean {
  const signs = numbers.slice(1).map((value, i) => Math.sign(value - numbers[i]!));
  return signs.every((sign) => sign === signs[0] && sign !== 0);
}

/** Keys of digits without a value, each after a whole number: `{cost: 0,5}`. */
function readMap(map: YAMLMap, path: Path, text: string): CommaReading[] {
  return map.items.flatMap((item, i) => {
    const before = map.items[i - 1] as Pair<Node, Node | null> | undefined;
    const { key, value } = item as Pair<Node, Node | null>;
    const number = before?.value;
    if (
      !isScalar(key) ||
      !/^\d+$/.test(key.source ?? '') ||
      !(value === null || (isScalar(value) && value.value === null))
    )
      return [];
    if (!isScalar(number) || typeof number.value !== 'number' || !/^[+-]?\d+$/.test(number.source ?? '')) return [];
    if (text.slice(number.range![1], key.range![0]) !== ',') return [];
    const name = isScalar(before!.key) ? String(before!.key.value) : '';
    const [given, meant] = [`${name}: ${number.source},${key.source}`, `${name}: ${number.source}.${key.source}`];
    return [{ at: [...path, String(key.value)], given, meant: [meant], isSorted: false }];
  });
}

/** Path of the last of these nodes, each within the one before. */
function pathOf(nodes: readonly (Node | Pair)[]): Path {
  return nodes.flatMap((node, i): PropertyKey[] => {
    const holder = nodes[i - 1];
    if (isSeq(holder)) return [holder.items.indexOf(node)];
    const key = (node as Pair).key;
    return isMap(holder) && isScalar(key) && !isAlias(node) ? [String(key.value)] : [];
  });
}

/** What to write instead, in words. */
export function pointsText({ meant }: CommaReading): string {
  return `write decimal points: ${meant.join(' or ')}`;
}
