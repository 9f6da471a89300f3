import { augmentedBorehole } from './borehole.js';
import { augmentedBranin, branin } from './branin.js';
import type { Problem, ProblemFamily } from './contract.js';
import { augmentedHartmann6, hartmann3, hartmann6 } from './hartmann.js';
import { ackley, griewank, levy, rastrigin, styblinskiTang } from './many-minima.js';
import { augmentedPark } from './park.js';
import { augmentedRosenbrock, rosenbrock } from './rosenbrock.js';

/** Every test problem; a new one is one line here. */
const families: readonly ProblemFamily[] = [
  branin,
  hartmann3,
  hartmann6,
  ackley,
  levy,
  rosenbrock,
  rastrigin,
  griewank,
  styblinskiTang,
  augmentedBranin,
  augmentedHartmann6,
  augmentedRosenbrock,
  augmentedPark,
  augmentedBorehole,
];

const byName = new Map(families.map((family) => [family.name, family]));

/** Names of all test problems. */
export const problemNames = families.map((family) => family.name);

/** The family of problems with this name, or null. */
export function problemFamily(name: string): ProblemFamily | null {
  return byName.get(name) ?? null;
}

/**
 * A test problem by its name.
 *
 * @param dims - number of design inputs; the family's usual number where absent
 * @throws {RangeError} if there is no such problem or it has no form with so many inputs; names what there is
 */
export function problemNamed(name: string, dims?: number): Problem {
  const family = problemFamily(name);
  if (family === null) throw new RangeError(`no test problem '${name}'; there are ${problemNames.join(', ')}`);
  const { least, most, usual } = family.dims;
  const wanted = dims ?? usual;
  if (!Number.isInteger(wanted) || wanted < least || wanted > most)
    throw new RangeError(`${name} has ${least === most ? least : `${least} to ${most}`} inputs, not ${wanted}`);
  return family.of(wanted);
}
