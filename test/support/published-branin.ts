import type { Design } from '../../models/domain/design.js';

/** Branin's function as published (Dixon and Szegö 1978), apart from that of the product. */
export function publishedBranin({ x1, x2 }: Design): number {
  const [a, b] = [Number(x1), Number(x2)];
  const bowl = b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - 6;
  return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
}
