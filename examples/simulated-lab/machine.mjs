// What all simulated devices have in common: a ledger of what they did, jobs that go on by the clock, and faults to order.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeOrder } from './orders.mjs';

/** Ledger of a device, a line of JSON for each thing that happened to it. */
export const ledgerOf = (folder) => join(folder, 'device.jsonl');

/** Lines of a ledger; half a line at its end, of a device that died while it wrote, is left out. */
export function readLedger(folder) {
  let text = '';
  try {
    text = readFileSync(ledgerOf(folder), 'utf8');
  } catch {
    // Nothing has happened yet.
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Jobs by id, as a ledger tells of them. */
export function jobsIn(lines) {
  const jobs = new Map();
  for (const line of lines) apply(jobs, line);
  return jobs;
}

function apply(jobs, { word, ...line }) {
  if (word === 'start') jobs.set(line.id, { ...line, cancelledAt: null });
  if (word === 'cancel') jobs.get(line.id).cancelledAt ??= line.at;
  // The latest name that it goes by on the line, where that is not its id.
  if (word === 'execution') jobs.get(line.id).uuid = line.uuid;
}

/** Share done, 0 to 1. */
export function progressOf({ at, cancelledAt, breaks, told }) {
  const share = ((cancelledAt ?? Date.now()) - at) / Math.max(1, told.seconds * 1_000);
  return Math.max(0, Math.min(breaks ? 0.5 : 1, share));
}

/** running, done, broken or cancelled */
export function stateOf(job) {
  if (job.cancelledAt !== null) return 'cancelled';
  if (progressOf(job) < (job.breaks ? 0.5 : 1)) return 'running';
  return job.breaks ? 'broken' : 'done';
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** As from outside: nothing is tidied up. */
export const die = () => process.kill(process.pid, 'SIGKILL');

/**
 * A machine with jobs. It does not know one key from another: whoever asks twice gets two jobs, and two lines in the ledger.
 * A job is written down before anything moves, and goes on without the program that begun it, as heat and chemistry do: a device that
 * is started again finds it where it stands by then.
 */
export class Machine {
  deafUntil = 0;

  /** @param folder - where its ledger is, and its orders; made if need be */
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.jobs = jobsIn(readLedger(folder));
    this.note({ word: 'on', pid: process.pid });
    // Where another process started it and is gone, it goes too.
    process.once('disconnect', () => process.exit(1));
  }

  /** Writes a line into the ledger: what follows from it is done only then. */
  note(line) {
    const full = { ...line, at: Date.now() };
    appendFileSync(ledgerOf(this.folder), `${JSON.stringify(full)}\n`);
    apply(this.jobs, full);
  }

  /**
   * A physical start.
   * @param told - what is to be done, `seconds` long
   * @param breaks - whether it will fail
   */
  begin(key, told, breaks = false) {
    const id = `j${this.jobs.size + 1}`;
    this.note({ word: 'start', id, key, told, breaks });
    return this.jobs.get(id);
  }

  cancel(job) {
    if (stateOf(job) === 'running') this.note({ word: 'cancel', id: job.id, key: job.key });
  }

  stopAll() {
    for (const job of this.jobs.values()) this.cancel(job);
  }

  /** The latest job of a key; undefined where it never had one. */
  byKey(key) {
    return [...this.jobs.values()].findLast((job) => job.key === key);
  }

  /**
   * Does what a call asks for, and what is ordered to happen with it. Where no delay is ordered it is done at once, before
   * the first wait.
   *
   * @param act - does it; is given `{busy, breaks, old}` and gives what to reply
   * @returns what is to become of the reply: `{reply, fault}`, where `fault` is 'none' where nothing is sent, 'cut' where the line
   *   is to be cut, or one of the others; `told` is to be called when it is out
   */
  async call(verb, act) {
    const nothing = { fault: 'none', told: () => {} };
    if (Date.now() < this.deafUntil) return nothing;
    const order = takeOrder(this.folder, verb);
    if (order === undefined) return { reply: act({}), told: () => {} };
    const { fault, moment, ms } = order;
    this.note({ word: 'fault', on: verb, fault, moment, ...(ms !== undefined && { ms }) });
    const isNow = (now, what) => moment === now && fault === what;
    if (fault === 'silent') {
      this.deafUntil = Date.now() + ms;
      return nothing;
    }
    if (isNow('heard', 'die')) die();
    if (isNow('heard', 'lost')) return { ...nothing, fault: 'cut' };
    if (isNow('heard', 'late')) await wait(ms);
    if (isNow('heard', 'error')) return { fault, told: () => {} };
    const reply = act({ isBusy: fault === 'busy', breaks: fault === 'break', isOld: fault === 'old' });
    if (isNow('done', 'die')) die();
    if (isNow('done', 'late')) await wait(ms);
    if (isNow('done', 'lost')) return { ...nothing, fault: 'cut' };
    return { reply, fault, told: isNow('told', 'die') ? die : () => {} };
  }
}

/** A reply of JSON as it goes out, with what is ordered to be wrong with it. @param value - name of the value in it */
export function jsonText(reply, fault, value) {
  const text = JSON.stringify(reply);
  const withValue = (part) => text.replace(new RegExp(`("${value}":)[^,}]+`), `$1${part}`);
  switch (fault) {
    case 'html':
      return page;
    case 'truncated':
      return text.slice(0, text.length / 2);
    case 'huge':
      return `{"padding": "${'x'.repeat(5_000_000)}", ${text.slice(1)}`;
    case 'nan':
      return withValue('NaN');
    case 'type':
      return withValue('"bright"');
    case 'unit':
      return text.replace(/("unit":)"[^"]*"/, '$1"furlong"');
    default:
      return text;
  }
}

/** What a proxy on the way puts in place of replies. */
export const page = '<!doctype html><html><title>Log in</title><body>Your session has expired.</body></html>';
