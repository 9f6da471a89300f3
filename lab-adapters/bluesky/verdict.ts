import { cleanText } from '../../models/domain/clean-text.js';
import type { Cause } from '../../models/domain/trial.js';
import type { Seen } from '../internal/remote-device.js';
import type { Done } from './server.js';
import type { BlueskySettings } from './settings.js';

/** Ends that the server calls failed, of which nobody knows how far the plan came: its worker was lost. */
const lost = /environment was destroyed|environment was closed|worker.*(?:lost|not responding|terminated)/i;

/** What an item of the history amounts to. */
export function verdictOn(done: Done, exceptions: BlueskySettings['exceptions']): Seen {
  const { exit_status: status, msg, traceback } = done.result;
  const said = cleanText(msg.trim(), 1_000);
  const seen = (state: Seen['state'], message?: string, cause?: Cause): Seen => ({
    state,
    ...(message === undefined ? {} : { message }),
    answer: { done, cause },
  });
  if (status === 'completed') return seen('succeeded');
  if (status === 'aborted' || status === 'stopped') return seen('cancelled', `the plan was ${status}${words(said)}`);
  if (status !== 'failed' || (lost.test(msg) && traceback === ''))
    return seen('unknown', `the queue server says '${cleanText(status, 40)}' of the plan${words(said)}`);
  const exception = exceptionIn(traceback);
  const [kind] = Object.entries(exceptions).find(([, names]) => exception !== null && names.includes(exception)) ?? [];
  return seen('failed', said, {
    class: (kind as Cause['class'] | undefined) ?? 'unknown',
    code: exception?.replaceAll('.', '_') ?? 'failed',
    message: said === '' ? 'the plan failed, without a word' : said,
  });
}

const words = (said: string) => (said === '' ? '' : `: ${said}`);

/** The name of the exception that a traceback ends with: `ValueError` of `ValueError: too hot`. */
function exceptionIn(traceback: string): string | null {
  const last = traceback.split('\n').findLast((line) => /^[A-Za-z_][\w.]*(?::|$)/.test(line));
  return last === undefined ? null : /^[A-Za-z_][\w.]*/.exec(last)![0].slice(0, 100);
}
