import { AdapterError } from '../../models/domain/errors.js';
import { type Said, words } from './shell.js';

/** What is known of a job: what Slurm says, and what stands in its folder. */
export interface Told {
  /** Jobs of its name that Slurm still knows; in words why it cannot be asked. */
  readonly queue: readonly { readonly id: string; readonly state: string; readonly reason: string }[] | string;
  /** What Slurm remembers of a job that is in no queue. */
  readonly record: { readonly state: string; readonly exit: number; readonly start: string | null } | null;
  /** Slurm's name of it, as it was given out or as the job itself wrote it. */
  readonly id: string | null;
  readonly hasFolder: boolean;
  readonly submitted: boolean;
  readonly started: boolean;
  /** Seconds since the job last said that it runs. */
  readonly aliveAgo: number | null;
  readonly cancelled: boolean;
  /** Exit code that the job wrote at its end; NaN where that is none. */
  readonly ended: number | null;
  /** When it did, in the form and zone of Slurm's times, so that the two can be compared. */
  readonly endedAt: string | null;
  readonly output: Uint8Array | null;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Files that are longer than what is read, with their sizes. */
  readonly large: Readonly<Record<string, string>>;
}

/** Reads what a shell said of a job. @throws {AdapterError} if the folder of all jobs cannot be seen */
export function toldBy(said: Said, folder: string): Told {
  const all = (word: string) => said.filter(([each]) => each === word).map(([, text]) => text);
  const one = (word: string) => all(word)[0] ?? null;
  if (one('folder') !== 'there') throw new AdapterError(`${folder} cannot be seen where jobs are submitted`);
  const named = (word: string) =>
    all(word).flatMap((text) => {
      const [, name, rest] = /^(\S+) ?(.*)$/s.exec(text) ?? [];
      return name === undefined ? [] : [[name, rest!] as const];
    });
  const lines = all('queue');
  const queue = lines.flatMap((line) => {
    const [, id, state, reason] = /^(\d\S*)\|([A-Z_]+)\|(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id, state: state!, reason: reason! }];
  });
  const ended = one('ended');
  const output = one('output');
  return {
    queue: one('queue-code') === '0' ? queue : `squeue could not be asked${words(lines.join('\n'))}`,
    record: recordIn(all('record'), all('account')),
    id: idIn(one('submitted')) ?? idIn(one('started/job')) ?? queue[0]?.id ?? null,
    hasFolder: one('own') === 'there',
    submitted: one('submitted') !== null,
    started: one('started') !== null,
    aliveAgo: /^-?\d{1,12}$/.test(one('alive') ?? '') ? Number(one('alive')) : null,
    cancelled: one('cancelled') !== null,
    ended: ended === null ? null : /^\d{1,3}$/.test(ended) ? Number(ended) : Number.NaN,
    endedAt: timeIn(one('ended-at')),
    output: output === null ? null : Buffer.from(output, 'base64'),
    files: Object.fromEntries(named('file').map(([name, text]) => [name, Buffer.from(text, 'base64')])),
    large: Object.fromEntries(named('large')),
  };
}

/** `12`, or `12;cluster`; `12_3` of an array. */
export function idIn(text: string | null): string | null {
  return text !== null && /^\d+(?:_\d+)?(?:;[\w.-]+)?$/.test(text) ? text : null;
}

function recordIn(records: readonly string[], accounts: readonly string[]): Told['record'] {
  for (const text of records) {
    const [, state] = /(?:^| )JobState=([A-Z_]+)/.exec(text) ?? [];
    const [, exit] = /(?:^| )ExitCode=(\d+):/.exec(text) ?? [];
    const [, start] = /(?:^| )StartTime=(\S+)/.exec(text) ?? [];
    if (state !== undefined) return { state, exit: Number(exit ?? Number.NaN), start: timeIn(start ?? null) };
  }
  for (const text of accounts) {
    const [, state, exit] = /^([A-Z_]+)[^|]*\|(\d+):/.exec(text) ?? [];
    if (state !== undefined) return { state, exit: Number(exit), start: null };
  }
  return null;
}

const timeIn = (text: string | null) => (text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? text : null);
