import {
  ackAlarm,
  findAlarm,
  openAlarms,
  pastAlarms,
  type StoredAlarm,
  shelveAlarm,
  unshelveAlarm,
} from '../../activities/store/alarm.js';
import { keepAlarms, type Watching } from '../alarms/keep-alarms.js';
import type { LabServers } from './lab-report.js';

/** All that people can do with alarms. */
export interface AlarmControl {
  /** Those that are not closed, those first that a person has to act on first. */
  list(): Promise<readonly StoredAlarm[]>;
  /** All, the last first. @param page.before - a number; those from before it */
  past(page: { readonly before: number | null; readonly limit: number }): Promise<readonly StoredAlarm[]>;
  /** "I have it": it is told no more, and stays until it is over. @throws {AthanorError} NOT_FOUND; WRONG_STATE with who was first */
  acknowledge(id: number, said: { readonly who: string; readonly note: string | null }): Promise<StoredAlarm>;
  /** Puts it aside until a time, at most twelve hours away. @throws {AthanorError} NOT_FOUND, WRONG_STATE or INVALID_INPUT */
  shelve(
    id: number,
    said: { readonly who: string; readonly why: string; readonly until: number },
  ): Promise<StoredAlarm>;
  /** Has it come back now. @throws {AthanorError} NOT_FOUND or WRONG_STATE */
  unshelve(id: number, who: string): Promise<StoredAlarm>;
  /** Looks again and again what has to be told. @returns how to stop */
  watch(from: Pick<Watching, 'home' | 'jobs' | 'redact' | 'log'>): () => Promise<void>;
}

/** The alarms of a store. @param ask - says it in words if a server is away */
export function createAlarmControl(servers: LabServers, ask: <T>(work: () => Promise<T>) => Promise<T>): AlarmControl {
  const { store } = servers;
  const acted = (id: number, act: (query: typeof store.query) => Promise<void>) =>
    ask(() =>
      store.transaction(async (query) => {
        await act(query);
        return findAlarm(query, id);
      }),
    );
  return {
    list: () => ask(() => openAlarms(store.query)),
    past: (page) => ask(() => pastAlarms(store.query, page)),
    acknowledge: (id, said) => acted(id, (query) => ackAlarm(query, id, { ...said, now: Date.now() })),
    shelve: (id, said) => acted(id, (query) => shelveAlarm(query, id, { ...said, now: Date.now() })),
    unshelve: (id, who) => acted(id, (query) => unshelveAlarm(query, id, { who, now: Date.now() })),
    watch: (from) => keepAlarms({ ...servers, ...from }),
  };
}
