import { cleanText } from './clean-text.js';
import { distinctNames } from './distinct-names.js';

/** How much of what somebody says is kept. */
export interface JsonBounds {
  /** Levels, after which `…` stands for a list or an object. */
  readonly depth: number;
  /** Entries of lists and objects in all. */
  readonly entries: number;
  /** Characters of all texts together. */
  readonly characters: number;
}

const usual: JsonBounds = { depth: 32, entries: 50_000, characters: 2 ** 20 };

/**
 * What somebody said, as plain JSON that can be kept, shown and read again. What JSON cannot hold is kept in the nearest form
 * that it can: numbers that are not finite, whole numbers beyond 2⁵³, times, `undefined` and functions as text, sets and
 * typed arrays as lists, maps as objects, or lists of pairs. Texts are cleaned; in the place of what goes beyond the bounds,
 * or cannot be read, stands a text that begins with `…`. Never throws, whatever an object does when it is looked at.
 */
export function plainJson(value: unknown, bounds: JsonBounds = usual): unknown {
  return new Plain(bounds).of(value, bounds.depth);
}

/** What somebody said under names, as plain JSON; under `said` where it has none. */
export function plainRecord(value: unknown, bounds?: JsonBounds): Record<string, unknown> {
  const plain = plainJson(value ?? {}, bounds);
  const isRecord = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return isRecord ? (plain as Record<string, unknown>) : { said: plain };
}

type Entries = readonly (readonly [string, () => unknown])[];

/** Makes plain JSON until the bounds are reached. */
class Plain {
  private entries: number;
  private characters: number;

  constructor({ entries, characters }: JsonBounds) {
    this.entries = entries;
    this.characters = characters;
  }

  of(value: unknown, depth: number): unknown {
    try {
      return this.walk(value, depth);
    } catch (error) {
      return `… (cannot be read: ${cleanText(reason(error), 200)})`;
    }
  }

  private walk(value: unknown, depth: number): unknown {
    if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'function') return this.text(`[function ${value.name}]`);
    if (typeof value !== 'object' || value instanceof Error) return this.text(String(value));
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (depth === 0) return '…';
    if (Array.isArray(value)) return this.list(value, depth - 1);
    if (value instanceof Set) return this.list([...value], depth - 1);
    if (value instanceof Map) return this.map(value, depth - 1);
    if (isNumbers(value)) return this.list(Array.from<unknown>(value.subarray(0, this.entries + 1)), depth - 1);
    const members = membersOf(value);
    return members.length === 0 && !isPlain(value) ? this.opaque(value) : this.record(members, depth - 1);
  }

  private text(given: string): string {
    if (this.characters === 0 && given !== '') return '…';
    const kept = cleanText(given, this.characters);
    this.characters = Math.max(0, this.characters - given.length);
    return kept;
  }

  private list(items: readonly unknown[], depth: number): unknown[] {
    const taken = items.slice(0, this.entries);
    this.entries -= taken.length;
    const said = taken.map((item) => this.of(item, depth));
    return taken.length < items.length ? [...said, '…'] : said;
  }

  private map(given: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const pairs = [...given];
    if (!pairs.every((pair): pair is [string, unknown] => typeof pair[0] === 'string')) return this.list(pairs, depth);
    return this.record(
      pairs.map(([key, item]) => [key, () => item] as const),
      depth,
    );
  }

  private record(members: Entries, depth: number): Record<string, unknown> {
    const taken = members.slice(0, this.entries);
    this.entries -= taken.length;
    const name = distinctNames();
    const said = taken.map(([key, read]) => [name(this.text(key)), this.read(read, depth)] as const);
    return Object.fromEntries(taken.length < members.length ? [...said, [name('…'), '…']] : said);
  }

  private read(read: () => unknown, depth: number): unknown {
    try {
      return this.of(read(), depth);
    } catch (error) {
      return `… (cannot be read: ${cleanText(reason(error), 200)})`;
    }
  }

  /** An object that shows nothing of itself but, perhaps, its text. */
  private opaque(value: object): string {
    if (value instanceof ArrayBuffer || value instanceof DataView) return `… (${value.byteLength} bytes)`;
    const text = String(value);
    return this.text(text.startsWith('[object ') ? `… (${value.constructor?.name ?? 'object'}, cannot be read)` : text);
  }
}

/** Members of an object by name; each is read on its own, as it may throw. */
function membersOf(value: object): Entries {
  const shown = Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return shown.map((key) => [String(key), () => (value as Record<PropertyKey, unknown>)[key]] as const);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isNumbers(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function reason(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'no reason';
  }
}
