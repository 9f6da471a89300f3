import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { readSeen, type Seen } from '../../../models/domain/seen.js';
import { causeClasses } from '../../../models/domain/verdicts.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { answers, sent } from '../route.js';
import { reason, trialIdOf, trialPlace, trialShape, waitingShape } from '../shapes.js';
import { trialView, waitingView } from '../trial-view.js';

const texts = z
  .record(z.string(), z.union([z.number(), z.string()]))
  .openapi({ description: 'by name; a text may have a unit, as "0.5 g"' });
const seen = z
  .string()
  .regex(/^[1-9]\d*\.\d+$/)
  .openapi({ description: 'generation.rulings, as the trial was seen: refused where there is more to be seen by now' });

/** What a person may say of a trial. */
const trialAct = z
  .discriminatedUnion('act', [
    z.strictObject({ act: z.literal('approve'), reason: reason.optional() }),
    z.strictObject({ act: z.literal('reject'), reason }),
    z.strictObject({
      act: z.literal('edit'),
      reason,
      values: texts,
      row: z.string().optional(),
      fidelity: z.string().optional(),
    }),
    z.strictObject({
      act: z.literal('enter'),
      reason: reason.optional(),
      step: z.string().optional(),
      values: texts.default({}),
      noise: texts.default({}),
      achieved: texts.default({}),
      contexts: texts.optional(),
      cost: z.number().min(0).optional(),
      failed: z.enum(causeClasses).optional(),
      file: z
        .strictObject({ name: z.string().min(1).max(255), base64: z.base64() })
        .optional()
        .openapi({ description: 'what belongs to it; kept with the trial by its sha256' }),
    }),
    z.strictObject({
      act: z.literal('release'),
      reason,
      values: z.record(z.string(), z.number()).default({}),
      seen: seen.optional(),
    }),
    z.strictObject({
      act: z.literal('amend'),
      reason,
      values: z.record(z.string(), z.number()),
      seen: seen.optional(),
    }),
    z.strictObject({ act: z.literal('discard'), reason, seen: seen.optional() }),
    z.strictObject({ act: z.literal('failed'), reason, cause: z.enum(causeClasses), seen: seen.optional() }),
    z.strictObject({ act: z.literal('resolve'), reason, started: z.string().min(1) }),
    z.strictObject({
      act: z.literal('retry'),
      reason: reason.optional(),
      notStarted: z.boolean().optional(),
      seen: seen.optional(),
    }),
  ])
  .openapi('TrialAct');

const inbox = createRoute({
  method: 'get',
  path: '/inbox',
  summary: 'All that waits for a person',
  request: { query: z.object({ campaign: z.string().optional() }) },
  responses: answers(
    200,
    z
      .object({
        trials: z.array(waitingShape),
        problems: z.array(z.object({ campaignId: z.string(), text: z.string(), phase: z.string() })),
      })
      .openapi('Inbox'),
    'What waits, oldest first',
  ),
});
const act = createRoute({
  method: 'post',
  path: '/campaigns/{campaign}/trials/{trial}/acts',
  summary: 'What a person decides on a trial, or measured',
  request: {
    params: z.object({ campaign: z.string(), trial: trialPlace }),
    body: sent(trialAct),
  },
  responses: answers(200, trialShape, 'The trial after it'),
});
const inject = createRoute({
  method: 'post',
  path: '/campaigns/{campaign}/proposals',
  summary: 'A design of a person’s own, beside what is proposed',
  request: {
    params: z.object({ campaign: z.string() }),
    body: sent(
      z
        .strictObject({
          reason,
          values: texts.default({}),
          row: z.string().optional(),
          fidelity: z.string().optional(),
        })
        .openapi('OwnDesign'),
    ),
  },
  responses: answers(201, trialShape, 'Its trial, with what is expected of it'),
});

/** What waits for people, and what they say. */
export function peopleRoutes(app: OpenAPIHono<ApiEnv>, control: Control): void {
  app.openapi(inbox, async (c) => {
    callerAs(c, 'viewer');
    const { trials, problems } = await control.inbox(c.req.valid('query').campaign ?? null);
    return c.json({ trials: trials.map(waitingView), problems: [...problems] }, 200);
  });
  app.openapi(act, async (c) => {
    const { campaign, trial } = c.req.valid('param');
    const id = trialIdOf(campaign, trial);
    const said = c.req.valid('json');
    const { who } = callerAs(c, said.act === 'edit' || said.act === 'discard' ? 'scientist' : 'operator');
    await decide(control, id, said, who);
    return c.json(trialView(await control.trial(id)), 200);
  });
  app.openapi(inject, async (c) => {
    const { who } = callerAs(c, 'scientist');
    const { reason: why, values, row, fidelity } = c.req.valid('json');
    const given = {
      who,
      why,
      values: asTexts(values),
      ...(row === undefined ? {} : { rowId: row }),
      ...(fidelity === undefined ? {} : { fidelity }),
    };
    return c.json(trialView(await control.add(c.req.valid('param').campaign, given)), 201);
  });
}

type TrialAct = z.infer<typeof trialAct>;

async function decide(control: Control, id: string, said: TrialAct, who: string): Promise<void> {
  const note = said.reason === undefined ? {} : { note: said.reason };
  const known = 'seen' in said && said.seen !== undefined ? { seen: markOf(said.seen) } : {};
  switch (said.act) {
    case 'approve':
    case 'reject':
      await control[said.act](id, { who, ...note });
      return;
    case 'edit': {
      const { values, row, fidelity, reason: why } = said;
      await control.edit(id, {
        ...{ who, why, values: asTexts(values) },
        ...(row === undefined ? {} : { rowId: row }),
        ...(fidelity === undefined ? {} : { fidelity }),
      });
      return;
    }
    case 'enter': {
      const { step, values, noise, achieved, contexts, cost, failed, file, reason: why } = said;
      await control.enter(id, {
        who,
        ...(why === undefined ? {} : { why }),
        ...(step === undefined ? {} : { step }),
        ...{ values: asTexts(values), noise: asTexts(noise), achieved: asTexts(achieved) },
        ...(contexts === undefined ? {} : { contexts: asTexts(contexts) }),
        ...(cost === undefined ? {} : { cost }),
        ...(failed === undefined ? {} : { failed }),
        ...(file === undefined ? {} : { file: { name: file.name, bytes: Buffer.from(file.base64, 'base64') } }),
      });
      return;
    }
    case 'resolve':
      await control.resolve(id, { verdict: 'started', job: said.started, cause: null, who, why: said.reason });
      return;
    case 'retry':
      await control.retry(id, {
        ...{ who, ...note, ...known },
        ...(said.notStarted === undefined ? {} : { notStarted: said.notStarted }),
      });
      return;
    default: {
      const values = 'values' in said ? said.values : {};
      const cause = said.act === 'failed' ? said.cause : null;
      await control.rule(id, { verdict: said.act, values, cause, who, why: said.reason }, known.seen);
    }
  }
}

function markOf(text: string): Seen {
  const mark = readSeen(text);
  if (mark === null)
    throw new InvalidInputError('request', [{ path: 'seen', message: `'${text}' given`, remedy: 'as 1.0' }]);
  return mark;
}

function asTexts(values: Readonly<Record<string, number | string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
