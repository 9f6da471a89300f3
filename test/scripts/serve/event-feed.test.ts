import { expect, it } from 'vitest';
import type { StoreEvent } from '../../../activities/store/event.js';
import { EventFeed } from '../../../scripts/serve/event-feed.js';
import { eventually } from '../../workflows/durable-host.js';

/** A log that grows, and whose reading fails when it is told to. */
function logOf(length: number) {
  const log = { length, failing: false, reads: 0 };
  const read = async ({ after, limit }: { after: number; limit: number }) => {
    log.reads += 1;
    if (log.failing) throw new Error('the store is away');
    const from = Array.from({ length: Math.max(0, Math.min(limit, log.length - after)) }, (_, i) => after + i + 1);
    return from.map((seq) => ({ seq, kind: 'some' }) as StoreEvent);
  };
  return { log, read };
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i + 1);

it('tells all who follow, from wherever they begin, each event once and in order, over failures', async () => {
  const { log, read } = logOf(1_200);
  const troubles: string[] = [];
  const feed = new EventFeed(read, ({ message }) => troubles.push(message));
  const heard = { behind: [] as number[], now: [] as number[], late: [] as number[], lost: [] as number[] };
  const hear = (who: keyof typeof heard) => (events: readonly StoreEvent[]) =>
    void heard[who].push(...events.map(({ seq }) => seq));
  const leave = feed.follow(0, hear('behind'));
  feed.follow(1_200, hear('now'));
  await eventually(async () => heard.behind.length === 1_200);
  log.length = 1_300;
  await eventually(async () => heard.now.length === 100);
  log.failing = true;
  feed.follow(50, hear('lost'));
  await eventually(async () => troubles.length > 1);
  log.length = 1_900;
  log.failing = false;
  feed.follow(1_250, hear('late'));
  await eventually(async () => heard.lost.length === 1_850 && heard.late.length === 650 && heard.now.length === 700);
  await eventually(async () => heard.behind.length === 1_900);
  expect(heard).toEqual({
    behind: upTo(0, 1_900),
    now: upTo(1_200, 1_900),
    late: upTo(1_250, 1_900),
    lost: upTo(50, 1_900),
  });
  leave();
  log.length = 2_000;
  await eventually(async () => heard.now.length === 800);
  expect(heard.behind).toHaveLength(1_900);
  await feed.close();
  const { reads } = log;
  log.length = 3_000;
  expect([heard.now.length, log.reads]).toEqual([800, reads]);
});
