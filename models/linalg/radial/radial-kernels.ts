import type { RadialKernel } from './contract.js';
import { matern52 } from './matern.js';
import { matern32 } from './matern32.js';
import { rbf } from './rbf.js';

/**
 * Radial kernels by name, from rough to smooth; a new one is one file and one line here.
 *
 * All are positive definite in any number of dimensions, with lengthscales taken out beforehand: r² = Σ_j D_j/ℓ_j².
 */
export const radialKernels = { matern32, matern52, rbf } as const satisfies Readonly<Record<string, RadialKernel>>;

/** Names of the radial kernels. */
export type RadialKernelName = keyof typeof radialKernels;

/** Radial kernels in the order in which the numerical kernel numbers them. */
export const radialByNumber = [matern32, matern52, rbf] as const;

/** Number of a radial kernel. */
export type RadialNumber = 0 | 1 | 2;

/** Number of the radial kernel of that name. */
export const radialNumber: Readonly<Record<RadialKernelName, RadialNumber>> = { matern32: 0, matern52: 1, rbf: 2 };
