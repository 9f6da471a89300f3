import { AdapterError } from '../../models/domain/errors.js';
import { standingAt, stepsOf } from '../internal/answer-path.js';
import type { Reply } from '../internal/http-call.js';
import { shown } from '../internal/outcomes.js';
import { readJsonReply } from '../internal/reply.js';
import { lackingWord, nameIn } from '../internal/telling.js';
import type { HttpSettings } from './settings.js';

/** Whether a status says that all went well. */
export function isGood({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** What a reply to `submit` means: the job, or what is known of a start. */
export type Verdict =
  | { readonly job: string }
  | { readonly kind: 'refused' | 'notBegun' | 'unsure'; readonly words: string };

/**
 * Reads the reply to `submit`. Statuses of 500 and more, 408, 409 and replies that cannot be read leave open whether something was
 * begun; 300 to 499 otherwise say that the call was not taken.
 */
export function begunBy(reply: Reply, submit: HttpSettings['submit'], key: string, said: string): Verdict {
  const { status } = reply;
  const words = `'submit' was answered with status ${status}${said}`;
  const isAccepted = submit.accepted === undefined ? isGood(reply) : submit.accepted.includes(status);
  if (!isAccepted) {
    if (submit.refused.includes(status)) return { kind: 'refused', words };
    if (submit.busy.includes(status)) return { kind: 'notBegun', words };
    if (status >= 300 && status < 400)
      return {
        kind: 'notBegun',
        words: `'submit' was answered with a redirect (status ${status}), which is not followed`,
      };
    if (status >= 400 && status < 500 && status !== 408 && status !== 409) return { kind: 'notBegun', words };
    return { kind: 'unsure', words };
  }
  if (submit.job === undefined && submit.where === undefined) return { job: key };
  const read = readJsonReply(reply.bytes, "the reply to 'submit'");
  if (!('document' in read)) return { kind: 'unsure', words: read.refusal };
  const lacking = lackingWord(read.document, submit.where ?? {});
  if (lacking !== null) return { kind: 'refused', words: `'submit' was answered with ${lacking}${said}` };
  if (submit.job === undefined) return { job: key };
  const job = nameIn(read.document, submit.job);
  return job === null
    ? { kind: 'unsure', words: `the reply to 'submit' names no job at ${submit.job}${said}` }
    : { job };
}

/**
 * The device's name of the job of a key, in the reply to `find`.
 * @throws {AdapterError} if the reply is not what the settings say, or there are several: then it was begun twice
 */
export function foundIn(document: unknown, find: NonNullable<HttpSettings['find']>, key: string): string | null {
  const name = (of: unknown): string => {
    const job = find.job === undefined ? key : nameIn(of, find.job);
    if (job === null) throw new AdapterError(`the reply to 'find' names no job at ${find.job}`);
    return job;
  };
  if (find.list === undefined) {
    if (find.match === undefined || standingAt(document, stepsOf(find.match)!) === key) return name(document);
    throw new AdapterError(`the reply to 'find' has another key at ${find.match}`);
  }
  const list = standingAt(document, stepsOf(find.list)!);
  if (!Array.isArray(list))
    throw new AdapterError(`the reply to 'find' has ${shown(list)} at ${find.list}; a list is wanted`);
  const matching = list.filter((each) => standingAt(each, stepsOf(find.match!)!) === key);
  const jobs = [...new Set(matching.map(name))];
  if (jobs.length > 1) throw new AdapterError(`the device has ${jobs.length} jobs of key '${key}': ${jobs.join(', ')}`);
  return jobs[0] ?? null;
}
