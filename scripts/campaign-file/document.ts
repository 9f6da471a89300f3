import type { Node, Pair, YAMLError, YAMLWarning } from 'yaml';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Fault } from '../../models/domain/fault.js';
import { plainValue } from '../../models/domain/parsed-json.js';
import { type CommaReading, commaReadings } from './decimal-commas.js';

type Path = readonly PropertyKey[];

/** A YAML or JSON text as plain values, with the way back to its lines. */
export interface SourceDocument {
  /** Undefined where the text could not be read at all. */
  readonly value: unknown;
  /** Faults of the text itself: syntax, keys given twice. */
  readonly faults: readonly Fault[];
  /** Line, from 1, of what stands at a path, or of the nearest thing around it; undefined without a text. */
  lineOf(path: Path): number | undefined;
  /** Where commas may have been meant as decimal ones. */
  readonly commas: readonly CommaReading[];
}

/** Reads YAML 1.2; JSON is a part of it. What is too long or too deep to be a campaign is refused before it is read. */
export function readDocument(text: string): SourceDocument {
  const excess = excessOf(text);
  if (excess !== null) return refusedDocument(excess);
  try {
    return readChecked(text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return refusedDocument({ path: '', message: 'nested too deeply to be read', remedy: `at most ${deepest} levels` });
  }
}

function readChecked(text: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', uniqueKeys: false });
  const problems = [...document.errors, ...document.warnings].slice(0, mostProblems);
  const faults = firstOfEachLine(problems, lines).map((error): Fault => {
    const { line, col } = lines.linePos(error.pos[0]);
    const said = error.message.replace(/\s+/g, ' ').trim();
    return {
      path: '',
      line,
      message: `not well-formed YAML at column ${col}: ${said}`,
      remedy: 'mend the syntax; check indentation, colons, brackets and quotes',
    };
  });
  const readable = problems.length === 0;
  if (readable) faults.push(...repeatedKeys(document.contents as Node | null, lines));
  let value: unknown;
  try {
    value = readable ? plainValue(document.toJS({ maxAliasCount: 100 })) : undefined;
  } catch (cause) {
    faults.push({
      path: '',
      message: `cannot be read: ${(cause as Error).message}`,
      remedy: 'write it without aliases, and names as plain texts',
    });
  }
  const root = document.contents as Node | null;
  if (isDeeper(value, deepest))
    return refusedDocument({
      path: '',
      message: 'nested too deeply to be a campaign',
      remedy: `at most ${deepest} levels`,
    });
  const commas = readable ? commaReadings(root, text) : [];
  return { value, faults, lineOf: (path) => (readable ? lineAt(root, path, lines) : undefined), commas };
}

/** Lists and mappings inside each other that a campaign file may have. */
const deepest = 64;
/** Entries of lists and mappings, counted by the signs that begin or part them. */
const mostEntries = 20_000;
/** Signs that open one level each, on one line; the parser takes time squared of them. */
const ladder = /(?:[-?:][ \t]+|[!&*|>'"%@`][ \t]?){64}/;

/** What makes a text too much to be read within a second; null if nothing does. */
function excessOf(text: string): Fault | null {
  let entries = 0;
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === newline || sign === comma) entries += 1;
    else if (sign === bracket || sign === brace) open += 1;
  }
  if (ladder.test(text))
    return { path: '', message: 'nested too deeply on one line', remedy: `at most ${deepest} levels` };
  if (entries + open <= mostEntries) return null;
  const remedy = `at most ${mostEntries} entries; put long lists into a CSV file and name it under 'space'`;
  return { path: '', message: `${entries + open} lines, commas and brackets`, remedy };
}

const [newline, comma, bracket, brace] = [...'\n,[{'].map((sign) => sign.charCodeAt(0));

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function refusedDocument(fault: Fault): SourceDocument {
  return { value: undefined, faults: [fault], lineOf: () => undefined, commas: [] };
}

/** Complaints of the parser that are looked at. */
const mostProblems = 200;

/** Faults of keys given twice in one mapping. The parser would compare each pair of keys, which takes hours of long ones. */
function repeatedKeys(root: Node | null, lines: LineCounter): Fault[] {
  const faults: Fault[] = [];
  if (root === null) return faults;
  visit(root, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          faults.push({
            path: '',
            line: lines.linePos(key.range?.[0] ?? 0).line,
            message: 'a key is given twice in the same place',
            remedy: 'keep one of the two',
          });
        seen.add(key.value);
      }
    },
  });
  return faults.slice(0, mostProblems);
}

/** One slip makes the parser complain several times; the first complaint of a line tells where it is. */
function firstOfEachLine(problems: readonly (YAMLError | YAMLWarning)[], lines: LineCounter) {
  const lineOf = (error: YAMLError | YAMLWarning) => lines.linePos(error.pos[0]).line;
  return problems.filter((error, i) => problems.findIndex((other) => lineOf(other) === lineOf(error)) === i);
}

/** A document made by the program: values without lines. */
export function madeDocument(value: unknown): SourceDocument {
  return { value, faults: [], lineOf: () => undefined, commas: [] };
}

function lineAt(root: Node | null, path: Path, lines: LineCounter): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const segment of path) {
    const entry = entryOf(node, segment);
    if (entry === undefined) break;
    node = entry.value;
    offset = entry.offset ?? offset;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

/** A map's entry starts at its key, so that a fault in a long value points at its name. */
function entryOf(node: unknown, segment: PropertyKey): { value: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment)) as
      | Pair<Node, Node | null>
      | undefined;
    return pair === undefined ? undefined : { value: pair.value, offset: pair.key.range?.[0] };
  }
  const items = (node as { items?: unknown[] } | null)?.items;
  if (typeof segment !== 'number' || !Array.isArray(items) || items[segment] === undefined) return undefined;
  const item = items[segment] as Node;
  return { value: item, offset: item.range?.[0] };
}

/** What stands at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const segment of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<PropertyKey, unknown>)[segment];
  }
  return found;
}
