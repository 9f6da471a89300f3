import { z } from 'zod';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readBounded, readingFaults, recordLimit } from '../bounded-file.js';

/** The first line: what was recorded, and how its lines end where it speaks in lines. */
const headSchema = z.strictObject({
  format: z.literal('athanor-exchange-1'),
  kind: z.enum(['http', 'lines']),
  lab: z.string(),
  instrument: z.string(),
  adapter: z.string(),
  /** When it was begun, milliseconds since 1970. */
  at: z.number(),
  ends: z.strictObject({ send: z.string(), receive: z.string() }).optional(),
});

const bodySchema = z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.string() })]).nullable();

const httpSchema = z.strictObject({
  /** Since the beginning, and until the reply was whole, milliseconds. */
  at: z.number(),
  ms: z.number(),
  method: z.string(),
  path: z.string(),
  body: bodySchema,
  /** Null where the device gave none. */
  reply: z.strictObject({ status: z.number().int(), type: z.string().nullable(), body: bodySchema }).nullable(),
});

const lineSchema = z.strictObject({
  at: z.number(),
  ms: z.number(),
  /** A command without its line end, and the lines that the device said before the next one. */
  sent: z.string(),
  got: z.array(z.string()),
});

/** What a body was: text, or bytes that are none; null where there was none. */
export type Body = z.infer<typeof bodySchema>;
/** What is said of an exchange as a whole. */
export type ExchangeHead = Readonly<z.infer<typeof headSchema>>;
/** A request over HTTP and its reply. */
export type HttpTurn = Readonly<z.infer<typeof httpSchema>>;
/** A command and its answer. */
export type LineTurn = Readonly<z.infer<typeof lineSchema>>;
/** An exchange with an instrument. */
export type Exchange =
  | { readonly head: ExchangeHead & { kind: 'http' }; readonly turns: readonly HttpTurn[] }
  | { readonly head: ExchangeHead & { kind: 'lines' }; readonly turns: readonly LineTurn[] };

/** @throws {InvalidInputError} with the first line that is none of a recorded exchange */
export async function readExchange(path: string): Promise<Exchange> {
  const text = await readBounded(path, recordLimit).catch((cause: Error) => {
    throw new InvalidInputError(path, readingFaults(cause, "give a file that 'lab record' wrote"));
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const parse = <T>(schema: z.ZodType<T>, i: number): T => {
    const found = schema.safeParse(jsonIn(lines[i] ?? ''));
    if (found.success) return found.data;
    const [issue] = found.error.issues;
    throw new InvalidInputError(path, [
      {
        path: issue!.path.join('.'),
        line: i + 1,
        message: `not of a recorded exchange: ${issue!.message}`,
        remedy: "give a file as 'lab record' wrote it",
      },
    ]);
  };
  const head = parse(headSchema, 0);
  const rest = lines.slice(1).map((_, i) => i + 1);
  return head.kind === 'http'
    ? { head: { ...head, kind: 'http' }, turns: rest.map((i) => parse(httpSchema, i)) }
    : { head: { ...head, kind: 'lines' }, turns: rest.map((i) => parse(lineSchema, i)) };
}

/** Bytes as they are kept. */
export function bodyOf(bytes: Buffer): Body {
  if (bytes.length === 0) return null;
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString('base64') };
}

/** The bytes again. */
export function bytesOf(body: Body): Buffer {
  if (body === null) return Buffer.alloc(0);
  return 'text' in body ? Buffer.from(body.text) : Buffer.from(body.base64, 'base64');
}

/** Whether a text is what was recorded; where a secret was taken out (`***`) anything may stand. */
export function isSame(recorded: string, heard: string): boolean {
  if (!recorded.includes('***')) return recorded === heard;
  const pattern = recorded.split('***').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[\\s\\S]*')}$`).test(heard);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
