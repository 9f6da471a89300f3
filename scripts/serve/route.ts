import { z } from '@hono/zod-openapi';
import { problemShape } from './problem.js';

/** What a route answers: what was asked for, or why not. */
export function answers<S extends z.ZodType, N extends number>(status: N, schema: S, description: string) {
  return {
    [status]: { description, content: { 'application/json': { schema } } },
    default: { description: 'Why not', content: { 'application/problem+json': { schema: problemShape } } },
  } as { readonly [status in N]: { description: string; content: { 'application/json': { schema: S } } } };
}

/** What a route is sent. */
export function sent<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

/** A page of a list. */
export function listOf<S extends z.ZodType>(item: S, name: string) {
  return z
    .object({
      items: z.array(item),
      next: z.string().nullable().openapi({ description: 'where the next page begins; null at the end' }),
    })
    .openapi(name);
}
