import type { Message, Type } from 'protobufjs';
import { AdapterError } from '../../models/domain/errors.js';
import type { DataType, Named } from './feature.js';
import type { Messages } from './messages.js';

/** A message as bytes, or why a plain value cannot be one: by its place. */
export type Written =
  | { readonly bytes: Uint8Array }
  | { readonly faults: readonly { path: string; message: string }[] };

/** Writes plain values as a message. Nothing is turned into another type: a text is no number. */
export function written(
  messages: Messages,
  name: string,
  fields: readonly Named[],
  given: Readonly<Record<string, unknown>>,
): Written {
  const faults: { path: string; message: string }[] = [];
  const value = structure(fields, given, '', { messages, faults });
  if (faults.length > 0) return { faults };
  const type = messages.of(name);
  return { bytes: type.encode(type.create(value)).finish() };
}

interface Writing {
  readonly messages: Messages;
  readonly faults: { path: string; message: string }[];
}

function structure(
  fields: readonly Named[],
  given: Readonly<Record<string, unknown>>,
  at: string,
  writing: Writing,
): Record<string, unknown> {
  const path = (id: string) => (at === '' ? id : `${at}.${id}`);
  for (const id of Object.keys(given))
    if (!fields.some((field) => field.id === id))
      writing.faults.push({
        path: path(id),
        message: `there is no '${id}'; there are ${fields.map((f) => f.id).join(', ')}`,
      });
  const pairs = fields.map(({ id, type }) => {
    if (Object.hasOwn(given, id)) return [id, wire(type, given[id], path(id), writing)] as const;
    writing.faults.push({ path: path(id), message: `'${id}' is missing` });
    return [id, null] as const;
  });
  return Object.fromEntries(pairs);
}

function wire(type: DataType, value: unknown, at: string, writing: Writing): unknown {
  const refuse = (wanted: string) => {
    const shown = JSON.stringify(value) ?? String(value);
    writing.faults.push({ path: at, message: `${shown.slice(0, 60)} is given; ${wanted} is wanted` });
    return null;
  };
  if (type.kind === 'list')
    return Array.isArray(value)
      ? value.map((each, i) => wire(type.of, each, `${at}[${i}]`, writing))
      : refuse('a list');
  if (type.kind === 'named') {
    const named = writing.messages.feature.types.find(({ id }) => id === type.name);
    if (named === undefined) return refuse(`the type '${type.name}', which the definition lacks,`);
    return { [type.name]: wire(named.type, value, at, writing) };
  }
  if (type.kind === 'structure') {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? structure(type.elements, value as Record<string, unknown>, at, writing) : refuse('an object');
  }
  switch (type.basic) {
    case 'String':
      return typeof value === 'string' ? { value } : refuse('a text');
    case 'Real':
      return typeof value === 'number' && Number.isFinite(value) ? { value } : refuse('a number');
    case 'Integer':
      return Number.isSafeInteger(value) ? { value } : refuse('a whole number');
    case 'Boolean':
      return typeof value === 'boolean' ? { value } : refuse('true or false');
    default:
      return refuse(`${type.basic}, which is not sent here,`);
  }
}

/**
 * Reads a message into plain values. A field that the server left out is left out, where protobuf has 0 or an empty text for
 * it; one that it sent is there, also as 0.
 * @throws {AdapterError} if the bytes are no such message
 */
export function readMessage(
  messages: Messages,
  name: string,
  fields: readonly Named[],
  bytes: Uint8Array,
): Record<string, unknown> {
  return plainStructure(fields, decoded(messages, messages.of(name), bytes), messages);
}

/** @throws {AdapterError} if the bytes are no such message, or have a field of another type than it has there */
export function decoded(messages: Messages, type: Type, bytes: Uint8Array): Record<string, unknown> {
  try {
    const message = type.decode(messages.reader(bytes));
    const at = mistyped(type, message);
    if (at !== null) throw new Error(`${at} is of another type`);
    return message as unknown as Record<string, unknown>;
  } catch (cause) {
    throw new AdapterError(`the answer is no ${type.name}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Where a field came as another type than the definition has, null if nowhere. Protobuf sets such a field aside with those that nobody
 * knows, and gives its default in its place: a text for a number would be a 0 that was never sent.
 */
function mistyped(type: Type, message: Message<object>): string | null {
  for (const field of message.$unknowns ?? []) {
    // Before the value stands a whole number of seven bits a byte: that of the field, and the three bits of its form.
    const tag = field.reduce((sum, byte, i) => (i < 5 && isWithin(field, i) ? sum + (byte & 127) * 128 ** i : sum), 0);
    const known = type.fieldsById[Math.floor(tag / 8)];
    if (known !== undefined) return known.name;
  }
  for (const { name, resolvedType } of type.fieldsArray) {
    if (resolvedType === null || !('fieldsArray' in resolvedType)) continue;
    const value = (message as unknown as Record<string, Message<object> | Message<object>[] | null>)[name];
    for (const each of value == null ? [] : [value].flat()) {
      const inner = mistyped(resolvedType, each);
      if (inner !== null) return `${name}.${inner}`;
    }
  }
  return null;
}

/** Whether a byte belongs to the number at the beginning: each before it has its highest bit. */
const isWithin = (bytes: Uint8Array, i: number) => bytes.subarray(0, i).every((byte) => byte > 127);

function plainStructure(
  fields: readonly Named[],
  given: Readonly<Record<string, unknown>>,
  messages: Messages,
): Record<string, unknown> {
  const there = fields.filter(({ id }) => Object.hasOwn(given, id) && given[id] != null);
  return Object.fromEntries(there.map(({ id, type }) => [id, plain(type, given[id], messages)]));
}

function plain(type: DataType, value: unknown, messages: Messages): unknown {
  if (type.kind === 'list') return (value as unknown[]).map((each) => plain(type.of, each, messages));
  const given = value as Record<string, unknown>;
  if (type.kind === 'structure') return plainStructure(type.elements, given, messages);
  if (type.kind === 'named') {
    const named = messages.feature.types.find(({ id }) => id === type.name);
    return named === undefined || given[type.name] == null ? undefined : plain(named.type, given[type.name], messages);
  }
  switch (type.basic) {
    case 'String':
    case 'Real':
    case 'Boolean':
      return given.value;
    case 'Integer':
      return wholeNumber(given.value);
    case 'Binary': {
      const uuid = given.binaryTransferUUID as string;
      return uuid === '' ? Buffer.from(given.value as Uint8Array).toString('base64') : { binaryTransferUUID: uuid };
    }
    case 'Any':
      return { type: given.type, payload: Buffer.from(given.payload as Uint8Array).toString('base64') };
    default:
      return instant(type.basic, given as unknown as Instant);
  }
}

/** A number, or a text where it is beyond what numbers can tell. */
export function wholeNumber(value: unknown): number | string {
  const number = Number(String(value));
  return Number.isSafeInteger(number) ? number : String(value);
}

interface Instant {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly timezone?: { readonly hours: number; readonly minutes: number } | null;
}

/** Date, time or both as in ISO 8601. */
function instant(basic: 'Date' | 'Time' | 'Timestamp', at: Instant): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(at.year).padStart(4, '0')}-${two(at.month)}-${two(at.day)}`;
  const time = `${two(at.hour)}:${two(at.minute)}:${two(at.second)}.${String(at.millisecond).padStart(3, '0')}`;
  const { hours = 0, minutes = 0 } = at.timezone ?? {};
  const zone = `${hours < 0 ? '-' : '+'}${two(Math.abs(hours))}:${two(minutes)}`;
  return `${basic === 'Time' ? '' : date}${basic === 'Timestamp' ? 'T' : ''}${basic === 'Date' ? '' : time}${zone}`;
}
