import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { StoreEvent } from '../../../activities/store/event.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import type { EventFeed } from '../event-feed.js';
import { answers, listOf } from '../route.js';

/** How often a stream says that it is alive, milliseconds. */
const beatMs = 10_000;
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

/** The log, as pages and as a stream. */
export function eventRoutes(app: OpenAPIHono<ApiEnv>, control: Control, feed: EventFeed): void {
  app.openapi(page, async (c) => {
    callerAs(c, 'viewer');
    const filter = c.req.valid('query');
    const items = await control.events.list(filter);
    return c.json({ items: [...items], next: items.length < filter.limit ? null : `${items.at(-1)!.seq}` }, 200);
  });
  app.openapi(stream, async (c) => {
    callerAs(c, 'viewer');
    const { after, campaign } = c.req.valid('query');
    const [newest] = await control.events.last({ limit: 1 });
    const end = newest?.seq ?? 0;
    const asked = c.req.valid('header')['last-event-id'] ?? after ?? end;
    // A number beyond the end is of another store, or of a state of this one that is gone.
    const isLost = asked > end || end - asked > mostBehind;
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (sse) => {
      const queue: StoreEvent[] = [];
      let wake = () => {};
      const leave = feed.follow(isLost ? end : asked, (events) => {
        queue.push(...events.filter((event) => campaign === undefined || event.campaign === campaign));
        wake();
      });
      sse.onAbort(() => {
        leave();
        wake();
      });
      const beat = () =>
        sse.writeSSE({ event: 'beat', data: JSON.stringify({ now: Date.now(), seq: feed.last }), retry: 2_000 });
      if (isLost) await sse.writeSSE({ event: 'resync', data: JSON.stringify({ seq: end }), id: `${end}` });
      await beat();
      while (!sse.aborted && !sse.closed) {
        for (const event of queue.splice(0))
          await sse.writeSSE({ event: 'event', id: `${event.seq}`, data: JSON.stringify(event) });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => void beat().then(resolve, () => resolve()), beatMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (queue.length > 0 || sse.aborted) wake();
        });
      }
      leave();
    }) as never;
  });
}
