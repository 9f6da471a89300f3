import type { Hono } from 'hono';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { openAlarms } from '../../activities/store/alarm.js';
import type { Query, Store } from '../../activities/store/client.js';
import { loadInbox } from '../../activities/store/inbox.js';
import { lastSeal } from '../../activities/store/seal.js';
import { alarmPriorities } from '../../models/domain/alarm-kinds.js';
import { needs, phases, trialStates } from '../../models/domain/record.js';
import { latches } from '../safe-stop/latch.js';
import { type ApiEnv, callerAs, knownCaller } from './caller.js';

/** Gauges that are read from the store when they are asked for, so that several servers tell the same. */
function gauges(registry: Registry, query: Query, jobs: string): void {
  const registers = [registry];
  const counted = (
    name: string,
    help: string,
    label: string,
    values: readonly string[],
    count: () => Promise<ReadonlyMap<string, number>>,
  ) =>
    new Gauge({
      ...{ name, help, registers, labelNames: [label] },
      async collect() {
        const found = await count();
        // What there is none of is told as 0: an alert on what is absent would never be raised.
        for (const value of values) this.set({ [label]: value }, found.get(value) ?? 0);
      },
    });
  const byColumn = (table: string, column: string) => async () =>
    new Map(
      (await query(`SELECT ${column} AS value, count(*)::int AS n FROM ${table} GROUP BY 1`)).map((row) => [
        String(row.value),
        Number(row.n),
      ]),
    );
  counted('athanor_campaigns', 'Campaigns by phase', 'phase', phases, byColumn('campaign', 'phase'));
  counted('athanor_trials', 'Trials by state', 'state', trialStates, byColumn('trial', 'state'));
  counted('athanor_waiting_for_people', 'What waits for a person', 'for', [...needs, 'ruling'], async () =>
    tally((await loadInbox(query, null)).trials.map((trial) => trial.needs)),
  );
  counted('athanor_alarms', 'Alarms that are not closed, by priority', 'priority', alarmPriorities, async () =>
    tally((await openAlarms(query)).map(({ priority }) => priority)),
  );
  new Gauge({
    ...{ name: 'athanor_safe_stops', help: 'Safe stops of this home that nobody has released', registers },
    collect() {
      this.set(latches(jobs).length);
    },
  });
  new Gauge({
    ...{ name: 'athanor_last_event', help: 'Number of the last event in the log', registers },
    async collect() {
      this.set((await lastSeal(query)).seq);
    },
  });
}

function tally(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** `GET /metrics`, for Prometheus: figures of the store and of this process, told to whoever may read. */
export function metricsRoute(app: Hono<ApiEnv>, { query }: Store, jobs: string): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauges(registry, query, jobs);
  app.get('/metrics', knownCaller(query), async (c) => {
    callerAs(c, 'viewer');
    return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}
