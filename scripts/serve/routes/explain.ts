import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import type { CampaignData } from '../campaign-data.js';
import type { Explainer, WhyTold } from '../explain.js';
import { Kept } from '../kept.js';
import { answers } from '../route.js';

const model = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/model',
  summary:
    'What its models learned, as in the report: HTML with SVG. Computed when it is asked for, which may take a while',
  request: { params: z.object({ campaign: z.string() }) },
  responses: answers(200, z.object({ html: z.string() }).openapi('Model'), 'What they learned'),
});
const why = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/trials/{trial}/why',
  summary: 'Why a trial was proposed, and what it was preferred to: its round decided again from its record',
  request: { params: z.object({ campaign: z.string(), trial: z.string().regex(/^r\d+-p\d+$/) }) },
  responses: answers(
    200,
    z
      .object({
        purpose: z.string(),
        none: z.string().nullable().openapi({ description: 'why there are no alternatives' }),
        alternatives: z.array(
          z.object({
            design: z.record(z.string(), z.union([z.number(), z.string()])),
            rowId: z.string().nullable(),
            fidelity: z.string(),
            text: z.string(),
            mean: z.number().nullable(),
            sd: z.number().nullable(),
            promise: z.number().nullable().openapi({ description: 'as a part of what the proposal promised' }),
          }),
        ),
      })
      .openapi('Why'),
    'Why',
  ),
});

/** What campaigns are explained from, and by. */
export interface ExplainParts {
  readonly control: Control;
  readonly data: CampaignData;
  readonly explainer: Explainer;
}

/** Explanations that are kept. */
const mostKept = 64;

/** What is computed again to explain a campaign. */
export function explainRoutes(app: OpenAPIHono<ApiEnv>, { control, data, explainer }: ExplainParts): void {
  const models = new Kept<string>(mostKept);
  const whys = new Kept<WhyTold>(mostKept);
  app.openapi(model, async (c) => {
    callerAs(c, 'viewer');
    const { campaign } = c.req.valid('param');
    const newest = await data.newest(campaign);
    const html = await models.get(campaign, newest, async () => explainer.model(await control.record(campaign)));
    return c.json({ html }, 200);
  });
  app.openapi(why, async (c) => {
    callerAs(c, 'viewer');
    const { campaign, trial } = c.req.valid('param');
    const id = `${campaign}/${trial.replace('-', '/')}`;
    // What it was decided with is in its record, whatever happens after it.
    const told = await whys.get(id, 0, async () => explainer.why(await control.record(campaign), id));
    return c.json(
      { ...told, alternatives: told.alternatives.map((one) => ({ ...one, design: { ...one.design } })) },
      200,
    );
  });
}
