/** What is believed to some extent. */
export interface Weighted {
  readonly weight: number;
}

/** Least share of the belief in the likeliest member of its group with which another one takes part in a choice. */
const toChoose = 0.1;

/**
 * The members of a group that are believed at least a tenth as much as the likeliest of them. The others do not choose:
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

/** How far the members are believed in all. */
export function totalWeight(group: readonly Weighted[]): number {
  return group.reduce((sum, { weight }) => sum + weight, 0);
}
