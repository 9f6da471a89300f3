import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { readTable } from '../../../models/table/read-table.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { columnShape, inferColumns } from '../infer-columns.js';
import { answers } from '../route.js';

const tableName = z
  .string()
  .regex(/^[\w-][\w .-]{0,99}$/)
  .openapi({ description: 'name of a file, without a folder', example: 'reagents.csv' });
const table = z.strictObject({ name: tableName, base64: z.base64() });
const body = <S extends z.ZodType>(schema: S) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

const tables = createRoute({
  method: 'post',
  path: '/tables',
  summary: 'What the columns of a table seem to be: type, unit, role. Nothing is kept',
  request: { body: body(table.openapi('GivenTable')) },
  responses: answers(
    200,
    z.object({ rows: z.int(), columns: z.array(columnShape), notes: z.array(z.string()) }).openapi('InferredTable'),
    'Its columns',
  ),
});
/** What tables hold from which a campaign may begin. */
export function tableRoutes(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(tables, async (c) => {
    callerAs(c, 'scientist');
    const { name, base64 } = c.req.valid('json');
    const read = await readTable(new Uint8Array(Buffer.from(base64, 'base64')));
    if (!('columns' in read)) throw new InvalidInputError(name, read);
    return c.json({ rows: read.length, columns: inferColumns(read), notes: [...read.notes] }, 200);
  });
}
