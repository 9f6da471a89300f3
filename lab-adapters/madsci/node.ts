import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { JsonServer } from '../internal/http-json.js';

/** States of an action, as a node says them. */
export const actionStates = [
  'not_started',
  'not_ready',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'paused',
  'unknown',
] as const;
const stateSchema = z.enum(actionStates);
/** One of the states above. */
export type ActionState = z.infer<typeof stateSchema>;

const errorSchema = z.looseObject({ message: z.string().nullish(), error_type: z.string().nullish() });
const resultSchema = z.looseObject({
  status: stateSchema,
  errors: z.array(errorSchema).default([]),
  json_result: z.unknown(),
});
/** What a node says of an action. */
export type ActionResult = z.infer<typeof resultSchema>;

/** The calls of a node. */
export class Node {
  constructor(readonly server: JsonServer) {}

  /** `unknown` where the node has never started it, or has forgotten it. */
  async state(action: string): Promise<ActionState> {
    return this.parsed(stateSchema, `/action/${encodeURIComponent(action)}/status`);
  }

  /** What an action came to, and the document that said it; or why there will be none. */
  async result(
    action: string,
  ): Promise<{ readonly result: ActionResult; readonly document: unknown } | { readonly refusal: string }> {
    const path = `/action/${encodeURIComponent(action)}/result`;
    const read = await this.server.final('GET', path);
    if ('refusal' in read) return read;
    const { document } = read;
    const parsed = resultSchema.safeParse(document);
    if (parsed.success) return { result: parsed.data, document };
    throw new AdapterError(`the reply to ${path} is no result of a node: ${parsed.error.issues[0]!.message}`);
  }

  /** An action that the node knows of; null where it knows of none. */
  async anyAction(): Promise<string | null> {
    const known = await this.parsed(z.record(z.string(), z.unknown()), '/action');
    return Object.keys(known).at(-1) ?? null;
  }

  status(): Promise<{ ready: boolean; paused?: boolean | undefined; description?: string | undefined }> {
    return this.parsed(
      z.looseObject({ ready: z.boolean(), paused: z.boolean().optional(), description: z.string().optional() }),
      '/status',
    );
  }

  /** @throws {AdapterError} if the node does not do it */
  async order(command: string): Promise<void> {
    const answer = await this.server.ask('POST', `/admin/${command}`);
    const told = z
      .looseObject({ success: z.boolean(), errors: z.array(errorSchema).default([]) })
      .safeParse(answer.document);
    if (!answer.ok || !told.success) throw new AdapterError(answer.words);
    if (!told.data.success) throw new AdapterError(`the node does not do '${command}': ${wordsOf(told.data.errors)}`);
  }

  private async parsed<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    const parsed = schema.safeParse(await this.server.get('GET', path));
    if (parsed.success) return parsed.data;
    throw new AdapterError(`the reply to ${path} is none of a node: ${parsed.error.issues[0]!.message}`);
  }
}

/** What errors say, in few characters. */
export function wordsOf(errors: ActionResult['errors']): string {
  const text = errors.map(({ message, error_type: type }) => message ?? type ?? '').filter((each) => each !== '');
  return text.length === 0 ? 'no reason given' : cleanText(text.join('; '), 1_000);
}

/** What a reply to `start` says. */
export function startedBy(document: unknown): ActionResult | null {
  return resultSchema.safeParse(document).data ?? null;
}
