import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { loadOutline } from '../../../activities/store/campaign.js';
import type { Store } from '../../../activities/store/client.js';
import { roleSchema } from '../../../models/domain/roles.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { outlineShape, outlineView } from '../outline-view.js';
import { type Overview, overviewShape } from '../overview.js';
import { answers, listOf } from '../route.js';

const me = createRoute({
  method: 'get',
  path: '/me',
  summary: 'Who asks, and where the log ends',
  responses: answers(
    200,
    z
      .object({
        who: z.string(),
        role: roleSchema,
        until: z.number().openapi({ description: 'when this access ends, milliseconds since 1970' }),
        now: z.number().openapi({ description: 'the clock of the server, milliseconds since 1970' }),
        seq: z.int().openapi({ description: 'number of the last event' }),
      })
      .openapi('Me'),
    'The caller',
  ),
});
const overview = createRoute({
  method: 'get',
  path: '/overview',
  summary: 'All campaigns in the figures of a first look, those that have not stopped first',
  responses: answers(200, listOf(overviewShape, 'Overview'), 'Campaigns'),
});
const outline = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/outline',
  summary: 'What a campaign seeks, in which space and at which levels',
  request: { params: z.object({ campaign: z.string() }) },
  responses: answers(200, outlineShape, 'The campaign file in short'),
});

/** What a page needs beside campaigns and inbox. */
export function pageDataRoutes(
  app: OpenAPIHono<ApiEnv>,
  { control, store, figures }: { readonly control: Control; readonly store: Store; readonly figures: Overview },
): void {
  app.openapi(me, async (c) => {
    const { who, role, until } = callerAs(c, 'viewer');
    const [newest] = await control.events.last({ limit: 1 });
    return c.json({ who, role, until, now: Date.now(), seq: newest?.seq ?? 0 }, 200);
  });
  app.openapi(overview, async (c) => {
    callerAs(c, 'viewer');
    return c.json({ items: [...(await figures.list())], next: null }, 200);
  });
  app.openapi(outline, async (c) => {
    callerAs(c, 'viewer');
    return c.json(outlineView(await loadOutline(store.query, c.req.valid('param').campaign)), 200);
  });
}
