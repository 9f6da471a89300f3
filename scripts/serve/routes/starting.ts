import { randomUUID } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Campaign } from '../../../models/domain/campaign.js';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { loadCampaign } from '../../campaign-file.js';
import { openRunnable } from '../../commands/open-campaign.js';
import type { Control } from '../../durable/control-contract.js';
import type { InstrumentPlace } from '../../lab/reach-instrument.js';
import { campaignModels } from '../../models/campaign-models.js';
import { type ApiEnv, callerAs } from '../caller.js';
import { faultShape } from '../problem.js';
import { answers, sent } from '../route.js';
import { checkSent, type SentCampaign, sentCampaign, textOf } from '../sent-campaign.js';
import { sentFolder, writeSent } from '../sent-folder.js';

const body = sent(sentCampaign);
const notes = z.array(z.string()).openapi({ description: 'what people should know of how it was read' });

const start = createRoute({
  method: 'post',
  path: '/campaigns',
  summary: 'Starts a campaign; the same sent again is attached to',
  request: { body },
  responses: answers(
    201,
    z.object({ id: z.string(), outcome: z.enum(['started', 'attached', 'stopped']), notes }).openapi('StartedCampaign'),
    'Its id, and whether it was started now, ran already or has stopped long since',
  ),
});
const validate = createRoute({
  method: 'post',
  path: '/campaigns/validate',
  summary: 'Every fault of a campaign; nothing is started, and no program or module that it names is run',
  request: { body },
  responses: answers(
    200,
    z
      .object({
        valid: z.boolean(),
        faults: z.array(faultShape),
        notes,
        id: z.string().nullable().openapi({ description: 'null where it is not valid, as what follows' }),
        parameters: z.array(z.object({ name: z.string(), type: z.string() })).nullable(),
        poolSize: z.int().nullable(),
        objectives: z
          .array(z.object({ name: z.string(), direction: z.string(), unit: z.string().optional() }))
          .nullable(),
        fidelities: z.array(z.object({ name: z.string(), adapter: z.string(), cost: z.number() })).nullable(),
      })
      .openapi('Validated'),
    'What it says, or what is wrong with it',
  ),
});

/** What campaigns are started with. */
export interface StartParts {
  readonly control: Control;
  /** Campaign home, which has the models that encode spaces. */
  readonly home: string;
  /** Where what is sent is kept for workers. */
  readonly place: Pick<InstrumentPlace, 'jobs'>;
}

/** Campaigns that are sent. */
export function startRoutes(app: OpenAPIHono<ApiEnv>, { control, home, place }: StartParts): void {
  app.openapi(start, async (c) => {
    const { who, role } = callerAs(c, 'scientist');
    const sent = c.req.valid('json');
    const kept = sentFolder(place.jobs, sent);
    await checkSent(textOf(sent), kept, role);
    const folder = await writeSent(kept, sent);
    const said: string[] = [];
    try {
      const options = { ...idOf(sent), home, onNote: (line: string) => void said.push(line) };
      const { campaign } = await openRunnable(folder.file, options, { people: true });
      const lab = campaign.lab && (await control.labs.join(campaign.lab, who));
      if (lab !== undefined && lab.differs.length > 0)
        said.push(
          `the lab in force is another than that which was sent, and stays as it is: ${lab.differs.join('; ')}`,
        );
      const { outcome } = await control.start(campaign, { models: await campaignModels(home, campaign) });
      return c.json({ id: campaign.id, outcome, notes: said.map((line) => plain(line, folder.folder)) }, 201);
    } catch (error) {
      if (error instanceof InvalidInputError) await folder.remove();
      throw inPlace(error, folder.folder);
    }
  });
  app.openapi(validate, async (c) => {
    const { role } = callerAs(c, 'scientist');
    const sent = c.req.valid('json');
    // Taken away again, and so not where another may be started from.
    const folder = await writeSent(`${sentFolder(place.jobs, sent)}.${randomUUID()}`, sent);
    const said: string[] = [];
    try {
      await checkSent(textOf(sent), folder.folder, role);
      const options = { ...idOf(sent), home, onNote: (line: string) => void said.push(line) };
      const campaign = await loadCampaign(folder.file, { ...options, adapters: 'read' });
      return c.json({ ...summaryOf(campaign), notes: said.map((line) => plain(line, folder.folder)) }, 200);
    } catch (cause) {
      const error = inPlace(cause, folder.folder);
      if (!(error instanceof InvalidInputError)) throw error;
      const nothing = { id: null, parameters: null, poolSize: null, objectives: null, fidelities: null };
      return c.json({ valid: false, faults: [...error.faults], notes: said, ...nothing }, 200);
    } finally {
      await folder.remove();
    }
  });
}

function idOf({ id }: SentCampaign) {
  return id === undefined ? {} : { id };
}

function summaryOf({ id, spec, space }: Campaign) {
  return {
    ...{ valid: true, faults: [], id },
    parameters: space.parameters.map(({ name, type }) => ({ name, type })),
    poolSize: space.pool === null ? null : space.pool.designs.length,
    objectives: spec.objectives.map(({ name, direction, unit }) => ({
      name,
      direction,
      ...(unit === undefined ? {} : { unit }),
    })),
    fidelities: spec.fidelities.map(({ name, adapter, cost }) => ({ name, adapter, cost })),
  };
}

/** Who sent it knows nothing of the folder in which it is read. */
function plain(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
}

function inPlace(error: unknown, folder: string): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const faults = error.faults.map(({ message, remedy, ...fault }) => ({
    ...fault,
    message: plain(message, folder),
    remedy: plain(remedy, folder),
  }));
  return new InvalidInputError('campaign', faults);
}
