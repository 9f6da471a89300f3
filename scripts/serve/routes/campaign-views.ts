import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AthanorError } from '../../../models/domain/errors.js';
import { writeTable } from '../../../models/table/write-table.js';
import { type ApiEnv, callerAs } from '../caller.js';
import type { CampaignData } from '../campaign-data.js';
import { figureNames, figures } from '../figures.js';
import { Kept } from '../kept.js';
import { answers, listOf } from '../route.js';
import { cellsOf, filtered, rowShape, rowsOf, sorted, type TrialRow } from '../trial-rows.js';

const one = z.object({ campaign: z.string() });
const chosen = z.object({
  filter: z.string().max(500).default('').openapi({ description: 'words that must all hold: state:failed T>80 NQ23' }),
  sort: z.string().max(200).default('').openapi({ description: 'a column; with a hyphen before it downwards' }),
});

const rows = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/rows',
  summary: 'Its trials as lines of a table, filtered and sorted, from any place on',
  request: {
    params: one,
    query: chosen.extend({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: answers(
    200,
    z
      .object({
        items: z.array(rowShape),
        total: z.int().openapi({ description: 'lines that the filter leaves' }),
        all: z.int(),
      })
      .openapi('TrialRows'),
    'Lines',
  ),
});
const table = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/rows.csv',
  summary: 'The same lines, all of them, as CSV',
  request: { params: one, query: chosen },
  responses: {
    ...answers(200, z.string(), 'A table'),
    200: { description: 'A table', content: { 'text/csv': { schema: z.string() } } },
  },
});
const decisions = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/decisions',
  summary: 'What people decided, newest first',
  request: { params: one, query: z.object({ trial: z.string().optional() }) },
  responses: answers(
    200,
    listOf(
      z
        .object({
          at: z.number(),
          who: z.string(),
          action: z.string(),
          trial: z.string().nullable(),
          reason: z.string().nullable(),
          details: z.record(z.string(), z.unknown()),
        })
        .openapi('Decision'),
      'DecisionList',
    ),
    'Decisions',
  ),
});
const figure = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/figures/{figure}',
  summary: 'A figure of the report of a campaign, as it stands: HTML with SVG',
  request: { params: one.extend({ figure: z.enum(figureNames) }) },
  responses: answers(200, z.object({ html: z.string() }).openapi('Figure'), 'The figure'),
});

/** What views of a campaign show that are no lists of its own. */
export function campaignViewRoutes(app: OpenAPIHono<ApiEnv>, data: CampaignData): void {
  const lines = new WeakMap<object, readonly TrialRow[]>();
  const linesOf = async (id: string) => {
    const record = await data.record(id);
    const known = lines.get(record) ?? rowsOf(record);
    lines.set(record, known);
    return { record, all: known };
  };
  const drawn = new Kept<string>(64);
  app.openapi(rows, async (c) => {
    callerAs(c, 'viewer');
    const { filter, sort, offset, limit } = c.req.valid('query');
    const { all } = await linesOf(c.req.valid('param').campaign);
    const left = sorted(filtered(all, filter), sort);
    return c.json({ items: left.slice(offset, offset + limit), total: left.length, all: all.length }, 200);
  });
  app.openapi(table, async (c) => {
    callerAs(c, 'viewer');
    const { filter, sort } = c.req.valid('query');
    const { campaign } = c.req.valid('param');
    const { record, all } = await linesOf(campaign);
    const { columns, cells } = cellsOf(record, sorted(filtered(all, filter), sort));
    return c.body(writeTable(columns, cells, { delimiter: ',', decimal: 'point' }), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${campaign.replace(/[^\w.-]/g, '_')}.csv"`,
    }) as never;
  });
  app.openapi(decisions, async (c) => {
    callerAs(c, 'viewer');
    const { trial } = c.req.valid('query');
    const { audit } = await data.record(c.req.valid('param').campaign);
    const items = audit.map(({ at, who, action, details }) => ({
      ...{ at: at ?? 0, who, action, details: { ...details } },
      trial: textIn(details, 'trial') ?? textIn(details.slot, 'id'),
      reason: textIn(details, 'why') ?? textIn(details, 'note'),
    }));
    return c.json(
      { items: items.filter((each) => trial === undefined || each.trial === trial).reverse(), next: null },
      200,
    );
  });
  app.openapi(figure, async (c) => {
    callerAs(c, 'viewer');
    const { campaign, figure: name } = c.req.valid('param');
    const newest = await data.newest(campaign);
    const html = await drawn.get(`${campaign} ${name}`, newest, async () => {
      const markup = figures[name](await data.record(campaign));
      if (markup === null) throw new AthanorError('NOT_FOUND', `this campaign has nothing to be drawn of as '${name}'`);
      return markup.text;
    });
    return c.json({ html }, 200);
  });
}

function textIn(details: unknown, name: string): string | null {
  const found = (details as Record<string, unknown> | null | undefined)?.[name];
  return typeof found === 'string' ? found : null;
}
