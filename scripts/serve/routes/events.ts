import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { accessStands } from '../../../activities/store/access.js';
import type { Store } from '../../../activities/store/client.js';
import type { StoreEvent } from '../../../activities/store/event.js';
import type { Redact } from '../../../models/domain/redaction.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import type { EventFeed } from '../event-feed.js';
import { answers, listOf } from '../route.js';

/** How often a stream says that it is alive, where nobody says otherwise, milliseconds. */
const usualBeatMs = 10_000;
/** Events that a stream may be behind by; beyond them its reader is told to read everything anew. */
const mostBehind = 20_000;

const eventShape = z
  .object({
    seq: z.int().openapi({ description: 'without gaps; what is read is never followed by something earlier' }),
    at: z.number().openapi({ description: 'milliseconds since 1970' }),
    kind: z.string().openapi({ example: 'trial.ended' }),
    who: z.string().nullable(),
    campaign: z.string().nullable(),
    lab: z.string().nullable(),
    subject: z.string().nullable(),
    body: z.unknown(),
  })
  .openapi('Event');

const page = createRoute({
  method: 'get',
  path: '/log',
  summary: 'The log of all that happened, oldest first',
  request: {
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      campaign: z.string().optional(),
    }),
  },
  responses: answers(200, listOf(eventShape, 'EventList'), 'A page of it; `next` is the `after` of the next'),
});

const stream = createRoute({
  method: 'get',
  path: '/events',
  summary: 'The log as it grows, as server-sent events',
  request: {
    query: z.object({ after: z.coerce.number().int().min(0).optional(), campaign: z.string().optional() }),
    headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() }),
  },
  responses: {
    ...answers(
      200,
      z.string(),
      'Events with their number as id; `beat` every ten seconds; `resync` where too much was missed',
    ),
    200: { description: 'A stream', content: { 'text/event-stream': { schema: z.string() } } },
  },
});

/** What the log is read from. */
export interface EventParts {
  readonly control: Control;
  readonly store: Store;
  readonly feed: EventFeed;
  /** Takes secrets out of what is told. */
  readonly redact: Redact;
  /** How often a stream says that it is alive, milliseconds; ten seconds where absent. */
  readonly beatMs?: number;
}

/** The log, as pages and as a stream, which ends with the access of who follows it. */
export function eventRoutes(
  app: OpenAPIHono<ApiEnv>,
  { control, store, feed, redact, beatMs = usualBeatMs }: EventParts,
): void {
  app.openapi(page, async (c) => {
    callerAs(c, 'viewer');
    const filter = c.req.valid('query');
    const items = await control.events.list(filter);
    return c.json({ items: [...items], next: items.length < filter.limit ? null : `${items.at(-1)!.seq}` }, 200);
  });
  app.openapi(stream, async (c) => {
    const caller = callerAs(c, 'viewer');
    const { after, campaign } = c.req.valid('query');
    const [newest] = await control.events.last({ limit: 1 });
    const end = newest?.seq ?? 0;
    const asked = c.req.valid('header')['last-event-id'] ?? after ?? end;
    // A number beyond the end is of another store, or of a state of this one that is gone.
    const isLost = asked > end || end - asked > mostBehind;
    c.header('X-Accel-Buffering', 'no');
    // Nobody would read it, nor end it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' }) as never;
    return streamSSE(c, async (sse) => {
      const queue: StoreEvent[] = [];
      let wake = () => {};
      let isOver = false;
      const leave = feed.follow(isLost ? end : asked, (events) => {
        queue.push(...events.filter((event) => campaign === undefined || event.campaign === campaign));
        // Who does not read is told no more; they come again with the number of what they read last.
        if (queue.length > mostBehind) isOver = true;
        wake();
      });
      sse.onAbort(() => {
        leave();
        wake();
      });
      const beat = async () => {
        if (!(await accessStands(store.query, caller.id))) isOver = true;
        else
          await sse.writeSSE({
            event: 'beat',
            data: JSON.stringify({ now: Date.now(), seq: feed.last }),
            retry: 2_000,
          });
      };
      if (isLost) await sse.writeSSE({ event: 'resync', data: JSON.stringify({ seq: end }), id: `${end}` });
      await beat();
      while (!isOver && !sse.aborted && !sse.closed) {
        for (const event of queue.splice(0))
          await sse.writeSSE({ event: 'event', id: `${event.seq}`, data: redact(JSON.stringify(event)) });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => void beat().then(resolve, () => resolve()), beatMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (queue.length > 0 || isOver || sse.aborted) wake();
        });
      }
      leave();
    }) as never;
  });
}
