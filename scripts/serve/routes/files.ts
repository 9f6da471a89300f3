import { Readable } from 'node:stream';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AthanorError } from '../../../models/domain/errors.js';
import type { Control } from '../../durable/control-contract.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { answers } from '../route.js';

const get = createRoute({
  method: 'get',
  path: '/files/{sha256}',
  summary: 'A file of a result, as a device or a person gave it',
  request: {
    params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    query: z.object({
      name: z.string().min(1).max(255).optional().openapi({ description: 'under which it is to be kept' }),
    }),
  },
  responses: {
    ...answers(200, z.string(), 'Its bytes'),
    200: {
      description: 'Its bytes; `Repr-Digest` has their sha256 (RFC 9530)',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
});

/** Files of results. They are never shown in place, as nobody knows what is in them. */
export function fileRoutes(app: OpenAPIHono<ApiEnv>, control: Control): void {
  app.openapi(get, async (c) => {
    callerAs(c, 'viewer');
    const { sha256 } = c.req.valid('param');
    const size = await control.rawSize(sha256);
    if (size === null) throw new AthanorError('NOT_FOUND', `the store has no file ${sha256}`);
    const name = c.req.valid('query').name ?? sha256;
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Length': `${size}`,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, hexOf)}`,
      'Cache-Control': 'private, max-age=31536000, immutable',
      ETag: `"${sha256}"`,
      'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'X-Content-Type-Options': 'nosniff',
    };
    if (c.req.header('If-None-Match') === headers.ETag) return c.body(null, 304) as never;
    return c.body(Readable.toWeb(Readable.from(control.raw(sha256))) as ReadableStream, 200, headers) as never;
  });
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
