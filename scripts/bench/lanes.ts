/**
 * Does the work for every item, several at a time, and gives the results in the order of the items. After a failure no
 * further item is begun.
 *
 * @param lanes - items under way at the same time, 1 or more
 * @param onDone - told after each item how many are done
 * @throws what the work threw first, once all work under way has ended
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
  onDone: (done: number) => void = () => {},
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length && failures.length === 0) {
      const place = next++;
      results.set(place, await work(items[place]!));
      onDone(results.size);
    }
  };
  const running = Array.from({ length: Math.min(lanes, items.length) }, () =>
    lane().catch((error: unknown) => failures.push(error)),
  );
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return items.map((_, place) => results.get(place)!);
}
