import type { MiddlewareHandler } from 'hono';
import type { Query } from '../../activities/store/client.js';
import { sha256 } from '../../activities/store/exact-json.js';
import { dropKey, forgetFreeKeys, type KeyedRequest, keepAnswer, takeKey } from '../../activities/store/kept-answer.js';
import type { ApiEnv } from './caller.js';
import { refusal } from './problem.js';

/** Characters of a key. */
const longestKey = 200;
/** How often keys that are free again are forgotten, milliseconds. */
const tidyMs = 3_600_000;

/**
 * A request with an Idempotency-Key is done once, however often and at the same time it is sent: the others get the answer of the first.
 * What failed for want of a server is not kept, and may be sent again.
 *
 * @see draft-ietf-httpapi-idempotency-key-header-07
 */
export function onceByKey(query: Query): MiddlewareHandler<ApiEnv> {
  let tidied = Number.NEGATIVE_INFINITY;
  return async (c, next) => {
    const key = c.req.header('Idempotency-Key');
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || key === undefined) return next();
    if (key === '' || key.length > longestKey)
      throw refusal('INVALID_INPUT', `an Idempotency-Key of 1 to ${longestKey} characters is wanted`);
    const request: KeyedRequest = {
      who: c.get('caller').who,
      key,
      requestSha: sha256(JSON.stringify([c.req.method, new URL(c.req.url).pathname, await c.req.text()])),
    };
    if (performance.now() - tidied > tidyMs) {
      tidied = performance.now();
      await forgetFreeKeys(query);
    }
    const state = await takeKey(query, request);
    if (state === 'another') throw refusal('KEY_TAKEN', `the key '${key}' was sent with another request`);
    if (state === 'atWork') {
      c.header('Retry-After', '1');
      throw refusal('IN_PROGRESS', `what was sent with the key '${key}' is being done`);
    }
    if (state !== 'mine') {
      c.header('Idempotency-Replayed', 'true');
      const type = state.status < 400 ? 'application/json' : 'application/problem+json';
      return c.body(state.body, state.status as 200, { 'Content-Type': type });
    }
    await next();
    const { status } = c.res;
    if (status >= 500) return dropKey(query, request);
    await keepAnswer(query, request, { status, body: await c.res.clone().text() });
  };
}
