import { cleanText } from './clean-text.js';

/** One thing wrong with an input: where it stands, what was given, and what is allowed instead. */
export interface Fault {
  /** Place in the document, e.g. `fidelities[1].cost`; empty for the document as a whole. */
  readonly path: string;
  /** What is wrong, with the value given. */
  readonly message: string;
  /** What is allowed, or what to do. */
  readonly remedy: string;
  /** Line in the file, from 1, where known. */
  readonly line?: number;
}

/** Characters of a fault that are shown. */
const longest = 4_000;

/** Joins path segments as people write them: `['a', 0, 'b']` is `a[0].b`. */
export function formatPath(segments: readonly PropertyKey[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += path === '' ? String(segment) : `.${String(segment)}`;
  }
  return path;
}

/** Place and message of a fault in one phrase, without its remedy. */
export function faultText({ line, path, message }: Fault): string {
  const place = [line === undefined ? '' : `line ${line}`, path].filter(Boolean).join(', ');
  return place === '' ? message : `${place}: ${message}`;
}

/** Characters of all faults together that are shown, and lines. */
const most = { characters: 40_000, lines: 500 };

/** One fault a line, indented, line numbers first where known; what nobody would read to its end is counted. */
export function formatFaults(faults: readonly Fault[]): string {
  const lines: string[] = [];
  let left = most.characters;
  for (const fault of faults.slice(0, most.lines)) {
    const line = `  ${cleanText(`${faultText(fault)} (${fault.remedy})`, longest)}`;
    left -= line.length;
    if (left < 0) break;
    lines.push(line);
  }
  return [...lines, ...(lines.length < faults.length ? [`  and ${faults.length - lines.length} more`] : [])].join('\n');
}
