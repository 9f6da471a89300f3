/**
 * Largest molecules that are read. RDKit as WebAssembly runs out of stack at about a thousand atoms and ends its module; what
 * it computes of 300 takes up to a second.
 */
export const largestMolecule = { characters: 5000, atoms: 300, walks: 20_000 } as const;

const tokenPattern = /\[[^\]]*\]?|%\(\d*\)?|%\d\d|Br|Cl|[A-Za-z*]|\d|[().]|[\s\S]/g;

/**
 * Why a SMILES is too large to be given to RDKit, in words; null where it is not. Reads only its skeleton (atoms, branches,
 * ring closures), in time proportional to its length, and finds no other fault in it.
 *
 * Besides atoms, walks of four bonds are counted: RDKit lists paths of four bonds, of which few atoms joined all to all
 * have more than it can list in a minute.
 */
export function excessOf(smiles: string): string | null {
  const { characters, atoms: most, walks } = largestMolecule;
  if (smiles.length > characters) return `has ${smiles.length} characters, at most ${characters} are read`;
  const neighbours: number[][] = [];
  const branches: number[] = [];
  const open = new Map<string, number>();
  let last = -1;
  const join = (a: number, b: number) => {
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
  };
  for (const [token] of smiles.trim().split(/\s/, 1)[0]!.matchAll(tokenPattern)) {
    if (/^(\[|[A-Za-z*])/.test(token)) {
      const atom = neighbours.push([]) - 1;
      if (last >= 0) join(last, atom);
      last = atom;
    } else if (token === '(') branches.push(last);
    else if (token === ')') last = branches.pop() ?? last;
    else if (token === '.') last = -1;
    else if (/^[%\d]/.test(token) && last >= 0) {
      const ring = String(Number(token.replace(/[%()]/g, '')));
      const begun = open.get(ring);
      if (begun === undefined) open.set(ring, last);
      else join(begun, last);
      if (begun !== undefined) open.delete(ring);
    }
  }
  if (neighbours.length > most) return `has ${neighbours.length} atoms, at most ${most} are read`;
  let counts = neighbours.map(() => 1);
  for (let bond = 0; bond < 4; bond++)
    counts = neighbours.map((others) => others.reduce((sum, other) => sum + counts[other]!, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total > walks ? 'has too many bonds among its atoms to be read' : null;
}

/** The text of a SMILES as a message shows it, cut where long. */
export function shownSmiles(smiles: string): string {
  return smiles.length > 60 ? `${smiles.slice(0, 57)}…` : smiles;
}
