import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { TrialRow } from '../scripts/serve/trial-rows.js';
import { read } from './api.js';
import { onEvents } from './live.js';
import { campaignPath } from './words.js';

/** Lines that are read at once. */
const pageRows = 100;
/** Lines are read again at most so often while a campaign goes on, milliseconds. */
const apartMs = 1_000;

/** Lines of a table as far as they were read. */
export interface Rows {
  readonly total: number;
  readonly all: number;
  readonly pages: ReadonlyMap<number, readonly TrialRow[]>;
  readonly error: Error | null;
}

interface Answer {
  readonly items: readonly TrialRow[];
  readonly total: number;
  readonly all: number;
}

/** How lines of a table are had. */
export interface RowReader {
  readonly rows: Signal<Rows>;
  /** Has the lines of a range be read that are not there. */
  want(first: number, last: number): void;
}

/** The line at a place; null where it was not read yet. */
export function rowAt({ pages }: Rows, place: number): TrialRow | null {
  return pages.get(Math.floor(place / pageRows))?.[place % pageRows] ?? null;
}

/** Reads lines of a campaign's table as they are looked at, and those in view again as the campaign goes on. */
export function useRows(campaign: string, filter: string, sort: string): RowReader {
  const rows = useSignal<Rows>({ total: 0, all: 0, pages: new Map(), error: null });
  const view = useRef<readonly [number, number]>([0, 0]);
  const load = useRef<(page: number) => Promise<void>>(async () => undefined);
  useEffect(() => {
    let isOver = false;
    const asked = new Set<number>();
    const query = new URLSearchParams({ filter, sort, limit: String(pageRows) });
    load.current = async (page) => {
      if (asked.has(page)) return;
      asked.add(page);
      try {
        query.set('offset', String(page * pageRows));
        const { items, total, all } = await read<Answer>(`${campaignPath(campaign)}/rows?${query}`);
        if (!isOver) rows.value = { total, all, error: null, pages: new Map(rows.value.pages).set(page, items) };
      } catch (error) {
        asked.delete(page);
        if (!isOver) rows.value = { ...rows.value, error: error as Error };
      }
    };
    rows.value = { ...rows.value, pages: new Map(), error: null };
    void load.current(0);
    let timer: ReturnType<typeof setTimeout> | null = null;
    const leave = onEvents((events) => {
      if (timer !== null || !(events === null || events.some((event) => event.campaign === campaign))) return;
      timer = setTimeout(() => {
        timer = null;
        asked.clear();
        const [first, last] = view.current;
        for (let page = first; page <= last; page++) void load.current(page);
      }, apartMs);
    });
    return () => {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
      leave();
    };
  }, [campaign, filter, sort]);
  return {
    rows,
    want: (first, last) => {
      view.current = [Math.floor(first / pageRows), Math.floor(Math.max(first, last) / pageRows)];
      for (let page = view.current[0]; page <= view.current[1]; page++) void load.current(page);
    },
  };
}
