import type { MiddlewareHandler } from 'hono';
import { labOfCampaign } from '../../activities/store/campaign.js';
import type { Store } from '../../activities/store/client.js';
import type { InstrumentPlace } from '../lab/reach-instrument.js';
import { latches, latchText } from '../safe-stop/latch.js';
import type { ApiEnv } from './caller.js';
import { refusal } from './problem.js';

/** Acts by which something may begin to move. */
const starting: readonly unknown[] = ['approve', 'resume', 'retry', 'edit'];

/** While a lab is stopped nothing is started in it: what would be is refused. */
export function nothingStarts({
  place,
  store,
}: {
  readonly place: InstrumentPlace;
  readonly store: Store;
}): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const [, kind, name] = /\/(campaigns|labs)\/([^/]+)(?:\/.+)?\/(?:acts|proposals)$/.exec(c.req.path) ?? [];
    if (c.req.method !== 'POST' || kind === undefined) return next();
    const stops = latches(place.jobs);
    if (stops.length > 0 && (c.req.path.endsWith('/proposals') || starting.includes(await actOf(c.req.raw.clone())))) {
      const lab =
        kind === 'labs' ? decodeURIComponent(name!) : await labOfCampaign(store.query, decodeURIComponent(name!));
      const stop = stops.find((each) => each.lab === null || each.lab === lab);
      if (stop !== undefined) throw refusal('LATCHED', latchText(stop));
    }
    await next();
  };
}

async function actOf(request: Request): Promise<unknown> {
  const body: unknown = await request.json().catch(() => null);
  return typeof body === 'object' && body !== null && 'act' in body ? body.act : null;
}
