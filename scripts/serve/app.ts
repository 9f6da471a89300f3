import { type Hook, OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { InstrumentPlace } from '../lab/reach-instrument.js';
import { version } from '../version.js';
import { type ApiEnv, knownCaller } from './caller.js';
import { CampaignData } from './campaign-data.js';
import { Explainer } from './explain.js';
import { noFloods, noLate, noSecrets, noStrangers, ownNameOnly, quietHeaders } from './guards.js';
import { onceByKey } from './keyed.js';
import { loginRoutes } from './login.js';
import { metricsRoute } from './metrics.js';
import { Overview } from './overview.js';
import { pageRoutes } from './page.js';
import type { PageFiles } from './page-files.js';
import { problemOf } from './problem.js';
import { alarmRoutes } from './routes/alarms.js';
import { campaignViewRoutes } from './routes/campaign-views.js';
import { campaignRoutes } from './routes/campaigns.js';
import { type EventParts, eventRoutes } from './routes/events.js';
import { explainRoutes } from './routes/explain.js';
import { exportRoutes } from './routes/exports.js';
import { fileRoutes } from './routes/files.js';
import { labActRoutes } from './routes/lab-acts.js';
import { labRoutes } from './routes/labs.js';
import { pageDataRoutes } from './routes/page-data.js';
import { peopleRoutes } from './routes/people.js';
import { resultRoutes } from './routes/results.js';
import { type StartParts, startRoutes } from './routes/starting.js';
import { stopRoutes } from './routes/stop.js';
import { tableRoutes } from './routes/tables.js';
import { nothingStarts } from './starts.js';
import { type StopAddress, stopOriginOf, stopSession } from './stop-access.js';

/** What the API is made of. */
export interface ApiParts extends EventParts, StartParts {
  /** The home from which instruments are reached, as far as they are. */
  readonly place: InstrumentPlace;
  /** The page as it was built; where absent or null, it was not. */
  readonly page?: PageFiles | null;
  /** Where the stop process is; null, or absent, where there is none. */
  readonly stopAt?: () => StopAddress | null;
  /** By which the server is called: host:port. */
  readonly names: () => ReadonlySet<string>;
  /** Told what went wrong that is nobody's input. */
  readonly log: (line: string) => void;
}

/** Refuses what does not fit a route, with everything that does not. */
const allFaults: Hook<unknown, ApiEnv, string, unknown> = (result) => {
  if (result.success) return;
  const faults = result.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    message,
    remedy: 'see openapi.json',
  }));
  throw new InvalidInputError('request', faults);
};

/** The HTTP API, `/api/v1`, described by `/api/v1/openapi.json`; and beside it the page. */
export function createApi(parts: ApiParts): OpenAPIHono<ApiEnv> {
  const { control, store, names, log, redact, place, stopAt = () => null } = parts;
  const { query } = store;
  const api = new OpenAPIHono<ApiEnv>({ defaultHook: allFaults });
  const stopOrigin = (c: Context) => stopOriginOf(c, stopAt());
  api.use(quietHeaders(stopOrigin), ownNameOnly(names));
  api.get('/healthz', (c) => c.text('ok'));
  api.get('/readyz', async (c) => {
    await query('SELECT 1');
    return c.text('ok');
  });
  metricsRoute(api, store, place.jobs);
  api.use('/login', noFloods());
  loginRoutes(api, store, place.jobs);
  const views = { control, store, redact, stopOrigin, page: parts.page ?? null, figures: new Overview(store) };
  pageRoutes(api, views);
  const v1 = new OpenAPIHono<ApiEnv>({ defaultHook: allFaults });
  v1.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Athanor', version: version() } });
  v1.use(
    noSecrets(redact),
    noStrangers(),
    noLate(),
    knownCaller(query),
    stopSession(place.jobs),
    noFloods(),
    nothingStarts(parts),
    onceByKey(query),
  );
  campaignRoutes(v1, control);
  startRoutes(v1, parts);
  peopleRoutes(v1, control);
  const data = new CampaignData(store);
  campaignViewRoutes(v1, data);
  explainRoutes(v1, { control, data, explainer: new Explainer() });
  resultRoutes(v1, views);
  tableRoutes(v1);
  pageDataRoutes(v1, views);
  eventRoutes(v1, parts);
  labRoutes(v1, parts);
  labActRoutes(v1, parts);
  exportRoutes(v1, parts);
  fileRoutes(v1, control);
  stopRoutes(v1, { place, stopAt });
  alarmRoutes(v1, control);
  api.route('/api/v1', v1);
  api.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status >= 500) log(redact(`${c.req.method} ${c.req.path}: ${problem.detail}`));
    return c.body(redact(JSON.stringify(problem)), problem.status as 500, {
      'Content-Type': 'application/problem+json',
    });
  });
  api.notFound((c) =>
    c.body(
      JSON.stringify({
        type: 'about:blank',
        title: 'There is none',
        status: 404,
        code: 'NOT_FOUND',
        detail: c.req.path,
      }),
      404,
      { 'Content-Type': 'application/problem+json' },
    ),
  );
  return api;
}
