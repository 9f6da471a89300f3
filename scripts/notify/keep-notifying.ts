import { setTimeout as delay } from 'node:timers/promises';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { openAlarms } from '../../activities/store/alarm.js';
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
import { alarmMatters, dueAlarms } from './alarm-matters.js';
import { beyondAlarms, mattersOf, type Sight } from './matters.js';
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
    const alarms = await openAlarms(store.query);
    const others = redacted(mattersOf(sight), redact);
    const ofToday = new Set(
      alarms.flatMap(({ id, times, priority }) => (priority === 'today' ? `alarm/${id}/${times}` : [])),
    );
    const isOfToday = (subject: string) => ofToday.has(subject);
    const isUnsure = (subject: string) =>
      (subject.startsWith('latch/') && !subject.startsWith(`latch/${home}/`)) ||
      untold.some((name) => subject.startsWith(`worker/${name}/`));
    for (const { name, settings, remindMs, alarms: telling, heartbeatMs } of destinations) {
      if (heartbeatMs !== null) continue;
      const due = telling === null ? new Set() : dueAlarms(alarms, telling, sight.now);
      const all = [...others, ...redacted(alarmMatters(alarms, telling?.page ?? null), redact)];
      const from = since.get(name) ?? null;
      if (from === null) continue;
      // What an ended campaign left behind before anybody was to be told is no news.
      const isOld = ({ momentary, since: at, trials }: Matter) =>
        (at ?? 0) < from && (momentary || (trials.length > 0 && trials.every((id) => ofEnded.has(id))));
      const wanted = all.filter((matter) =>
        matter.kind === 'alarm'
          ? due.has(matter.subject) && isIn(matter, settings)
          : isWanted(matter, settings, telling !== null) && !isOld(matter),
      );
      const again = ({ kind, subject }: Matter) =>
        kind !== 'alarm' ? remindMs : isOfToday(subject) ? null : (telling?.repeatMs ?? null);
      await noteMatters(query, name, { all, wanted, isUnsure, remindMs: again, tellOver: settings.over });
    }
  });
}

/** @param hearsAlarms - whether it is told of alarms, so that of what is one, too, it is not told twice */
function isWanted(matter: Matter, settings: NotifyDestination['settings'], hearsAlarms: boolean): boolean {
  const kinds = settings.kinds ?? (hearsAlarms ? beyondAlarms : undefined);
  if (kinds !== undefined && !kinds.some((one) => one === matter.kind)) return false;
  return isIn(matter, settings);
}

function isIn({ campaigns, lab }: Matter, { campaigns: ofCampaigns, labs }: NotifyDestination['settings']): boolean {
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
 * Tells a destination that Athanor is alive, if it wants that and it is time: the store answers, or else it is not told.
 * @param beats - when it was told last, milliseconds since 1970, by destination
 */
async function beat(
  { store, home }: Notifying,
  destination: NotifyDestination,
  beats: Map<string, number>,
): Promise<void> {
  const { name, heartbeatMs } = destination;
  const now = Date.now();
  if (heartbeatMs === null || now - (beats.get(name) ?? 0) < heartbeatMs) return;
  const alarms = await openAlarms(store.query);
  beats.set(name, now);
  const data = { home, alarms: alarms.length, now: alarms.filter(({ priority }) => priority === 'now').length };
  const payload = { type: 'athanor.heartbeat', timestamp: new Date(now).toISOString(), data };
  await send(destination, {
    id: `beat_${home}_${now}`,
    message: { title: 'Athanor is alive', text: 'Athanor is alive', payload },
  });
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
  const beating = heeding(async () => {
    for (const destination of (await deps.destinations()) ?? []) await beat(deps, destination, beats);
  });
  const beats = new Map<string, number>();
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
  const loops = [every(lookMs, look), every(deliverMs, send), every(deliverMs, beating)];
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
