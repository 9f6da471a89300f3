import type { Node, Pair, YAMLError, YAMLWarning } from 'yaml';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Fault } from '../../models/domain/fault.js';

type Path = readonly PropertyKey[];

/** A YAML or JSON text as plain values, with the way back to its lines. */
export interface SourceDocument {
  /** Undefined where the text could not be read at all. */
  readonly value: unknown;
  /** Faults of the text itself: syntax, keys given twice. */
  readonly faults: readonly Fault[];
  /** Line, from 1, of what stands at a path, or of the nearest thing around it; undefined without a text. */
  lineOf(path: Path): number | undefined;
}

/** Reads YAML 1.2; JSON is a part of it. */
export function readDocument(text: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const problems = [...document.errors, ...document.warnings];
  const faults = firstOfEachLine(problems, lines).map((error): Fault => {
    const { line, col } = lines.linePos(error.pos[0]);
    const twice = error.code === 'DUPLICATE_KEY';
    const said = error.message.replace(/\s+/g, ' ').trim();
    return {
      path: '',
      line,
      message: twice ? 'a key is given twice in the same place' : `not well-formed YAML at column ${col}: ${said}`,
      remedy: twice ? 'keep one of the two' : 'mend the syntax; check indentation, colons, brackets and quotes',
    };
  });
  const readable = problems.every((error) => error.code === 'DUPLICATE_KEY');
  let value: unknown;
  try {
    value = readable ? document.toJS({ maxAliasCount: 100 }) : undefined;
  } catch (cause) {
    faults.push({
      path: '',
      message: `cannot be read: ${(cause as Error).message}`,
      remedy: 'write it without aliases',
    });
  }
  const root = document.contents as Node | null;
  return { value, faults, lineOf: (path) => (readable ? lineAt(root, path, lines) : undefined) };
}

/** One slip makes the parser complain several times; the first complaint of a line tells where it is. */
function firstOfEachLine(problems: readonly (YAMLError | YAMLWarning)[], lines: LineCounter) {
  const lineOf = (error: YAMLError | YAMLWarning) => lines.linePos(error.pos[0]).line;
  return problems.filter((error, i) => problems.findIndex((other) => lineOf(other) === lineOf(error)) === i);
}

/** A document made by the program: values without lines. */
export function madeDocument(value: unknown): SourceDocument {
  return { value, faults: [], lineOf: () => undefined };
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
