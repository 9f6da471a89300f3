import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import type { TuneOrder, TuningEnd } from '../../models/domain/tuning.js';
import { tuningEndSchema } from '../../models/domain/tuning.js';
import type { Tuned } from '../../models/strategy/tuning/tune.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

/** An order of a campaign, by its number. */
export interface TuningRef {
  readonly campaignId: string;
  readonly n: number;
}

/** What training gave but for the network, and when it was over, ISO 8601. */
export interface MadeTuning {
  readonly tuned: Omit<Tuned, 'network'>;
  readonly at: string;
}

/** An order as the store has it. */
export interface StoredTuning {
  readonly order: TuneOrder;
  readonly dataHash: string;
  /** What training gave but for the network, and the sha256 of that; null before it is over. */
  readonly made: (MadeTuning & { readonly network: string }) | null;
  /** What came of it; null while it is under way. */
  readonly end: TuningEnd | null;
}

const rowSchema = z.object({
  data_hash: z.string(),
  network: z.string().nullable(),
  ended: tuningEndSchema.nullable(),
});

/** Writes an order down. One that is there and was of other data begins anew, unless it has ended. */
export async function saveTuning(query: Query, campaignId: string, order: TuneOrder, dataHash: string): Promise<void> {
  const { n } = order;
  await query(`DELETE FROM tuning WHERE campaign_id = $1 AND n = $2 AND ended IS NULL AND data_hash <> $3`, [
    campaignId,
    n,
    dataHash,
  ]);
  await query(
    'INSERT INTO tuning (campaign_id, n, ordered, data_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [campaignId, n, exactJson(order), dataHash],
  );
}

/** An order as it stands; null where there is none. */
export async function findTuning(query: Query, { campaignId, n }: TuningRef): Promise<StoredTuning | null> {
  const [row] = await query(
    'SELECT ordered, data_hash, made, network, ended FROM tuning WHERE campaign_id = $1 AND n = $2',
    [campaignId, n],
  );
  if (row === undefined) return null;
  const { data_hash: dataHash, network, ended } = rowSchema.parse(row);
  // Written by this program from what its types say.
  const made = network === null ? null : { ...(row.made as MadeTuning), network };
  return { order: row.ordered as TuneOrder, dataHash, made, end: ended };
}

/** The same. @throws {AthanorError} NOT_FOUND if there is none */
export async function loadTuning(query: Query, ref: TuningRef): Promise<StoredTuning> {
  const found = await findTuning(query, ref);
  if (found !== null) return found;
  throw new AthanorError('NOT_FOUND', `the store has no fine-tuning ${ref.n} of '${ref.campaignId}'`);
}

/** Keeps what training gave, once. */
export async function saveTuned(
  query: Query,
  { campaignId, n }: TuningRef,
  made: MadeTuning,
  network: string,
): Promise<void> {
  await query(
    'UPDATE tuning SET made = $3, network = $4 WHERE campaign_id = $1 AND n = $2 AND network IS NULL AND ended IS NULL',
    [campaignId, n, exactJson(made), network],
  );
}

/** Says what came of an order, once, and lets go of its states. @returns whether it was under way: false of one that was forgotten */
export async function endTuning(query: Query, { campaignId, n }: TuningRef, end: TuningEnd): Promise<boolean> {
  const ended = await query(
    'UPDATE tuning SET ended = $3 WHERE campaign_id = $1 AND n = $2 AND ended IS NULL RETURNING n',
    [campaignId, n, exactJson(end)],
  );
  await query('DELETE FROM tuning_state WHERE campaign_id = $1 AND n = $2', [campaignId, n]);
  return ended.length > 0;
}

/** Lets an order be as if it had never been given, unless it has ended. */
export async function forgetTuning(query: Query, { campaignId, n }: TuningRef): Promise<void> {
  await query('DELETE FROM tuning WHERE campaign_id = $1 AND n = $2 AND ended IS NULL', [campaignId, n]);
}

/** The states of its trainings, by training. */
export async function loadTuningStates(
  query: Query,
  { campaignId, n }: TuningRef,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const rows = await query('SELECT training, state FROM tuning_state WHERE campaign_id = $1 AND n = $2', [
    campaignId,
    n,
  ]);
  return new Map(rows.map((row) => [row.training as number, new Uint8Array(row.state as Buffer)]));
}

/** Says that training begins, until `leaveTraining`. @returns how many workers were lost in it since it last got on */
export async function enterTraining(query: Query, { campaignId, n }: TuningRef): Promise<number> {
  const [row] = await query(
    'UPDATE tuning SET lost = lost + 1 WHERE campaign_id = $1 AND n = $2 RETURNING lost - 1 AS lost',
    [campaignId, n],
  );
  return (row?.lost as number | undefined) ?? 0;
}

/** Says that training was over or broken off in a worker that goes on. */
export async function leaveTraining(query: Query, { campaignId, n }: TuningRef): Promise<void> {
  await query('UPDATE tuning SET lost = 0 WHERE campaign_id = $1 AND n = $2', [campaignId, n]);
}

/** Keeps the state of a training in the place of the one before: it gets on. */
export async function saveTuningState(
  query: Query,
  { campaignId, n }: TuningRef,
  training: number,
  state: Uint8Array,
): Promise<void> {
  // The worker that said so is in it.
  await query('UPDATE tuning SET lost = 1 WHERE campaign_id = $1 AND n = $2 AND lost > 1', [campaignId, n]);
  await query(
    `INSERT INTO tuning_state (campaign_id, n, training, state) VALUES ($1, $2, $3, $4)
     ON CONFLICT (campaign_id, n, training) DO UPDATE SET state = excluded.state`,
    [campaignId, n, training, Buffer.from(state)],
  );
}
