/**
 * Gathers what is asked for within a time, and does it together. What is told to one is told by `act` to all of a group.
 *
 * @param groupOf - only what has the same text is done together
 * @param withinMs - how long the first of a group waits for others; a full group does not wait
 */
export function gathered<T, R>(
  { upTo, withinMs }: { readonly upTo: number; readonly withinMs: number },
  groupOf: (one: T) => string,
  act: (all: readonly T[]) => Promise<readonly (() => R)[]>,
): (one: T) => Promise<R> {
  interface Waiting {
    readonly one: T;
    readonly settle: (told: Promise<() => R>) => void;
  }
  const groups = new Map<string, Waiting[]>();
  const go = (group: string, waiting: readonly Waiting[]) => {
    if (groups.get(group) === waiting) groups.delete(group);
    const all = act(waiting.map(({ one }) => one));
    for (const [i, { settle }] of waiting.entries()) settle(all.then((told) => told[i]!));
  };
  return (one) =>
    new Promise<() => R>((resolve) => {
      const group = groupOf(one);
      const waiting = groups.get(group) ?? [];
      waiting.push({ one, settle: resolve });
      if (waiting.length === 1) {
        groups.set(group, waiting);
        setTimeout(() => groups.get(group) === waiting && go(group, waiting), withinMs);
      }
      if (waiting.length === upTo) go(group, waiting);
    }).then((told) => told());
}
