/** Steps up to which returns are counted. */
export const walkSteps = 16;

/**
 * Probability that a walk which takes a bond at random in each step is back where it began after 1, 2, … steps. An atom without bonds among others is
 * never back; one that is all there is always is. In numbers of 32 bits, as MiniMol was trained on.
 *
 * @param around - neighbours of each atom
 * @returns row-major, [atoms, walkSteps]
 */
export function returnProbabilities(around: readonly (readonly number[])[]): Float64Array {
  const n = around.length;
  const returns = new Float64Array(n * walkSteps);
  if (n === 1) return returns.fill(1);
  let here = new Float32Array(n);
  for (let atom = 0; atom < n; atom++) {
    here.fill(0);
    here[atom] = 1;
    for (let step = 0; step < walkSteps; step++) {
      const there = new Float32Array(n);
      around.forEach((neighbours, from) => {
        if (here[from] === 0) return;
        const share = Math.fround(1 / neighbours.length);
        for (const to of neighbours) there[to]! += here[from]! * share;
      });
      here = there;
      returns[atom * walkSteps + step] = here[atom]!;
    }
  }
  return returns;
}
