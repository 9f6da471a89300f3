import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { JsonServer } from '../internal/http-json.js';
import { keyName } from './settings.js';

const itemSchema = z.looseObject({
  item_uid: z.string().min(1).max(200),
  name: z.string().optional(),
  meta: z.unknown().optional(),
});
const resultSchema = z.looseObject({
  exit_status: z.string(),
  run_uids: z.array(z.string()).default([]),
  msg: z.string().default(''),
  traceback: z.string().default(''),
});
const doneSchema = itemSchema.extend({ result: resultSchema });
const statusSchema = z.looseObject({
  manager_state: z.string(),
  re_state: z.string().nullish(),
  worker_environment_exists: z.boolean(),
  running_item_uid: z.string().nullish(),
  plan_history_uid: z.string(),
});
const queueSchema = z.looseObject({
  success: z.literal(true),
  items: z.array(itemSchema),
  running_item: z.union([itemSchema, z.strictObject({})]).nullish(),
});
const historySchema = z.looseObject({ success: z.literal(true), items: z.array(doneSchema) });

/** A plan in the queue, or that runs. */
export type Item = z.infer<typeof itemSchema>;
/** A plan that came to an end. */
export type Done = z.infer<typeof doneSchema>;
/** How the server stands. */
export type Standing = z.infer<typeof statusSchema>;

/** Our key in an item; null in those of others. */
export function keyOf({ meta }: Item): string | null {
  const key = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)[keyName] : undefined;
  return typeof key === 'string' ? key : null;
}

/** The calls of a queue server. A refusal is answered with status 200: what counts is `success`. */
export class QueueServer {
  private history: { readonly mark: string; readonly items: readonly Done[] } | null = null;

  constructor(readonly server: JsonServer) {}

  status(): Promise<Standing> {
    return this.read('/api/status', statusSchema);
  }

  async queue(): Promise<{ readonly items: readonly Item[]; readonly running: Item | null }> {
    const { items, running_item: running } = await this.read('/api/queue/get', queueSchema);
    return { items, running: running != null && 'item_uid' in running ? (running as Item) : null };
  }

  /** Plans that came to an end, oldest first; read again only when the server says that there are others. */
  async past(standing: Standing): Promise<readonly Done[]> {
    const mark = standing.plan_history_uid;
    if (this.history?.mark !== mark) {
      const { items } = await this.read('/api/history/get', historySchema);
      this.history = { mark, items };
    }
    return this.history.items;
  }

  /** Gives an order. @returns null where it was followed, else what the server says against it */
  async order(path: string, body: object = {}): Promise<string | null> {
    const { document, ok, words } = await this.server.ask('POST', path, body);
    const told = z.looseObject({ success: z.boolean(), msg: z.string().optional() }).safeParse(document);
    if (!ok || !told.success) throw new AdapterError(words);
    return told.data.success ? null : cleanText(told.data.msg ?? 'no reason given', 500);
  }

  private async read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const document = await this.server.get('GET', path);
    const parsed = schema.safeParse(document);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new AdapterError(
      `the reply to ${path} is none of a queue server: ${issue!.path.join('.')}: ${issue!.message}`,
    );
  }
}
