/** What a step takes of the lab's positions before it begins, and what it leaves once it is done. */
export interface PositionMoves {
  /** In the order of the lab. */
  readonly take: readonly string[];
  readonly leave: readonly string[];
}

/**
 * Which positions the sample of a trial takes and leaves with each of its steps. It has the one in which it stands, and that
 * into which a step moves it before the step begins. Trials that wait for each other's positions would wait for ever, so
 * each takes positions in the order of the lab: with one, also those before it that later steps need. What is taken is kept
 * until no later step needs it; all is left at the end of the trial.
 *
 * @param steps - of the recipe, `at` being the position in which the sample stands after each; absent where it stays
 * @param order - positions of the lab
 */
export function positionMoves(
  steps: readonly { readonly at?: string | undefined }[],
  order: readonly string[],
): readonly PositionMoves[] {
  const placeOf = (name: string) => order.indexOf(name);
  let held: readonly string[] = [];
  let stands: string | null = null;
  return steps.map(({ at }, i) => {
    const later = steps.slice(i + 1).flatMap((step) => step.at ?? []);
    const wanted = at === undefined ? [] : [at, ...later.filter((name) => placeOf(name) < placeOf(at))];
    const take = order.filter((name) => wanted.includes(name) && !held.includes(name));
    stands = at ?? stands;
    const all = [...held, ...take];
    const leave = all.filter((name) => name !== stands && !later.includes(name));
    held = all.filter((name) => !leave.includes(name));
    return { take, leave };
  });
}
