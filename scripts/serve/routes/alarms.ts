import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { alarmStates } from '../../../activities/store/alarm.js';
import { alarmKinds, alarmPriorities } from '../../../models/domain/alarm-kinds.js';
import { alarmView } from '../../alarms/alarm-view.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { answers, listOf, sent } from '../route.js';
import { reason } from '../shapes.js';

const instant = z.number().openapi({ description: 'milliseconds since 1970' });
const known = {
  cause: z.string().openapi({ description: 'what it most likely comes from' }),
  consequence: z.string().openapi({ description: 'what comes of it where nobody acts' }),
  action: z.string().openapi({ description: 'what to do' }),
  time: z.string().openapi({ description: 'how long there is for that' }),
};
const alarmShape = z
  .object({
    id: z.int(),
    kind: z.string().openapi({ example: 'unknown' }),
    priority: z.enum(alarmPriorities).openapi({
      description: '`now`: people, equipment or sample at risk; `soon`: the loop stands still; `today`: within the day',
    }),
    state: z.enum(alarmStates).openapi({ description: '`cleared`: over before anybody acknowledged it' }),
    text: z.string(),
    ...known,
    lab: z.string().nullable(),
    campaigns: z.array(z.string()),
    trials: z.array(z.string()).openapi({ description: 'the first of them; `count` says how many there are' }),
    count: z.int(),
    commands: z.array(z.string()),
    raisedAt: instant,
    times: z.int().openapi({ description: 'how often it was raised' }),
    clearedAt: instant.nullable(),
    acknowledged: z.object({ who: z.string(), note: z.string().nullable(), at: instant }).nullable(),
    shelved: z.object({ who: z.string(), why: z.string(), until: instant }).nullable(),
  })
  .openapi('Alarm');
const alarmAct = z
  .discriminatedUnion('act', [
    z.strictObject({ act: z.literal('acknowledge'), reason: reason.optional() }),
    z.strictObject({
      act: z.literal('shelve'),
      reason,
      until: instant.openapi({ description: 'milliseconds since 1970, twelve hours from now at most' }),
    }),
    z.strictObject({ act: z.literal('unshelve') }),
  ])
  .openapi('AlarmAct');

const list = createRoute({
  method: 'get',
  path: '/alarms',
  summary:
    'What a person has to do something about, most urgent first; with `past` all there ever were, the last first',
  request: {
    query: z.object({
      past: z.enum(['true', 'false']).default('false'),
      after: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: '`next` of the page before, of past ones' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: answers(200, listOf(alarmShape, 'AlarmList'), 'Alarms'),
});
const kinds = createRoute({
  method: 'get',
  path: '/alarms/kinds',
  summary: 'All kinds of alarms',
  responses: answers(
    200,
    listOf(z.object({ kind: z.string(), priority: z.enum(alarmPriorities), ...known }), 'AlarmKindList'),
    'Kinds',
  ),
});
const act = createRoute({
  method: 'post',
  path: '/alarms/{alarm}/acts',
  summary: 'Somebody has it, or puts it aside for a while',
  request: {
    params: z.object({ alarm: z.coerce.number().int().min(1) }),
    body: sent(alarmAct),
  },
  responses: answers(200, alarmShape, 'The alarm after it'),
});

/** Alarms. */
export function alarmRoutes(app: OpenAPIHono<ApiEnv>, { alarms }: Control): void {
  app.openapi(list, async (c) => {
    callerAs(c, 'viewer');
    const { past, after, limit } = c.req.valid('query');
    if (past === 'false') return c.json({ items: (await alarms.list()).map(alarmView), next: null }, 200);
    const items = await alarms.past({ before: after ?? null, limit });
    return c.json({ items: items.map(alarmView), next: items.length < limit ? null : `${items.at(-1)!.id}` }, 200);
  });
  app.openapi(kinds, (c) => {
    callerAs(c, 'viewer');
    const items = Object.entries(alarmKinds).map(([kind, { priority, cause, consequence, action, time }]) => ({
      ...{ kind, priority, cause, consequence, action, time },
    }));
    return c.json({ items, next: null }, 200);
  });
  app.openapi(act, async (c) => {
    const { alarm: id } = c.req.valid('param');
    const said = c.req.valid('json');
    const { who } = callerAs(c, said.act === 'acknowledge' ? 'viewer' : 'operator');
    const done =
      said.act === 'acknowledge'
        ? await alarms.acknowledge(id, { who, note: said.reason ?? null })
        : said.act === 'shelve'
          ? await alarms.shelve(id, { who, why: said.reason, until: said.until })
          : await alarms.unshelve(id, who);
    return c.json(alarmView(done), 200);
  });
}
