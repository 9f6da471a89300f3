import type { JobState } from '../contract.js';
import { presentForm } from '../internal/earlier-form.js';
import type { ConformanceFixture, Law } from './fixture.js';
import { caller, must, mustRefuse, runToEnd, waitFor, withAdapter } from './fixture.js';
import { mustBeCost } from './result-laws.js';

const always = () => null;
const needsLong = ({ runsLong }: ConformanceFixture) =>
  runsLong === undefined ? 'the fixture has no long request' : null;
const started = (state: JobState) => state === 'running';

/** What cancel, pause, resume, safeStop, validate, health and close promise. */
export const controlLaws: readonly Law[] = [
  {
    name: 'cancel of a job that was never accepted is refused',
    level: 'cancels',
    section: 'cancel',
    uses: 'device',
    skipped: (_, { cancel }) => (cancel ? null : 'the adapter has no cancel'),
    run: async (fixture) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        await mustRefuse('cancel of an unknown job', () => adapter.cancel!('no-such-job', caller));
      });
    },
  },
  {
    name: 'cancel ends a running job as cancelled, and again changes nothing',
    level: 'cancels',
    section: 'cancel',
    uses: 'device',
    skipped: (fixture, { cancel }) => (cancel ? needsLong(fixture) : 'the adapter has no cancel'),
    run: async (fixture, key) => {
      const scenario = fixture.runsLong!;
      const folder = await fixture.newFolder();
      const job = await withAdapter(scenario, folder, async (adapter) => {
        const submitted = await adapter.submit(key, scenario.request, caller);
        await waitFor(fixture, adapter, submitted, started);
        await Promise.all([adapter.cancel!(submitted, caller), adapter.cancel!(submitted, caller)]);
        const { state } = await waitFor(fixture, adapter, submitted);
        must(state === 'cancelled', `the cancelled job ended as '${state}'`);
        await adapter.cancel!(submitted, caller);
        const result = await adapter.result(submitted);
        must(Object.keys(result.values).length === 0, `a cancelled job gave values ${JSON.stringify(result.values)}`);
        mustBeCost(result);
        return submitted;
      });
      await withAdapter(scenario, folder, async (adapter) => {
        if (!adapter.find) return;
        const { state } = await adapter.status(job);
        must(state === 'cancelled', `after a restart the cancelled job is '${state}'`);
      });
    },
  },
  {
    name: 'cancel of a job that has ended leaves it as it is',
    level: 'cancels',
    section: 'cancel',
    uses: 'device',
    skipped: (_, { cancel }) => (cancel ? null : 'the adapter has no cancel'),
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const { job, result } = await runToEnd(fixture, adapter, key, fixture.succeeds.request);
        await adapter.cancel!(job, caller);
        const { state } = await adapter.status(job);
        must(state === 'succeeded', `a late cancel turned 'succeeded' into '${state}'`);
        const after = await adapter.result(job);
        must(JSON.stringify(after.values) === JSON.stringify(result.values), 'a late cancel changed the values');
      });
    },
  },
  {
    name: 'pause holds a job and resume lets it go on',
    level: 'pauses',
    section: 'pause',
    uses: 'device',
    skipped: (fixture, { pause }) => (pause ? needsLong(fixture) : 'the adapter has no pause'),
    run: async (fixture, key) => {
      const scenario = fixture.runsLong!;
      await withAdapter(scenario, await fixture.newFolder(), async (adapter) => {
        const job = await adapter.submit(key, scenario.request, caller);
        await waitFor(fixture, adapter, job, started);
        await adapter.pause!(job, caller);
        await waitFor(fixture, adapter, job, (state) => state === 'paused');
        await adapter.pause!(job, caller);
        await adapter.resume!(job, caller);
        await waitFor(fixture, adapter, job, started);
        await adapter.resume!(job, caller);
        await adapter.safeStop?.();
        await adapter.cancel?.(job, caller);
        await waitFor(fixture, adapter, job);
      });
    },
  },
  {
    name: 'pause and resume go together',
    level: 'runs',
    section: 'pause',
    uses: 'adapter',
    skipped: always,
    run: async (fixture) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async ({ pause, resume }) => {
        must((pause === undefined) === (resume === undefined), `only ${pause ? 'pause' : 'resume'} is there`);
      });
    },
  },
  {
    name: 'safeStop ends running jobs as cancelled or unknown',
    level: 'stops safely',
    section: 'safe-stop',
    uses: 'device',
    skipped: (fixture, { safeStop }) => (safeStop ? needsLong(fixture) : 'the adapter has no safeStop'),
    run: async (fixture, key) => {
      const scenario = fixture.runsLong!;
      await withAdapter(scenario, await fixture.newFolder(), async (adapter) => {
        const job = await adapter.submit(key, scenario.request, caller);
        await waitFor(fixture, adapter, job, started);
        await adapter.safeStop!();
        const { state } = await waitFor(fixture, adapter, job);
        must(state === 'cancelled' || state === 'unknown', `after safeStop the job is '${state}'`);
        await adapter.safeStop!();
      });
    },
  },
  {
    name: 'safeStop leaves ended jobs alone, and without jobs does nothing',
    level: 'stops safely',
    section: 'safe-stop',
    uses: 'device',
    skipped: (_, { safeStop }) => (safeStop ? null : 'the adapter has no safeStop'),
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        await adapter.safeStop!();
        const { job } = await runToEnd(fixture, adapter, key, fixture.succeeds.request);
        await adapter.safeStop!();
        const { state } = await adapter.status(job);
        must(state === 'succeeded', `safeStop turned 'succeeded' into '${state}'`);
      });
    },
  },
  {
    name: 'validate passes what can run and lists what is wrong with what cannot, starting nothing',
    level: 'runs',
    section: 'validate',
    uses: 'request',
    skipped: always,
    run: async (fixture) => {
      const folder = await fixture.newFolder();
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const faults = await adapter.validate(fixture.succeeds.request);
        must(faults.length === 0, `a good request was refused: ${faults[0]?.message}`);
      });
      const { refused } = fixture;
      if (refused !== undefined)
        await withAdapter(refused, folder, async (adapter) => {
          const faults = await adapter.validate(refused.request);
          must(faults.length > 0, 'a bad request was not refused');
          for (const { message, remedy } of faults)
            must(message !== '' && remedy !== '', 'a fault without words or remedy');
        });
      const began = (await fixture.starts?.(folder)) ?? [];
      must(began.length === 0, `validate began ${began.length} jobs on the device`);
    },
  },
  {
    name: 'health answers in words, with a remedy when not well',
    level: 'tells health',
    section: 'health',
    uses: 'adapter',
    skipped: (_, { health }) => (health ? null : 'the adapter has no health'),
    run: async (fixture) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const { ok, message, remedy } = await adapter.health!();
        must(typeof ok === 'boolean' && message !== '', `health answered ${JSON.stringify({ ok, message })}`);
        must(ok || (remedy ?? '') !== '', `not well (${message}), and no remedy`);
      });
    },
  },
  {
    name: 'close can be called twice and leaves no process, connection or timer behind',
    level: 'runs',
    section: 'close',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      const before = held();
      const adapter = presentForm(await fixture.succeeds.open(await fixture.newFolder()));
      await runToEnd(fixture, adapter, key, fixture.succeeds.request);
      await adapter.close();
      await adapter.close();
      await mustSettle(before);
    },
  },
];

const holding = ['ProcessWrap', 'TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'UDPWrap', 'Timeout'];

/** What keeps this process alive, by kind. */
function held(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Handles are released by the event loop, not by `close` itself: some turns are allowed. */
async function mustSettle(before: ReadonlyMap<string, number>): Promise<void> {
  const until = performance.now() + 5_000;
  for (;;) {
    const now = held();
    const left = holding.filter((kind) => (now.get(kind) ?? 0) > (before.get(kind) ?? 0));
    if (left.length === 0) return;
    must(performance.now() < until, `still held after close: ${left.join(', ')}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
