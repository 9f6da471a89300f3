import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AthanorError } from '../../../models/domain/errors.js';
import type { Control } from '../../durable/control-contract.js';
import type { InstrumentPlace } from '../../lab/reach-instrument.js';
import { latches } from '../../safe-stop/latch.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { labActEntry, labHead, labShape, leaseShape } from '../lab-shapes.js';
import { labActView, labHeadView, labView, leaseView } from '../lab-view.js';
import { answers, listOf } from '../route.js';

const one = z.object({ lab: z.string() });

const list = createRoute({
  method: 'get',
  path: '/labs',
  summary: 'All labs, by name',
  responses: answers(200, listOf(labHead, 'LabList'), 'Labs'),
});
const get = createRoute({
  method: 'get',
  path: '/labs/{lab}',
  summary: 'A lab as it is now: who has what, who waits, what stands still, what is left',
  request: { params: one },
  responses: answers(200, labShape, 'The lab'),
});
const acts = createRoute({
  method: 'get',
  path: '/labs/{lab}/acts',
  summary: 'Who did what to it, oldest first',
  request: {
    params: one,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: answers(200, listOf(labActEntry, 'LabActList'), 'A page of it; `next` is the `after` of the next'),
});
const leases = createRoute({
  method: 'get',
  path: '/labs/{lab}/leases',
  summary: 'Who had which slot from when to when, oldest first',
  request: {
    params: one,
    query: z.object({
      since: z.coerce
        .number()
        .min(0)
        .max(8.64e15)
        .default(0)
        .openapi({ description: 'those that had not ended by then, milliseconds since 1970' }),
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: answers(200, listOf(leaseShape, 'LeaseList'), 'A page of them; `next` is the `after` of the next'),
});

/** What routes of labs need. */
export interface LabParts {
  readonly control: Control;
  readonly place: InstrumentPlace;
}

/** A lab as it is now, as the API tells it. @throws {AthanorError} NOT_FOUND */
export async function labNow({ control, place }: LabParts, name: string): Promise<z.infer<typeof labShape>> {
  const lab = (await control.labs.list()).find((each) => each.name === name);
  if (lab === undefined) throw new AthanorError('NOT_FOUND', `there is no lab '${name}'`);
  const [report, stillness] = await Promise.all([control.labs.show(name), control.stillness()]);
  return labView(lab, report, { stillness, stops: latches(place.jobs) });
}

/** Labs, to be read. */
export function labRoutes(app: OpenAPIHono<ApiEnv>, parts: LabParts): void {
  const { control, place } = parts;
  app.openapi(list, async (c) => {
    callerAs(c, 'viewer');
    const stops = latches(place.jobs);
    return c.json({ items: (await control.labs.list()).map((lab) => labHeadView(lab, stops)), next: null }, 200);
  });
  app.openapi(get, async (c) => {
    callerAs(c, 'viewer');
    return c.json(await labNow(parts, c.req.valid('param').lab), 200);
  });
  app.openapi(acts, async (c) => {
    callerAs(c, 'viewer');
    const { after, limit } = c.req.valid('query');
    const all = (await control.labs.acts(c.req.valid('param').lab)).filter(({ id }) => id > after);
    const next = all.length > limit ? `${all[limit - 1]!.id}` : null;
    return c.json({ items: all.slice(0, limit).map(labActView), next }, 200);
  });
  app.openapi(leases, async (c) => {
    callerAs(c, 'viewer');
    const { since, after, limit } = c.req.valid('query');
    const all = await control.labs.leases(c.req.valid('param').lab, since);
    const next = all.length > after + limit ? `${after + limit}` : null;
    return c.json({ items: all.slice(after, after + limit).map(leaseView), next }, 200);
  });
}
