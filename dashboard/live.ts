import { computed, signal } from '@preact/signals';
import { halfMinutes, hearClock, serverNow } from './clock.js';

/** Something that happened, as the log has it. */
export interface LogEvent {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly who: string | null;
  readonly campaign: string | null;
  readonly subject: string | null;
  readonly body: unknown;
}

/** Hears what happened; null where something was missed, and all is to be read anew. */
type Hearer = (events: readonly LogEvent[] | null) => void;

/** What the tab that holds the stream tells the others. */
type Told =
  | { readonly kind: 'events'; readonly events: readonly LogEvent[] }
  | { readonly kind: 'beat'; readonly now: number }
  | { readonly kind: 'resync'; readonly seq: number };

/** Without a sign of life for so long, what is shown is old, milliseconds: two beats of the server and some. */
const silenceMs = 25_000;
/** What happens within so long is told at once, milliseconds: a restart brings thousands of events. */
const togetherMs = 100;
const lockName = 'athanor-events';

const lastBeat = signal<number | null>(null);
const isSilent = signal(false);
/** When the server was heard last, by its own clock; null before. */
export const heardAt = computed(() => lastBeat.value);
/** Whether what is shown is what is so: `stale` where the server has been silent. */
export const freshness = computed<'starting' | 'live' | 'stale'>(() =>
  lastBeat.value === null ? (isSilent.value ? 'stale' : 'starting') : isSilent.value ? 'stale' : 'live',
);
/** The number of the last event that was heard. */
export const lastSeq = signal(0);

const hearers = new Set<Hearer>();
let heardHere = 0;

/** Hears of all that happens from now on. @returns how to stop that */
export function onEvents(hear: Hearer): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

/**
 * Follows the log: one stream for all tabs of a browser, as it has six connections to a server and no more. The tab that has the lock
 * holds the stream and tells the others; where it is closed, another goes on after the last event that it heard itself.
 *
 * @param seq - after which number
 */
export function startLive(seq: number): void {
  lastSeq.value = seq;
  heardHere = Date.now();
  const channel = new BroadcastChannel(lockName);
  channel.onmessage = ({ data }: MessageEvent<Told>) => take(data);
  const lead = () =>
    new Promise<never>(() =>
      follow((told) => {
        take(told);
        channel.postMessage(told);
      }),
    );
  // Pages that come over plain HTTP from another machine have no locks: each holds a stream of its own there.
  if (navigator.locks === undefined) void lead();
  else void navigator.locks.request(lockName, lead);
  setInterval(look, 1_000);
  setInterval(() => halfMinutes.value++, 30_000);
  for (const name of ['online', 'pageshow', 'focus']) addEventListener(name, look);
  document.addEventListener('visibilitychange', look);
}

function look(): void {
  isSilent.value = Date.now() - heardHere > silenceMs;
}

function take(told: Told): void {
  heardHere = Date.now();
  if (told.kind === 'beat') {
    hearClock(told.now);
    lastBeat.value = told.now;
  } else if (told.kind === 'resync') {
    lastSeq.value = told.seq;
    for (const hear of hearers) hear(null);
  } else {
    const news = told.events.filter(({ seq }) => seq > lastSeq.value);
    if (news.length === 0) return;
    // Numbers have no gaps.
    const isNext = news[0]!.seq === lastSeq.value + 1;
    lastSeq.value = news.at(-1)!.seq;
    lastBeat.value = serverNow();
    for (const hear of hearers) hear(isNext ? news : null);
  }
  look();
}

/** Holds the stream, and opens it anew where it has been silent. */
function follow(tell: (told: Told) => void): void {
  let source: EventSource;
  let openedAt = 0;
  let queue: LogEvent[] = [];
  const flush = () => {
    tell({ kind: 'events', events: queue });
    queue = [];
  };
  const open = () => {
    openedAt = Date.now();
    source = new EventSource(`/api/v1/events?after=${lastSeq.value}`);
    source.addEventListener('event', ({ data }) => {
      queue.push(JSON.parse(data) as LogEvent);
      if (queue.length === 1) setTimeout(flush, togetherMs);
    });
    source.addEventListener('beat', ({ data }) =>
      tell({ kind: 'beat', now: (JSON.parse(data) as { now: number }).now }),
    );
    source.addEventListener('resync', ({ data }) =>
      tell({ kind: 'resync', seq: (JSON.parse(data) as { seq: number }).seq }),
    );
  };
  const reopen = (afterMs: number) => {
    const now = Date.now();
    if (now - heardHere < afterMs || now - openedAt < afterMs) return;
    source.close();
    open();
  };
  open();
  setInterval(() => reopen(source.readyState === EventSource.CLOSED ? 3_000 : silenceMs), 1_000);
  addEventListener('online', () => reopen(1_000));
}
