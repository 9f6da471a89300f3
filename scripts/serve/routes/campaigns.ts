import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { CampaignHead } from '../../../activities/store/campaign.js';
import { trialStates } from '../../../models/domain/record.js';
import { parseTrialId } from '../../../models/domain/trial.js';
import type { Control } from '../../durable/control-contract.js';
import type { CampaignReport } from '../../durable/course.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { answers, listOf, sent } from '../route.js';
import { campaignHead, campaignReport, reason, trialIdOf, trialPlace, trialShape } from '../shapes.js';
import { trialView } from '../trial-view.js';

const one = z.object({ campaign: z.string() });

const list = createRoute({
  method: 'get',
  path: '/campaigns',
  summary: 'All campaigns, newest first',
  responses: answers(200, listOf(campaignHead, 'CampaignList'), 'Campaigns'),
});
const get = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}',
  summary: 'A campaign in figures',
  request: { params: one },
  responses: answers(200, campaignReport, 'The campaign'),
});
const trials = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/trials',
  summary: 'Its trials, in the order in which they were proposed',
  request: {
    params: one,
    query: z.object({
      after: trialPlace.optional().openapi({ description: '`next` of the page before' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      state: z.enum(trialStates).optional(),
      fidelity: z.string().optional(),
    }),
  },
  responses: answers(200, listOf(trialShape, 'TrialList'), 'A page of them'),
});
const trial = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/trials/{trial}',
  summary: 'A trial; its id without that of the campaign, with a hyphen: r3-p1',
  request: { params: one.extend({ trial: trialPlace }) },
  responses: answers(200, trialShape, 'The trial'),
});
const act = createRoute({
  method: 'post',
  path: '/campaigns/{campaign}/acts',
  summary: 'Pauses, resumes, drains or aborts it',
  request: {
    params: one,
    body: sent(
      z
        .strictObject({ act: z.enum(['pause', 'resume', 'drain', 'abort']), reason: reason.optional() })
        .openapi('CampaignAct'),
    ),
  },
  responses: answers(200, campaignReport, 'The campaign after it'),
});

/** Campaigns and their trials. */
export function campaignRoutes(app: OpenAPIHono<ApiEnv>, control: Control): void {
  app.openapi(list, async (c) => {
    callerAs(c, 'viewer');
    return c.json({ items: (await control.list()).map(headView), next: null }, 200);
  });
  app.openapi(get, async (c) => {
    callerAs(c, 'viewer');
    return c.json(reportView(await control.status(c.req.valid('param').campaign)), 200);
  });
  app.openapi(trials, async (c) => {
    callerAs(c, 'viewer');
    const { after, ...filter } = c.req.valid('query');
    const { campaign } = c.req.valid('param');
    const from = after === undefined ? undefined : parseTrialId(trialIdOf(campaign, after));
    const { trials: page, hasMore } = await control.trialPage(campaign, { ...filter, after: from });
    const next = hasMore ? placeOf(page.at(-1)!.proposal.id) : null;
    return c.json({ items: page.map(trialView), next }, 200);
  });
  app.openapi(trial, async (c) => {
    callerAs(c, 'viewer');
    const { campaign, trial: place } = c.req.valid('param');
    return c.json(trialView(await control.trial(trialIdOf(campaign, place))), 200);
  });
  app.openapi(act, async (c) => {
    const { who } = callerAs(c, 'operator');
    const { campaign } = c.req.valid('param');
    const { act: what, reason: note } = c.req.valid('json');
    await control[what](campaign, { who, ...(note === undefined ? {} : { note }) });
    return c.json(reportView(await control.status(campaign)), 200);
  });
}

/** c/r3/p1 as r3-p1. */
function placeOf(id: string): string {
  return id.split('/').slice(1).join('-');
}

function headView({ id, name, phase, stop, problem, createdAt, endedAt }: CampaignHead): z.infer<typeof campaignHead> {
  return { id, name, phase, stop, problem, createdAt, endedAt };
}

function reportView(report: CampaignReport): z.infer<typeof campaignReport> {
  const { rounds, proposed, running, withdrawn, measured, failed, quarantined, cancelled, spent, budget } = report;
  return {
    ...headView(report),
    ...{ budget, rounds, proposed, running, withdrawn, measured, failed, quarantined, cancelled, spent },
    best: report.best === null ? null : { ...report.best },
    inFlight: [...report.inFlight],
    fidelities: [...report.fidelities],
    unresolved: [...report.unresolved],
    workflow: report.course.workflow,
    worked: report.course.worked,
  };
}
