import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { loadOutline } from '../../../activities/store/campaign.js';
import type { Store } from '../../../activities/store/client.js';
import { AthanorError, InvalidInputError } from '../../../models/domain/errors.js';
import { numberIn } from '../../../models/domain/parameters/numbers.js';
import { readTable } from '../../../models/table/read-table.js';
import type { Table } from '../../../models/table/table.js';
import { writeTable } from '../../../models/table/write-table.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { outlineView } from '../outline-view.js';
import { answers, sent } from '../route.js';

const one = z.object({ campaign: z.string() });

const asked = createRoute({
  method: 'get',
  path: '/campaigns/{campaign}/asked.csv',
  summary: 'The trials that people are to measure, as a table with empty cells for what they measured',
  request: { params: one },
  responses: {
    ...answers(200, z.string(), 'A table'),
    200: { description: 'A table', content: { 'text/csv': { schema: z.string() } } },
  },
});
const told = createRoute({
  method: 'post',
  path: '/campaigns/{campaign}/results',
  summary:
    'Enters the rows of such a table that are filled in, each for itself; cells of the design that differ are what was set in truth',
  request: {
    params: one,
    body: sent(z.strictObject({ base64: z.base64(), reason: z.string().max(2_000).optional() }).openapi('FilledTable')),
  },
  responses: answers(
    200,
    z
      .object({
        items: z.array(z.object({ trial: z.string(), entered: z.boolean(), why: z.string().nullable() })),
      })
      .openapi('EnteredRows'),
    'What became of each row',
  ),
});

/** What stands in the heading of an outcome: its name, with its unit. */
const headingOf = ({ name, unit }: { readonly name: string; readonly unit: string | null }) =>
  unit === null ? name : `${name} [${unit}]`;

/** Tables for people with a spreadsheet. */
export function resultRoutes(
  app: OpenAPIHono<ApiEnv>,
  { control, store }: { readonly control: Control; readonly store: Store },
): void {
  app.openapi(asked, async (c) => {
    callerAs(c, 'viewer');
    const { campaign } = c.req.valid('param');
    const { parameters, objectives, outcomes, contexts } = outlineView(await loadOutline(store.query, campaign));
    const { trials } = await control.inbox(campaign);
    const measured = [...objectives.filter(({ computed }) => !computed), ...outcomes, ...contexts];
    const columns = ['trial', 'level', ...parameters.map(({ name }) => name), ...measured.map(headingOf)];
    const rows = trials
      .filter(({ needs }) => needs === 'result')
      .map(({ trialId, fidelity, design }) => [
        ...[trialId.slice(campaign.length + 1), fidelity],
        ...parameters.map(({ name }) => design[name]),
        ...measured.map(() => null),
      ]);
    return c.body(writeTable(columns, rows, { delimiter: ',', decimal: 'point' }), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="to-measure.csv"',
    }) as never;
  });
  app.openapi(told, async (c) => {
    const { who } = callerAs(c, 'operator');
    const { campaign } = c.req.valid('param');
    const { base64, reason } = c.req.valid('json');
    const outline = outlineView(await loadOutline(store.query, campaign));
    const table = await readTable(new Uint8Array(Buffer.from(base64, 'base64')));
    if (!('columns' in table)) throw new InvalidInputError('table', table);
    if (!table.has('trial'))
      throw new InvalidInputError('table', [
        { path: 'trial', message: 'no such column', remedy: 'a column that names the trials: r3/p1' },
      ]);
    const waiting = (await control.inbox(campaign)).trials;
    const items: { trial: string; entered: boolean; why: string | null }[] = [];
    const cells = (names: readonly { readonly name: string; readonly unit: string | null }[], row: number) =>
      Object.fromEntries(names.flatMap((named) => cellOf(table, named, row)));
    for (const [row, place] of table.cells('trial').entries()) {
      const trial = place.startsWith(`${campaign}/`) ? place : `${campaign}/${place}`;
      const values = cells([...outline.objectives, ...outline.outcomes], row);
      const contexts = cells(outline.contexts, row);
      if (Object.keys(values).length === 0) continue;
      const design = waiting.find(({ trialId }) => trialId === trial)?.design ?? {};
      const achieved = Object.fromEntries(
        Object.entries(cells(outline.parameters, row)).filter(([name, text]) => !isSame(design[name], text)),
      );
      try {
        await control.enter(trial, {
          ...{ who, values, noise: {}, achieved },
          ...(reason === undefined ? {} : { why: reason }),
          ...(Object.keys(contexts).length === 0 ? {} : { contexts }),
        });
        items.push({ trial, entered: true, why: null });
      } catch (error) {
        if (!(error instanceof AthanorError) || error.code === 'SERVICE_UNAVAILABLE') throw error;
        items.push({ trial, entered: false, why: error.message });
      }
    }
    return c.json({ items }, 200);
  });
}

/** The cell of a column by its name, with or without the unit in its heading; nothing where it is empty. */
function cellOf(
  table: Table,
  { name, unit }: { readonly name: string; readonly unit: string | null },
  row: number,
): readonly (readonly [string, string])[] {
  const heading = [headingOf({ name, unit }), name].find((each) => table.has(each));
  const text = heading === undefined ? '' : table.numericCells(heading)[row]!;
  return text === '' ? [] : [[name, text]];
}

/** Whether a cell says what was planned; a design that is not known says nothing. */
function isSame(planned: number | string | undefined, text: string): boolean {
  return planned === undefined || String(planned) === text || numberIn(text) === planned;
}
