import { Readable } from 'node:stream';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type TrialRecord, trialStates } from '../../../models/domain/record.js';
import type { Redact } from '../../../models/domain/redaction.js';
import type { Control } from '../../durable/control-contract.js';
import { type ExportFormat, exportFormats, exportPieces } from '../../record/formats.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { answers } from '../route.js';

const formats = Object.keys(exportFormats) as [ExportFormat, ...ExportFormat[]];
const bytes = { schema: z.string().openapi({ format: 'binary' }) };

const get = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/export',
  summary: 'All its trials, or some, as a file',
  request: {
    params: z.object({ campaign: z.string() }),
    query: z.object({
      format: z.enum(formats).default('csv'),
      state: z.enum(trialStates).optional(),
      fidelity: z.string().optional(),
      units: z.enum(['yes', 'no']).default('no').openapi({ description: 'a second row of CSV with the units' }),
    }),
  },
  responses: {
    ...answers(200, z.string(), 'The file'),
    200: {
      description: 'The file',
      content: Object.fromEntries(Object.values(exportFormats).map(({ mediaType }) => [mediaType, bytes])),
    },
  },
});

/** What campaigns have measured, as files for other programs. */
export function exportRoutes(
  app: OpenAPIHono<ApiEnv>,
  { control, redact }: { control: Control; redact: Redact },
): void {
  app.openapi(get, async (c) => {
    callerAs(c, 'viewer');
    const { campaign: id } = c.req.valid('param');
    const { format, units, ...filter } = c.req.valid('query');
    const campaign = await control.outline(id);
    // As of all answers in JSON: no secrets leave, wherever they come from.
    const trials = (await control.trials(id)).map(
      (trial): TrialRecord => JSON.parse(redact(JSON.stringify(trial))) as TrialRecord,
    );
    const pieces = exportPieces(format, { campaign, trials }, { ...filter, units: units === 'yes' });
    const { mediaType, ending } = exportFormats[format];
    return c.body(Readable.toWeb(Readable.from(pieces)) as ReadableStream, 200, {
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="${id}${ending}"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    }) as never;
  });
}
