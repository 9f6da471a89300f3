import { setTimeout as delay } from 'node:timers/promises';
import { createCampaignSource } from '../../activities/campaign-source.js';
import {
  claimMessage,
  endedCampaigns,
  keepDestination,
  type Matter,
  mayLook,
  noteFailed,
  noteMatters,
  noteSent,
} from '../../activities/store/notice.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type Redact, redacted } from '../../models/domain/redaction.js';
import type { LabServers } from '../durable/lab-report.js';
import { inboxOf } from '../durable/person-instructions.js';
import { stillnessOfAll } from '../durable/stillness.js';
import { latches } from '../safe-stop/latch.js';
import { mattersOf, type Sight } from './matters.js';
import { messageText } from './message-text.js';
import type { NotifyDestination } from './notify-file.js';
import { send } from './send.js';

/** How often it is looked what there is to tell, and what is due, milliseconds. */
const lookMs = 10_000;
const deliverMs = 2_000;
/** How long what is under way is waited for at the end, milliseconds. */
const patienceMs = 3_000;

/** What telling people needs. */
export interface Notifying extends LabServers {
  /** Name of the worker's home, and the folder of its jobs. */
  readonly home: string;
  readonly jobs: string;
  /** Where people are told now, read anew each time; null while that cannot be read, which is said elsewhere. */
  readonly destinations: () => Promise<readonly NotifyDestination[] | null>;
  readonly redact: Redact;
  readonly log: (line: string) => void;
}

/** How long after each attempt the next is made, milliseconds; the last of them from then on. */
const pausesMs = [5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000];
const dayMs = 86_400_000;

/**
 * When a message is tried again, milliseconds from now; null where a day has passed and it is given up.
 * @param attempts - that were made
 * @param askedMs - how long the destination asks to be left alone
 */
export function againAfter(attempts: number, ageMs: number, askedMs: number | null): number | null {
  const pause = pausesMs[Math.min(attempts, pausesMs.length) - 1]!;
  const after = Math.max(pause, Math.min(askedMs ?? 0, 3_600_000));
  return ageMs + after > dayMs ? null : after;
}

/** Writes down what there is to tell to each destination; one worker at a time does so. */
export async function lookAround(deps: Notifying, destinations: readonly NotifyDestination[]): Promise<void> {
  const { store, jobs, home, redact } = deps;
  const source = createCampaignSource(store);
  await store.transaction(async (query) => {
    if (!(await mayLook(query))) return;
    const since = new Map<string, number | null>();
    for (const destination of destinations) since.set(destination.name, await keepDestination(query, destination));
    const { obstacles, untold } = await stillnessOfAll({ ...deps, source });
    const inbox = await inboxOf(store.query, null);
    const ofEnded = new Set(inbox.trials.filter(({ ended }) => ended).map(({ trialId }) => trialId));
    const sight: Sight = {
      inbox,
      obstacles,
      ended: await endedCampaigns(store.query),
      latches: latches(jobs).filter(({ lab }) => lab === null),
      home,
      now: Date.now(),
    };
    const all = redacted(mattersOf(sight), redact);
    const isUnsure = (subject: string) =>
      (subject.startsWith('latch/') && !subject.startsWith(`latch/${home}/`)) ||
      untold.some((name) => subject.startsWith(`worker/${name}/`));
    for (const { name, settings, remindMs } of destinations) {
      const from = since.get(name) ?? null;
      if (from === null) continue;
      // What an ended campaign left behind before anybody was to be told is no news.
      const isOld = ({ momentary, since: at, trials }: Matter) =>
        (at ?? 0) < from && (momentary || (trials.length > 0 && trials.every((id) => ofEnded.has(id))));
      const wanted = all.filter((matter) => isWanted(matter, settings) && !isOld(matter));
      await noteMatters(query, name, { all, wanted, isUnsure, remindMs, tellOver: settings.over });
    }
  });
}

function isWanted({ kind, campaigns, lab }: Matter, settings: NotifyDestination['settings']): boolean {
  const { kinds, campaigns: ofCampaigns, labs } = settings;
  if (kinds !== undefined && !kinds.some((one) => one === kind)) return false;
  if (ofCampaigns === undefined && labs === undefined) return true;
  return campaigns.some((id) => ofCampaigns?.includes(id)) || (lab !== null && labs?.includes(lab) === true);
}

/** Sends what is due to a destination, until nothing is or an attempt fails. */
export async function deliver({ store, log }: Pick<Notifying, 'store' | 'log'>, destination: NotifyDestination) {
  const { name, settings } = destination;
  for (;;) {
    const message = await claimMessage(store.query, name);
    if (message === null) return;
    const sent = await send(destination, { id: message.id, message: messageText(message, settings.designs) });
    if (sent.how === 'taken') {
      await store.transaction((query) => noteSent(query, message, name, sent.words));
      continue;
    }
    const gone = sent.how === 'gone';
    const age = Date.now() - message.at;
    const againMs = gone ? null : againAfter(message.attempts, age, sent.how === 'failed' ? sent.afterMs : null);
    await store.transaction((query) => noteFailed(query, message, name, { trouble: sent.words, againMs, gone }));
    if (message.attempts === 1 || againMs === null)
      log(
        `notify ${name}: ${sent.words}${againMs === null ? '; this message is given up' : '; it is tried again for a day'}`,
      );
    return;
  }
}

/**
 * Tells people, again and again, what waits for them or stands still. What keeps it from that is said, and ends nothing.
 * @returns how to stop
 */
export function keepNotifying(deps: Notifying): () => Promise<void> {
  let told = '';
  const heeding = (work: () => Promise<void>) => async () => {
    try {
      await work();
      told = '';
    } catch (error) {
      // A store that is away is waited for, and said by those who need it.
      const { message } = error as Error;
      if (error instanceof AthanorError && message !== told) deps.log(`notify: ${deps.redact(message)}`);
      told = message;
    }
  };
  const look = heeding(async () => {
    const destinations = await deps.destinations();
    if (destinations !== null && destinations.length > 0) await lookAround(deps, destinations);
  });
  const busy = new Set<string>();
  const send = async () => {
    const each = ((await deps.destinations()) ?? []).filter(({ name }) => !busy.has(name));
    await Promise.all(
      each.map(async (destination) => {
        busy.add(destination.name);
        await heeding(() => deliver(deps, destination))();
        busy.delete(destination.name);
      }),
    );
  };
  const loops = [every(lookMs, look), every(deliverMs, send)];
  return async () => {
    await Promise.all(loops.map((stop) => stop()));
  };
}

/** Does something now and again and again, never twice at a time. @returns how to stop, once what is under way is over */
function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> | null = null;
  const begin = () => {
    last ??= work()
      .catch(() => undefined)
      .finally(() => {
        last = null;
      });
  };
  begin();
  const timer = setInterval(begin, ms);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // An attempt that is not over by then is made again, with the same id, by whoever comes next.
    await Promise.race([last, delay(patienceMs)]);
  };
}
