/** One of several with a weight. */
export interface Weighted {
  readonly weight: number;
}

/** Least share of the largest weight in its group with which another one takes part in a choice. */
const toChoose = 0.1;

/**
 * The members of a group with at least a tenth of the largest weight. The others do not choose:
 * the improvement that they expect is large because they know little, and would outweigh what others expect.
 *
 * @param leastShare - instead of a tenth
 */
export function ofLargeWeight<One extends Weighted>(group: readonly One[], leastShare: number = toChoose): One[] {
  const most = group.reduce((largest, { weight }) => Math.max(largest, weight), 0);
  return group.filter(({ weight }) => weight >= leastShare * most);
}

/** The members with their weights made to add up to 1. */
export function normalised<One extends Weighted>(group: readonly One[]): One[] {
  const total = totalWeight(group);
  return group.map((one) => ({ ...one, weight: one.weight / total }));
}

/** Weight of the members in all. */
export function totalWeight(group: readonly Weighted[]): number {
  return group.reduce((sum, { weight }) => sum + weight, 0);
}
