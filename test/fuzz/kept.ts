import { Find } from './find.js';

/**
 * Looks whether everything that a document says stands in what was made of it.
 *
 * @param loose - places, as dotted keys, below which values may be other ones (paths made whole); keys have to be there
 * @throws {Find} where something was dropped, or became something else
 */
export function everythingKept(given: unknown, kept: unknown, loose: RegExp, path = ''): void {
  const fail = (what: string, detail: string): never => {
    throw new Find(what, `${path || 'all'}: ${detail}`);
  };
  if (typeof given !== 'object' || given === null) {
    const same = Object.is(given, kept) || given === kept || String(given) === kept;
    if (!same && !loose.test(path))
      fail('accepted as something else', `${String(given)} became ${JSON.stringify(kept)}`);
    return;
  }
  if (given instanceof Map || given instanceof Set || given instanceof Date || ArrayBuffer.isView(given))
    fail('accepted though no plain value', given.constructor.name);
  if (typeof kept !== 'object' || kept === null) throw fail('accepted as something else', JSON.stringify(kept));
  if (Array.isArray(given) !== Array.isArray(kept)) fail('accepted as something else', JSON.stringify(kept));
  for (const key of Object.keys(given)) {
    const inner = path === '' ? key : `${path}.${key}`;
    const value = (given as Record<string, unknown>)[key];
    if (Object.hasOwn(kept, key)) everythingKept(value, (kept as Record<string, unknown>)[key], loose, inner);
    else if (value !== undefined) fail('accepted and dropped', `${key} = ${JSON.stringify(value)?.slice(0, 200)}`);
  }
  if (Array.isArray(given) && given.length !== (kept as unknown[]).length)
    fail('accepted with another length', `${(kept as unknown[]).length}`);
}
