import type { Law } from './fixture.js';
import { caller, must, mustRefuse, runToEnd, startsOf, waitFor, withAdapter } from './fixture.js';

const always = () => null;

/** What submit and find promise: one key, one job, whatever gets lost or restarted in between. */
export const submissionLaws: readonly Law[] = [
  {
    name: 'the same key and request twice is one job',
    level: 'runs',
    section: 'keys',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const job = await adapter.submit(key, fixture.succeeds.request, caller);
        const again = await adapter.submit(key, { ...fixture.succeeds.request }, caller);
        must(again === job, `the second submit gave job '${again}', the first '${job}'`);
        await waitFor(fixture, adapter, job);
        const later = await adapter.submit(key, fixture.succeeds.request, caller);
        must(later === job, `a submit after the end gave job '${later}', the first '${job}'`);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'the same key and request from several callers at once is one job',
    level: 'runs',
    section: 'keys',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const submits = Array.from({ length: 6 }, () => adapter.submit(key, fixture.succeeds.request, caller));
        const jobs = new Set(await Promise.all(submits));
        must(jobs.size === 1, `six submits gave ${jobs.size} jobs`);
        await waitFor(fixture, adapter, [...jobs][0]!);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'two adapter objects on one folder at once make one job of one key',
    level: 'finds',
    section: 'keys',
    uses: 'device',
    skipped: (_, adapter) => (adapter.find ? null : 'the adapter has no find'),
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      await withAdapter(fixture.succeeds, folder, (one) =>
        withAdapter(fixture.succeeds, folder, async (other) => {
          const { request } = fixture.succeeds;
          const jobs = new Set(
            await Promise.all([one, other, one, other].map((adapter) => adapter.submit(key, request, caller))),
          );
          must(jobs.size === 1, `four submits through two objects gave ${jobs.size} jobs`);
          await waitFor(fixture, other, [...jobs][0]!);
        }),
      );
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'another key is another job',
    level: 'runs',
    section: 'keys',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const first = await runToEnd(fixture, adapter, key, fixture.succeeds.request);
        const second = await runToEnd(fixture, adapter, `${key}-2`, fixture.succeeds.request);
        must(first.job !== second.job, `two keys gave the same job '${first.job}'`);
      });
    },
  },
  {
    name: 'the same key with another request is refused',
    level: 'runs',
    section: 'keys',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const { request } = fixture.succeeds;
        const job = await adapter.submit(key, request, caller);
        await mustRefuse('submit with another design', () => adapter.submit(key, fixture.another, caller));
        await mustRefuse('submit for another fidelity', () =>
          adapter.submit(key, { ...request, fidelity: `${request.fidelity}-2` }, caller),
        );
        await waitFor(fixture, adapter, job);
        await mustRefuse('submit with another design after the end', () =>
          adapter.submit(key, fixture.another, caller),
        );
      });
    },
  },
  {
    name: 'find of a key that was never used gives null',
    level: 'finds',
    section: 'lookup',
    uses: 'adapter',
    skipped: (_, adapter) => (adapter.find ? null : 'the adapter has no find'),
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const found = await adapter.find!(key, caller);
        must(found === null, `find of a key that was never used gave '${found}'`);
      });
    },
  },
  {
    name: 'find gives null before submit and the job after it',
    level: 'finds',
    section: 'lookup',
    uses: 'device',
    skipped: (_, adapter) => (adapter.find ? null : 'the adapter has no find'),
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const before = await adapter.find!(key, caller);
        must(before === null, `find before submit gave '${before}'`);
        const { job } = await runToEnd(fixture, adapter, key, fixture.succeeds.request);
        const after = await adapter.find!(key, caller);
        must(after === job, `find after submit gave '${after}', submit gave '${job}'`);
        const other = await adapter.find!(`${key}-other`, caller);
        must(other === null, `find of a key that was never used gave '${other}'`);
      });
    },
  },
  {
    name: 'a restarted adapter knows the job, and submitting it again starts nothing',
    level: 'finds',
    section: 'lookup',
    uses: 'device',
    skipped: (_, adapter) => (adapter.find ? null : 'the adapter has no find'),
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      const { request } = fixture.succeeds;
      const job = await withAdapter(fixture.succeeds, folder, (adapter) => adapter.submit(key, request, caller));
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const found = await adapter.find!(key, caller);
        must(found === job, `after the restart find gave '${found}', submit before it '${job}'`);
        const again = await adapter.submit(key, request, caller);
        must(again === job, `after the restart submit gave '${again}', before it '${job}'`);
        await mustRefuse('submit with another request after the restart', () =>
          adapter.submit(key, fixture.another, caller),
        );
        const { state } = await waitFor(fixture, adapter, job);
        must(state === 'succeeded', `the job ended as '${state}' after the restart`);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'a job whose reply was thrown away is found by its key',
    level: 'finds',
    section: 'lookup',
    uses: 'device',
    skipped: (_, adapter) => (adapter.find ? null : 'the adapter has no find'),
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      const { request } = fixture.succeeds;
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        await adapter.submit(key, request, caller);
      });
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const job = await adapter.find!(key, caller);
        must(job !== null, 'the job was accepted, but find gave null');
        const { state } = await waitFor(fixture, adapter, job);
        must(state === 'succeeded', `the job ended as '${state}'`);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'a reply lost on the way is an AdapterError, and the job is there',
    level: 'runs',
    section: 'lookup',
    uses: 'device',
    skipped: ({ losesReply }) => (losesReply === undefined ? 'the fixture has no device that loses replies' : null),
    run: async (fixture, key) => {
      const scenario = fixture.losesReply!;
      const folder = await fixture.newFolder();
      await withAdapter(scenario, folder, async (adapter) => {
        const lost = await adapter.submit(key, scenario.request, caller).catch((error: { code?: unknown }) => error);
        must(typeof lost === 'object', `submit was to throw, but gave '${String(lost)}'`);
        must(lost.code === 'ADAPTER', `a lost reply was reported with code ${String(lost.code)}, not ADAPTER`);
        const again = await adapter.submit(key, scenario.request, caller);
        const job = adapter.find ? await adapter.find(key, caller) : again;
        must(job !== null, 'the device has taken the job, but find gave null');
        must(again === job, `submitting again gave '${again}', find '${job}'`);
        await waitFor(fixture, adapter, job);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
];
