import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { sha256 } from '../../../activities/store/exact-json.js';
import type { LabWord } from '../../durable/lab-control.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { labShape } from '../lab-shapes.js';
import { answers, sent } from '../route.js';
import { reason } from '../shapes.js';
import { type LabParts, labNow } from './labs.js';

const seen = z
  .int()
  .min(0)
  .optional()
  .openapi({ description: 'as it was seen (`seen`): refused where somebody was first' });

const labAct = z
  .discriminatedUnion('act', [
    z.strictObject({
      act: z.literal('refill'),
      reason,
      seen,
      stock: z.string().min(1),
      amount: z.number().openapi({ description: 'what was filled in, or, where negative, taken out' }),
      unit: z.string().min(1).optional().openapi({ description: "the stock's own where absent" }),
    }),
  ])
  .openapi('LabAct');

const instrumentAct = z
  .strictObject({
    act: z.enum(['fault', 'clear', 'pause', 'resume']).openapi({
      description:
        '`fault`: nothing begins on it; `clear`: it is in order, faults are over and held slots free; `pause`: its jobs are held where they are, and nothing begins; `resume`: they go on',
    }),
    reason,
    seen,
  })
  .openapi('InstrumentAct');

const acted = z
  .object({
    lab: labShape,
    changed: z.boolean().openapi({ description: 'false where it was so already' }),
    freed: z.array(z.string()).openapi({ description: 'jobs whose slots were given back' }),
    jobs: z.array(z.object({ key: z.string(), outcome: z.string(), message: z.string().nullable() })).openapi({
      description: 'what became of each job that ran on it; `failed`, `elsewhere`: it is not known to be so',
    }),
    untold: z.string().nullable().openapi({
      description: 'why trials that wait for a stock could not be told that there is more; null where they were',
    }),
  })
  .openapi('LabActed');

const onLab = createRoute({
  method: 'post',
  path: '/labs/{lab}/acts',
  summary: 'Something is done to a lab: a stock is filled up',
  request: {
    params: z.object({ lab: z.string() }),
    body: sent(labAct),
  },
  responses: answers(200, acted, 'The lab after it'),
});
const onInstrument = createRoute({
  method: 'post',
  path: '/labs/{lab}/instruments/{name}/acts',
  summary: 'Something is done to an instrument or position',
  request: {
    params: z.object({ lab: z.string(), name: z.string() }),
    body: sent(instrumentAct),
  },
  responses: answers(200, acted, 'The lab after it, and what became of jobs'),
});

/** What people do to labs, as the verbs of `athanor lab`. */
export function labActRoutes(app: OpenAPIHono<ApiEnv>, parts: LabParts): void {
  const { control, place } = parts;
  app.openapi(onLab, async (c) => {
    const { who } = callerAs(c, 'operator');
    const { lab } = c.req.valid('param');
    const { stock, amount, unit, ...said } = c.req.valid('json');
    const given = { value: amount, ...(unit === undefined ? {} : { unit }) };
    const { untold } = await control.labs.refill(lab, stock, given, wordOf(c, who, said));
    return c.json({ lab: await labNow(parts, lab), changed: true, freed: [], jobs: [], untold }, 200);
  });
  app.openapi(onInstrument, async (c) => {
    const { who } = callerAs(c, 'operator');
    const { lab, name } = c.req.valid('param');
    const { act, ...said } = c.req.valid('json');
    const word = wordOf(c, who, said);
    if (act === 'fault' || act === 'clear') {
      const { changed, freed } = await control.labs[act](lab, name, word);
      return c.json({ lab: await labNow(parts, lab), changed, freed: [...freed], jobs: [], untold: null }, 200);
    }
    const { changed, jobs } = await control.labs.hold(act, lab, name, word, place);
    return c.json({ lab: await labNow(parts, lab), changed, freed: [], jobs: [...jobs], untold: null }, 200);
  });
}

/** A request that is sent again, as where this server died over it, is the same act. */
function wordOf(
  c: Context<ApiEnv>,
  who: string,
  said: { readonly reason: string; readonly seen?: number | undefined },
): LabWord {
  const key = c.req.header('Idempotency-Key');
  return {
    who,
    why: said.reason,
    ...(key === undefined ? {} : { requestId: `api-${sha256(JSON.stringify([who, key]))}` }),
    ...(said.seen === undefined ? {} : { expected: said.seen }),
  };
}
