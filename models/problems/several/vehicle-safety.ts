import { cube } from '../contract.js';
import type { SeveralProblem } from './contract.js';

/**
 * Mass of a car, and acceleration and intrusion in a crash, by the thicknesses of five reinforced parts: quadratic surfaces fitted to
 * simulations.
 *
 * @see Liao et al. 2008, Struct. Multidisc. Optim. 35, 561; Tanabe and Ishibuchi 2020, Appl. Soft Comput. 89, 106078 (RE3-5-4); BoTorch
 *   `VehicleSafety`, from which reference point and hypervolume are
 */
export const vehicleSafety: SeveralProblem = {
  name: 'vehicleSafety',
  bounds: cube(5, 1, 3),
  reference: [1864.72022, 11.81993945, 0.2903999384],
  hypervolume: 246.81607081187002,
  evaluate: (x) => {
    const [a, b, c, d, e] = x as [number, number, number, number, number];
    return [
      1640.2823 + 2.3573285 * a + 2.3220035 * b + 4.5688768 * c + 7.7213633 * d + 4.4559504 * e,
      6.5856 +
        1.15 * a -
        1.0427 * b +
        0.9738 * c +
        0.8364 * d -
        0.3695 * a * d +
        0.0861 * a * e +
        0.3628 * b * d -
        0.1106 * a * a -
        0.3437 * c * c +
        0.1764 * d * d,
      -0.0551 +
        0.0181 * a +
        0.1024 * b +
        0.0421 * c -
        0.0073 * a * b +
        0.024 * b * c -
        0.0118 * b * d -
        0.0204 * c * d -
        0.008 * c * e -
        0.0241 * b * b +
        0.0109 * d * d,
    ];
  },
};
