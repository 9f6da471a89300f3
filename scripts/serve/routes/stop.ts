import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { InstrumentPlace } from '../../lab/reach-instrument.js';
import { latches } from '../../safe-stop/latch.js';
import { lastReport, stopReport } from '../../stopd/stop-report.js';
import { checklist, StopRuns } from '../../stopd/stop-run.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { stopShape } from '../lab-shapes.js';
import { stopView } from '../lab-view.js';
import { answers, sent } from '../route.js';
import { reason } from '../shapes.js';
import { type StopAddress, stopOriginOf } from '../stop-access.js';

const stopState = z
  .object({
    url: z.string().nullable().openapi({
      description:
        'where the stop process is, which a page speaks to, as it needs no other server; null where there is none',
    }),
    stops: z
      .array(stopShape)
      .openapi({ description: 'while there is one nothing begins; empty where nothing is stopped' }),
    report: z.union([z.object(stopReport.shape).openapi('StopReport'), z.null()]).openapi({
      description:
        'what became of each instrument at the last stop, as far as this home asked for it; null where there was none',
    }),
    checklist: z.array(z.string()).openapi({ description: 'what has to be said to release a stop' }),
  })
  .openapi('StopState');
const lab = z.string().min(1).optional().openapi({ description: 'of this lab alone; all where absent' });

const get = createRoute({
  method: 'get',
  path: '/stop',
  summary: 'What is stopped, and what became of each instrument',
  responses: answers(200, stopState, 'The state'),
});
const stop = createRoute({
  method: 'post',
  path: '/stop',
  summary:
    'Brings all instruments to a safe state; nothing begins until that is released. Answers when each is known of, within seconds',
  request: {
    body: sent(z.strictObject({ reason, lab }).openapi('StopAct')),
  },
  responses: answers(200, stopState, 'What became of each instrument'),
});
const release = createRoute({
  method: 'post',
  path: '/stop/release',
  summary: 'Lets work begin again',
  request: {
    body: sent(
      z
        .strictObject({
          reason,
          lab,
          checks: z.array(z.string()).openapi({ description: 'every point of `checklist`' }),
        })
        .openapi('ReleaseAct'),
    ),
  },
  responses: answers(200, stopState, 'The state after it'),
});

/** Safe stop for programs: pages have the stop process, which goes on without this server. */
export function stopRoutes(
  app: OpenAPIHono<ApiEnv>,
  { place, stopAt }: { readonly place: InstrumentPlace; readonly stopAt: () => StopAddress | null },
): void {
  const runs = new StopRuns(place.jobs, place.log);
  const state = (url: string | null): z.infer<typeof stopState> => ({
    url,
    stops: latches(place.jobs).map(stopView),
    report: lastReport(place.jobs),
    checklist: [...checklist],
  });
  app.openapi(get, async (c) => {
    callerAs(c, 'viewer');
    return c.json(state(stopOriginOf(c, stopAt())), 200);
  });
  app.openapi(stop, async (c) => {
    const { who } = callerAs(c, 'viewer');
    const said = c.req.valid('json');
    await runs.stop({ lab: said.lab ?? null, who, why: said.reason });
    return c.json(state(stopOriginOf(c, stopAt())), 200);
  });
  app.openapi(release, async (c) => {
    const { who } = callerAs(c, 'operator');
    const said = c.req.valid('json');
    runs.release({ lab: said.lab ?? null, who, why: said.reason, checks: said.checks });
    return c.json(state(stopOriginOf(c, stopAt())), 200);
  });
}
