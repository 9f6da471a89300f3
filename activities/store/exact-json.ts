import { createHash } from 'node:crypto';
import { NumericalError } from '../../models/domain/errors.js';

/**
 * JSON text from which `JSON.parse` gives the same value bit for bit: as `JSON.stringify`, but the sign of −0 is kept
 * and a number that is not finite is refused instead of becoming null.
 *
 * @param sorted - keys in alphabetical order, so that equal values have equal texts
 * @throws {NumericalError} if a number is NaN or infinite; names its place
 */
export function exactJson(value: unknown, sorted = false, place = ''): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NumericalError(`${place || 'value'} is ${value}; a finite number is wanted`);
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) {
    const items = value.map((item, i) => (item === undefined ? 'null' : exactJson(item, sorted, `${place}[${i}]`)));
    return `[${items.join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return exactJson(value.toJSON(), sorted, place);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${exactJson(item, sorted, `${place}.${key}`)}`).join(',')}}`;
}

/** Sha256 of bytes or text, hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
