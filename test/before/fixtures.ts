import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Campaigns that the version before has run in virtual or real time, each in a folder with all that it reads. */
export const decided = ['noise', 'fidelities', 'molecules', 'mixed', 'transfer'] as const;

/** Records that the version before has exported from its store: one that has ended, and one in mid-life. */
export const durable = ['ended', 'midlife'] as const;

/** Path of a file that the version before has made or read, or of the folder of all. */
export function beforePath(name = ''): string {
  return fileURLToPath(new URL(`../fixtures/before/${name}`, import.meta.url));
}

/** Text of such a file. */
export function beforeText(name: string): string {
  return readFileSync(beforePath(name), 'utf8');
}

/** Names given by a campaign or a device, not by the format: one more of them is another content. */
const closed: ReadonlySet<string> = new Set(['design', 'values', 'noise', 'cause', 'details', 'artefacts']);

/**
 * Where something of the version before is not there any more, or is another: numbers by `Object.is`, lists with all of
 * their members. What has been added to an object of the format since is no difference.
 *
 * @returns a line for each difference, with its path
 */
export function differences(before: unknown, now: unknown, path = ''): string[] {
  if (Object.is(before, now)) return [];
  const said = `${path}: was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`;
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) return [said];
  if (Array.isArray(before) && before.length !== (now as unknown as unknown[]).length)
    return [`${path}: had ${before.length} members, has ${(now as unknown as unknown[]).length}`];
  const names = new Set(Object.keys(before).filter((name) => before[name] !== undefined));
  if (closed.has(path.split('.').at(-1)!)) for (const name of Object.keys(now)) names.add(name);
  return [...names].flatMap((name) => differences(before[name], now[name], path === '' ? name : `${path}.${name}`));
}

/** Numbers and texts anywhere in a document, each as often as it is there. */
export function leavesOf(value: unknown, counted = new Map<unknown, number>()): ReadonlyMap<unknown, number> {
  if (isObject(value)) for (const item of Object.values(value)) leavesOf(item, counted);
  else if (typeof value === 'number' || typeof value === 'string') counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
