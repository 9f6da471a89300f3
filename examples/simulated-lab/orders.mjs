// Faults to order: one file each in FOLDER/orders, so that they can be ordered by whoever, also while the device is dead. Whoever
// carries one out takes the file away.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a device is asked for. */
export const verbs = ['submit', 'find', 'status', 'result', 'cancel', 'stop'];
/**
 * When something can happen to a call: `heard`, before anything was done or written down; `done`, after it was done, with its line
 * in the ledger, and before the reply; `told`, after the reply.
 */
export const moments = ['heard', 'done', 'told'];

/** Every fault: what it does, and on what and when it does it where the order does not say. */
export const faults = {
  die: { does: 'the process of the device is killed', on: 'submit', moment: 'done', moments },
  lost: {
    does: 'no reply: the line is cut (heard: nothing was done)',
    on: 'submit',
    moment: 'done',
    moments: ['heard', 'done'],
  },
  late: {
    does: 'the reply comes after --for (heard: it is done only then, too)',
    on: 'submit',
    moment: 'done',
    moments: ['heard', 'done'],
    ms: 4_000,
  },
  silent: { does: 'deaf from the next call on, for --for', moment: 'heard', moments: ['heard'], ms: 5_000 },
  busy: {
    does: 'says that it is busy, and does nothing',
    on: 'submit',
    only: true,
    moment: 'heard',
    moments: ['heard'],
  },
  error: { does: 'says that something went wrong inside', on: 'status', moment: 'done', moments: ['heard', 'done'] },
  break: {
    does: 'the job fails by itself in the middle',
    on: 'submit',
    only: true,
    moment: 'heard',
    moments: ['heard'],
  },
  twice: { does: 'the reply comes twice', on: 'status', moment: 'done', moments: ['done'] },
  old: { does: 'tells how the job stood when it began', on: 'status', only: true, moment: 'done', moments: ['done'] },
  html: { does: 'a web page in place of the reply', on: 'result', moment: 'done', moments: ['done'] },
  truncated: { does: 'half of the reply', on: 'result', moment: 'done', moments: ['done'] },
  huge: { does: 'a reply of 5 MB', on: 'result', moment: 'done', moments: ['done'] },
  nan: { does: 'NaN in place of the value', on: 'result', only: true, moment: 'done', moments: ['done'] },
  type: { does: 'a text in place of the value', on: 'result', only: true, moment: 'done', moments: ['done'] },
  unit: {
    does: 'the value in another unit than was agreed',
    on: 'result',
    only: true,
    moment: 'done',
    moments: ['done'],
  },
};

let ordered = 0;

/**
 * Orders a fault of the device whose folder this is.
 * @param order - `{fault, on?, moment?, ms?}`; `on` is a verb, and all are meant where neither it nor the fault says one
 * @param times - of how many calls
 * @throws {Error} if there is no such fault, or not on that
 */
export function order(folder, { fault, on, moment, ms }, times = 1) {
  const known = faults[fault];
  const oneOf = (what, given, allowed) => {
    if (!allowed.includes(given)) throw new Error(`no ${what} '${given}' here; there are ${allowed.join(', ')}`);
  };
  oneOf('fault', fault, Object.keys(faults));
  if (on !== undefined) oneOf('call', on, verbs);
  if (known.only && on !== undefined && on !== known.on) throw new Error(`'${fault}' can only happen to ${known.on}`);
  if (moment !== undefined) oneOf('moment', moment, known.moments);
  const line = { fault, on: on ?? known.on, moment: moment ?? known.moment, ms: ms ?? known.ms };
  mkdirSync(join(folder, 'orders'), { recursive: true });
  for (let i = 0; i < times; i++) {
    const name = [Date.now(), process.pid, ordered++].map((part) => String(part).padStart(15, '0')).join('-');
    writeFileSync(join(folder, `${name}.new`), JSON.stringify(line));
    renameSync(join(folder, `${name}.new`), join(folder, 'orders', `${name}.json`));
  }
}

/** What is ordered and has not happened yet, the first first. @returns `[file, order]` each */
export function pending(folder) {
  let names = [];
  try {
    names = readdirSync(join(folder, 'orders')).sort();
  } catch {
    // None was ever ordered.
  }
  return names.map((name) => {
    const file = join(folder, 'orders', name);
    return [file, JSON.parse(readFileSync(file, 'utf8'))];
  });
}

/** Takes the first order for such a call; undefined where there is none. */
export function takeOrder(folder, verb) {
  const [file, found] = pending(folder).find(([, { on }]) => on === undefined || on === verb) ?? [];
  if (file !== undefined) rmSync(file);
  return found;
}
