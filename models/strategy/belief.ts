import type { MemberSituation } from './best-candidate.js';

/** Least share of the belief in the likeliest member of its group with which another one takes part in a choice. */
const leastShare = 0.1;

/**
 * The members of a group that are believed at least a tenth as much as the likeliest of them. The others do not choose:
 * the improvement that they expect is large because they know little, and would outweigh what others expect.
 */
export function likely(group: readonly MemberSituation[]): MemberSituation[] {
  const most = group.reduce((largest, { weight }) => Math.max(largest, weight), 0);
  return group.filter(({ weight }) => weight >= leastShare * most);
}

/** The members with their weights made to add up to 1. */
export function sharedOut(situations: readonly MemberSituation[]): MemberSituation[] {
  const total = totalWeight(situations);
  return situations.map((situation) => ({ ...situation, weight: situation.weight / total }));
}

/** How far the members are believed in all. */
export function totalWeight(situations: readonly MemberSituation[]): number {
  return situations.reduce((sum, { weight }) => sum + weight, 0);
}
