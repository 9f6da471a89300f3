import type { Terminal } from '../terminal.js';

/** Milliseconds between two lines of a transfer. */
const beat = 2_000;

/** Tells how far a transfer is, at most every two seconds and not at all where it takes less. */
export function transferNotes(
  terminal: Terminal,
  line: (what: string, done: number, total: number | null) => string,
): (what: string, done: number, total: number | null) => void {
  let due = Date.now() + beat;
  return (what, done, total) => {
    if (Date.now() < due) return;
    due = Date.now() + beat;
    terminal.note(line(what, done, total));
  };
}

/** A size as people say it. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(bytes / (unit as number)).toFixed(1)} ${name}`;
}
