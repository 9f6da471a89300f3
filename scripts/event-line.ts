import type { StoreEvent } from '../activities/store/event.js';
import { cleanText } from '../models/domain/clean-text.js';

/** An event in a line: number, time, what became of what, by whom, and the rest of what is known as `name=value`. */
export function eventLine({ seq, at, kind, who, campaign, lab, subject, body }: StoreEvent): string {
  const about = [campaign, lab].filter((one) => one !== null && !subject?.startsWith(`${one}/`));
  const by = who === null ? [] : [`by ${who}`];
  const rest = Object.entries((body ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const words = [kind, ...about, ...(subject === null ? [] : [subject]), ...by, ...rest].join(' ');
  return cleanText(`${String(seq).padStart(7)}  ${new Date(at).toISOString()}  ${words}`);
}
