import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { read } from './api.js';
import { type LogEvent, onEvents } from './live.js';

/** What was read last, and what went wrong with reading it again; both null before the first answer. */
export interface Read<T> {
  readonly value: T | null;
  readonly error: Error | null;
}

/** Readings of one address are at least so far apart, milliseconds. */
const apartMs = 500;

/**
 * Reads an address, and again whenever something happens that concerns it.
 *
 * @param path - below the API; null for nothing
 * @param concerns - whether an event may change what is there; every event where absent
 */
export function useRead<T>(path: string | null, concerns: (event: LogEvent) => boolean = () => true): Signal<Read<T>> {
  const state = useSignal<Read<T>>({ value: null, error: null });
  useEffect(() => {
    state.value = { value: null, error: null };
    if (path === null) return;
    let isOver = false;
    let isWanted = false;
    let isReading = false;
    const load = async () => {
      if (isReading) {
        isWanted = true;
        return;
      }
      isReading = true;
      isWanted = false;
      try {
        const value = await read<T>(path);
        if (!isOver) state.value = { value, error: null };
      } catch (error) {
        if (!isOver) state.value = { value: state.value.value, error: error as Error };
      }
      setTimeout(() => {
        isReading = false;
        if (isWanted && !isOver) void load();
      }, apartMs);
    };
    void load();
    const leave = onEvents((events) => {
      if (events === null || events.some(concerns)) void load();
    });
    return () => {
      isOver = true;
      leave();
    };
  }, [path]);
  return state;
}
