import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Answer, JsonServer } from '../internal/http-json.js';

const idSchema = z.string().regex(/^[\w-]{1,100}$/);
const runSchema = z.looseObject({
  id: idSchema,
  /** False where the robot has lost what became of it. */
  ok: z.boolean().default(true),
  status: z.string(),
  current: z.boolean().default(false),
  protocolId: z.string().nullish(),
  actions: z.array(z.looseObject({ actionType: z.string() })).default([]),
  runTimeParameters: z.array(z.looseObject({ variableName: z.string(), value: z.unknown() })).default([]),
  errors: z
    .array(
      z.looseObject({
        errorType: z.string().optional(),
        errorCode: z.string().optional(),
        detail: z.string().optional(),
      }),
    )
    .default([]),
  dataError: z.looseObject({ title: z.string().optional(), detail: z.string().optional() }).nullish(),
});
/** A run, as a robot tells of it. */
export type Run = z.infer<typeof runSchema>;
const protocolSchema = z.looseObject({ id: idSchema, key: z.string().nullish() });
const analysisSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  result: z.string().nullish(),
  errors: z.array(z.looseObject({ detail: z.string().optional(), errorType: z.string().optional() })).default([]),
});

/** States of a run in which it has ended. */
export const endedStates: ReadonlySet<string> = new Set(['succeeded', 'stopped', 'failed']);

/** Whether a run was ever played; one that is idle was not. */
export function wasPlayed({ actions, status, ok }: Run): boolean {
  return !ok || status !== 'idle' || actions.some(({ actionType }) => actionType === 'play');
}

/** The calls of a robot's server. */
export class Robot {
  constructor(readonly server: JsonServer) {}

  runs(): Promise<readonly Run[]> {
    return this.data('/runs', z.array(runSchema));
  }

  protocols(): Promise<readonly z.infer<typeof protocolSchema>[]> {
    return this.data('/protocols', z.array(protocolSchema));
  }

  analyses(protocol: string): Promise<readonly z.infer<typeof analysisSchema>[]> {
    return this.data(`/protocols/${protocol}/analyses`, z.array(analysisSchema));
  }

  /** Null where the robot has no such run. */
  async run(id: string): Promise<{ readonly run: Run; readonly document: unknown } | null> {
    const answer = await this.server.ask('GET', `/runs/${encodeURIComponent(id)}`);
    if (answer.status === 404 && /RunNotFound|not found/i.test(answer.words)) return null;
    const { data } = (answer.document ?? {}) as { data?: unknown };
    return { run: this.parsed(answer, runSchema), document: data };
  }

  /** All commands of a run, a page after the other; or why they will not be had. */
  async commands(id: string): Promise<readonly unknown[] | { readonly refusal: string }> {
    const all: unknown[] = [];
    for (;;) {
      const path = `/runs/${encodeURIComponent(id)}/commands?cursor=${all.length}&pageLength=${pageLength}`;
      const read = await this.server.final('GET', path);
      if ('refusal' in read) return read;
      const page = z
        .looseObject({ data: z.array(z.unknown()), meta: z.looseObject({ totalLength: z.number().int() }) })
        .safeParse(read.document);
      if (!page.success) throw new AdapterError(`the reply to ${path} is none of a robot`);
      all.push(...page.data.data);
      if (page.data.data.length === 0 || all.length >= Math.min(page.data.meta.totalLength, mostCommands)) return all;
    }
  }

  /** Gives an order to a run. @returns null where it was taken, else what the robot says against it */
  async order(id: string, actionType: 'play' | 'pause' | 'stop'): Promise<string | null> {
    const answer = await this.server.ask('POST', `/runs/${encodeURIComponent(id)}/actions`, { data: { actionType } });
    if (answer.ok) return null;
    if (answer.status === 409 || answer.status === 404) return errorIn(answer);
    throw new AdapterError(errorIn(answer));
  }

  private async data<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.parsed(await this.server.ask('GET', path), schema);
  }

  private parsed<T>(answer: Answer, schema: z.ZodType<T>): T {
    if (!answer.ok || answer.document === undefined) throw new AdapterError(errorIn(answer));
    const parsed = z.looseObject({ data: schema }).safeParse(answer.document);
    if (parsed.success) return parsed.data.data as T;
    const [issue] = parsed.error.issues;
    throw new AdapterError(`a reply is none of a robot: ${issue!.path.join('.')}: ${issue!.message}`);
  }
}

const pageLength = 100;
const mostCommands = 20_000;

/** What a robot says is wrong, in few characters. */
export function errorIn(answer: Answer): string {
  const told = z
    .looseObject({ errors: z.array(z.looseObject({ id: z.string().optional(), detail: z.string().optional() })) })
    .safeParse(answer.document);
  const words = told.success
    ? told.data.errors.map(({ id, detail }) => `${id ?? 'error'}: ${detail ?? ''}`).join('; ')
    : answer.words;
  return cleanText(words, 500);
}
