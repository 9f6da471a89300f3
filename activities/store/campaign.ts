import { z } from 'zod';
import type { Campaign, CampaignSpec } from '../../models/domain/campaign.js';
import type { BudgetInForce } from '../../models/domain/change.js';
import { AthanorError } from '../../models/domain/errors.js';
import { nearest } from '../../models/domain/nearest.js';
import { campaignRecordSchema, stopReasons } from '../../models/domain/record.js';
import type { Space } from '../../models/domain/space.js';
import { damaged, loadArtefact, saveArtefact } from './artefact.js';
import type { Query } from './client.js';
import { exactJson, sha256 } from './exact-json.js';

const headSchema = z.object({
  id: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  phase: campaignRecordSchema.unwrap().shape.phase,
  stop: campaignRecordSchema.unwrap().shape.stop,
  budget: z
    .object({ cost: z.number().nullable(), trials: z.number().nullable(), wallClockMs: z.number().nullable() })
    .nullable(),
  /** What stands in the way until a person resumes; null if nothing does. */
  problem: z.string().nullable(),
  /** What a person changed beside the budget; null where nothing was told yet. `wasPaused` as in the state of the loop. */
  loop: z
    .object({
      parallel: z.number(),
      lifted: z.array(z.enum(stopReasons)),
      wasPaused: z.literal(true).exactOptional(),
    })
    .nullable(),
  createdAt: z.date().transform((date) => date.getTime()),
  endedAt: z
    .date()
    .transform((date) => date.getTime())
    .nullable(),
});

/** A campaign as lists show it. Times are milliseconds since 1970. */
export type CampaignHead = Readonly<z.infer<typeof headSchema>>;

const headColumns = `id, spec->>'name' AS name, fingerprint, phase, stop, budget, problem, loop, created_at AS "createdAt", ended_at AS "endedAt"`;

/**
 * Sha256 over everything that makes a campaign this one: specification and space, whatever the order of their keys. Of encoders it
 * tells which models they are, not what those gave, of which the last bits differ from machine to machine; and nothing where the file
 * names none, as those in use by themselves may come and go.
 */
export function campaignFingerprint({ spec, space: { codes, ...space } }: Campaign): string {
  // Which devices take one trial at a time a later version of an adapter may tell.
  const fidelities = spec.fidelities.map(({ exclusive: _, ...fidelity }) => fidelity);
  const models =
    spec.encoders === undefined ? undefined : codes?.map(({ rows: _, keys: __, width: ___, ...which }) => which);
  const told = models === undefined ? space : { ...space, codes: models };
  return sha256(exactJson({ spec: { ...spec, fidelities }, space: told }, true));
}

/**
 * Writes a new campaign; does nothing if it is there already.
 * @throws {AthanorError} CONFLICT if another campaign has the id; names what differs
 */
export async function createCampaign(
  query: Query,
  campaign: Campaign,
): Promise<{ head: CampaignHead; created: boolean }> {
  const fingerprint = campaignFingerprint(campaign);
  const space = await saveArtefact(query, new TextEncoder().encode(exactJson(campaign.space)));
  const inserted = await query(
    `INSERT INTO campaign (id, spec, space, fingerprint) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id`,
    [campaign.id, exactJson(campaign.spec), space, fingerprint],
  );
  const head = (await findCampaign(query, campaign.id))!;
  if (head.fingerprint !== fingerprint) {
    const stored = await loadCampaign(query, campaign.id);
    throw new AthanorError(
      'CONFLICT',
      `campaign '${campaign.id}' exists already, from a file that differs in ${differences(stored, campaign).join(', ')}; ` +
        'give this one another id, or the file its old contents',
    );
  }
  return { head, created: inserted.length > 0 };
}

function differences(stored: Campaign, given: Campaign): string[] {
  const keys = new Set([...Object.keys(stored.spec), ...Object.keys(given.spec)]);
  const text = (spec: CampaignSpec, key: string) => exactJson((spec as Record<string, unknown>)[key] ?? null, true);
  const changed = [...keys].filter((key) => text(stored.spec, key) !== text(given.spec, key));
  return changed.length > 0 ? changed : ['the files of its space'];
}

/** The campaign's row, null if there is none. */
export async function findCampaign(query: Query, id: string): Promise<CampaignHead | null> {
  const [row] = await query(`SELECT ${headColumns} FROM campaign WHERE id = $1`, [id]);
  return row === undefined ? null : headSchema.parse(row);
}

/** That there is no campaign with an id, with what was probably meant, or what there is. */
export async function noCampaign(query: Query, id: string): Promise<AthanorError> {
  const known = (await query('SELECT id FROM campaign ORDER BY created_at DESC, id')).map((row) => row.id as string);
  const near = nearest(id, known);
  const others =
    near.length > 0
      ? `; did you mean ${near.join(' or ')}?`
      : known.length === 0
        ? '; it is empty'
        : known.length > mostNamed
          ? `; 'athanor list' names the ${known.length} that it has`
          : `; it has ${known.join(', ')}`;
  return new AthanorError('NOT_FOUND', `the store has no campaign '${id}'${others}`);
}

/** Campaigns up to which all are named where none is like the one that was wanted. */
const mostNamed = 8;

/** All campaigns, newest first. */
export async function listCampaigns(query: Query): Promise<readonly CampaignHead[]> {
  return (await query(`SELECT ${headColumns} FROM campaign ORDER BY created_at DESC, id`)).map((row) =>
    headSchema.parse(row),
  );
}

/** The lab of a campaign; null where it has none, or there is no such campaign. */
export async function labOfCampaign(query: Query, id: string): Promise<string | null> {
  const [row] = await query(`SELECT spec->'lab'->>'name' AS lab FROM campaign WHERE id = $1`, [id]);
  return (row?.lab as string | null | undefined) ?? null;
}

/** Campaigns in a lab that have not stopped, and their levels. */
export async function campaignsIn(
  query: Query,
  lab: string,
): Promise<readonly { readonly id: string; readonly fidelities: CampaignSpec['fidelities'] }[]> {
  return (await query(
    `SELECT id, spec->'fidelities' AS fidelities FROM campaign
     WHERE phase <> 'stopped' AND spec->'lab'->>'name' = $1 ORDER BY created_at, id`,
    [lab],
  )) as { id: string; fidelities: CampaignSpec['fidelities'] }[];
}

/** A campaign without the rows of its pool: small, whatever the campaign. */
export type CampaignOutline = Omit<Campaign, 'space'> & { readonly space: Pick<Space, 'parameters' | 'properties'> };

/**
 * The campaign as it was started.
 * @throws {AthanorError} NOT_FOUND if there is none with the id
 */
export async function loadCampaign(query: Query, id: string): Promise<Campaign> {
  const { spec, space } = await campaignRow(query, id);
  return { id, spec, space: parseSpace(await loadArtefact(query, space)) };
}

/**
 * The campaign without its pool, whose text is taken apart by the database: in this process that of a large pool would
 * hold everything else up.
 * @throws {AthanorError} NOT_FOUND if there is none with the id
 */
export async function loadOutline(query: Query, id: string): Promise<CampaignOutline> {
  const { spec, space } = await campaignRow(query, id);
  const [row] = await query(
    `SELECT whole -> 'parameters' AS parameters, whole -> 'properties' AS properties, sha
     FROM (SELECT convert_from(bytes, 'UTF8')::json AS whole, encode(sha256(bytes), 'hex') AS sha FROM artefact
           WHERE sha256 = $1) AS stored`,
    [space],
  );
  if (row?.sha !== space) throw damaged(space);
  const properties = row.properties === null ? {} : { properties: row.properties as NonNullable<Space['properties']> };
  return { id, spec, space: { parameters: row.parameters as Space['parameters'], ...properties } };
}

/**
 * The space of a campaign as it is stored, for `parseSpace`.
 * @throws {AthanorError} NOT_FOUND if there is none with the id
 */
export async function loadSpaceText(query: Query, id: string): Promise<Uint8Array> {
  return loadArtefact(query, (await campaignRow(query, id)).space);
}

/** A space from its stored text. */
export function parseSpace(text: Uint8Array): Space {
  return JSON.parse(new TextDecoder().decode(text)) as Space;
}

async function campaignRow(query: Query, id: string): Promise<{ spec: CampaignSpec; space: string }> {
  const [row] = await query('SELECT spec, space FROM campaign WHERE id = $1', [id]);
  if (row === undefined) throw await noCampaign(query, id);
  // The fingerprint vouches for both: they are what the schema accepted when the campaign was started, perhaps by an
  // older version of it, so they are not parsed anew.
  return { spec: row.spec as CampaignSpec, space: row.space as string };
}

/** Lets others wait that want the same of a campaign, to the end of the transaction. */
export async function lockCampaign(query: Query, id: string): Promise<void> {
  await query('SELECT 1 FROM campaign WHERE id = $1 FOR NO KEY UPDATE', [id]);
}

/** What is mirrored of the workflow's state. */
export interface CampaignMirror {
  readonly phase: CampaignHead['phase'];
  readonly stop: CampaignHead['stop'];
  readonly budget: BudgetInForce;
  readonly problem: string | null;
  readonly loop: NonNullable<CampaignHead['loop']>;
}

/** Mirrors the workflow's state; a stopped campaign is left as it is, and what it never started is withdrawn. */
export async function mirrorCampaign(query: Query, id: string, mirror: CampaignMirror): Promise<void> {
  await query(
    `UPDATE campaign SET phase = $2, stop = $3, budget = $4, problem = $5, loop = $6,
       ended_at = CASE WHEN $2 = 'stopped' THEN now() END
     WHERE id = $1 AND phase <> 'stopped'`,
    [
      id,
      mirror.phase,
      mirror.stop === null ? null : exactJson(mirror.stop),
      exactJson(mirror.budget),
      mirror.problem,
      exactJson(mirror.loop),
    ],
  );
  if (mirror.phase === 'stopped')
    await query(
      `UPDATE trial SET state = 'withdrawn', ended_at = now() WHERE campaign_id = $1 AND state = 'proposed'`,
      [id],
    );
}

/**
 * Lets a stopped campaign go on; to be called in a transaction, before its workflow is started again.
 * @returns false if it is not stopped
 */
export async function reopenCampaign(
  query: Query,
  id: string,
  { budget, loop }: Pick<CampaignMirror, 'budget' | 'loop'>,
): Promise<boolean> {
  const rows = await query(
    `UPDATE campaign SET phase = 'running', stop = NULL, ended_at = NULL, problem = NULL, budget = $2, loop = $3
     WHERE id = $1 AND phase = 'stopped' RETURNING id`,
    [id, exactJson(budget), exactJson(loop)],
  );
  return rows.length > 0;
}
