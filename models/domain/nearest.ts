/** Names that are longer were not mistyped; and of more than so many known ones only the first are looked at. */
const most = { letters: 100, known: 5_000 };

/** The known names that a mistyped one may have meant: those it begins, then by likeness, one or many; empty if none is near. */
export function nearest(name: string, known: readonly string[]): string[] {
  if (name.length > most.letters) return [];
  const begins = (candidate: string) => name.length >= 3 && candidate.startsWith(name);
  // Of a word of one or two letters hardly anything is left after a change.
  const limit = name.length < 3 ? 0 : Math.floor(name.length / 3);
  return known
    .slice(0, most.known)
    .filter((candidate) => Math.abs(candidate.length - name.length) <= limit + 2 || isPrefix(name, candidate))
    .map((candidate) => ({ candidate, distance: distanceOf(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= limit || isPrefix(name, candidate))
    .sort((a, b) => Number(begins(b.candidate)) - Number(begins(a.candidate)) || a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** What was probably meant by a value, and the allowed ones where they are few. */
export function among(value: unknown, known: readonly string[]): string {
  const near = typeof value === 'string' ? nearest(value, known) : [];
  const shown =
    known.length > 12 ? `the ${known.length} allowed ones, such as ${known.slice(0, 3).join(', ')}` : known.join(', ');
  return `${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}one of ${shown}`;
}

function isPrefix(name: string, candidate: string): boolean {
  if (name.length < 3 || candidate.length < 3) return false;
  return candidate.startsWith(name) || (name.startsWith(candidate) && 2 * candidate.length >= name.length);
}

/** Letters to change, whether one or many are named: from `fidelity` to `fidelities` it is one. */
function distanceOf(a: string, b: string): number {
  const whole = editDistance(a, b);
  return a === b ? 0 : Math.min(whole, 1 + editDistance(singular(a), singular(b)));
}

function singular(word: string): string {
  return word.length < 5 ? word : word.replace(/ies$/, 'y').replace(/s$/, '');
}

/** Number of letters to add, drop, replace or swap with the next one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}
