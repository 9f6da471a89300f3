import type { Adapter } from '../contract.js';
import type { Law } from './fixture.js';
import { caller, must, mustRefuse, startsOf, waitFor, withAdapter } from './fixture.js';

const notFenced = (_: unknown, { traits, find }: Adapter) =>
  traits.fenced === true && find ? null : 'the adapter does not declare that it remembers fences';

/** What is promised of calls that come late, and of jobs that were begun past the adapter. */
export const fenceLaws: readonly Law[] = [
  {
    name: 'a call that comes late, with an older fence, begins nothing',
    level: 'runs',
    section: 'fence',
    uses: 'device',
    skipped: () => null,
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const { request } = fixture.succeeds;
        const job = await adapter.submit(key, request, { fence: caller.fence + 1 });
        const late = await adapter.submit(key, request, caller).catch((error: { code?: unknown }) => {
          must(error.code === 'CONTRACT', `a late call was refused with code ${String(error.code)}, not CONTRACT`);
          return job;
        });
        must(late === job, `the late call gave job '${late}', the one before it '${job}'`);
        await waitFor(fixture, adapter, job);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'what find did not know, no call with an older fence begins',
    level: 'finds',
    section: 'fence',
    uses: 'device',
    skipped: notFenced,
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      const { request } = fixture.succeeds;
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const found = await adapter.find!(key, { fence: 3 });
        must(found === null, `find before submit gave '${found}'`);
      });
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        await mustRefuse('submit with an older fence than a find', () => adapter.submit(key, request, { fence: 2 }));
        await mustRefuse('find with an older fence', () => adapter.find!(key, { fence: 2 }));
        const before = await startsOf(fixture, folder, key);
        must(fixture.starts === undefined || before === 0, `the device began the job ${before} times`);
        const job = await adapter.submit(key, request, { fence: 4 });
        await waitFor(fixture, adapter, job);
      });
      const starts = await startsOf(fixture, folder, key);
      must(starts === 1, `the device began the job ${starts} times`);
    },
  },
  {
    name: 'whoever had the slot before moves nothing on it',
    level: 'finds',
    section: 'fence',
    uses: 'device',
    skipped: (fixture, adapter) =>
      fixture.runsLong === undefined ? 'the fixture has no long request' : notFenced(fixture, adapter),
    run: async (fixture, key) => {
      const scenario = fixture.runsLong!;
      const folder = await fixture.newFolder();
      const slot = 'lab/instrument#1';
      await withAdapter(scenario, folder, async (adapter) => {
        const job = await adapter.submit(key, scenario.request, { fence: 5, slot });
        const late = { fence: 4, slot };
        await mustRefuse('submit of another key', () => adapter.submit(`${key}-2`, scenario.request, late));
        await mustRefuse('find of another key', () => adapter.find!(`${key}-2`, late));
        if (adapter.cancel) await mustRefuse('cancel', () => adapter.cancel!(job, late));
        if (adapter.pause) await mustRefuse('pause', () => adapter.pause!(job, late));
        if (adapter.resume) await mustRefuse('resume', () => adapter.resume!(job, late));
        const { state } = await adapter.status(job);
        must(state !== 'cancelled' && state !== 'paused', `the job is '${state}', moved by who had the slot before`);
        // A slot beside it has fences of its own; a device that takes one job at a time has none.
        if (!adapter.traits.exclusive) {
          const other = 'lab/instrument#2';
          const beside = await adapter.submit(`${key}-3`, scenario.request, { fence: 1, slot: other });
          await adapter.cancel?.(beside, { fence: 7, slot: other });
        }
        await adapter.cancel?.(job, { fence: 6, slot });
        await adapter.safeStop?.();
      });
      const starts = await startsOf(fixture, folder, `${key}-2`);
      must(fixture.starts === undefined || starts === 0, `the device began the other job ${starts} times`);
    },
  },
  {
    name: 'adopt follows a job that only the device knows, and submits nothing',
    level: 'adopts',
    section: 'adopt',
    uses: 'device',
    skipped: ({ beginByHand }, { adopt }) => {
      if (adopt === undefined) return 'the adapter has no adopt';
      return beginByHand === undefined ? 'no job was begun by hand' : null;
    },
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      const { request } = fixture.succeeds;
      const handle = await fixture.beginByHand!(folder);
      const job = await withAdapter(fixture.succeeds, folder, async (adapter) => {
        await mustRefuse('adopt of a job that the device does not have', () =>
          adapter.adopt!(key, request, `${handle}-none`, caller),
        );
        const adopted = await adapter.adopt!(key, request, handle, caller);
        const again = await adapter.adopt!(key, request, handle, caller);
        must(again === adopted, `the second adopt gave job '${again}', the first '${adopted}'`);
        await mustRefuse('adopt of the same job under another key', () =>
          adapter.adopt!(`${key}-2`, request, handle, caller),
        );
        return adopted;
      });
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const submitted = await adapter.submit(key, request, caller);
        must(submitted === job, `a submit after it gave job '${submitted}', adopt '${job}'`);
        const { state } = await waitFor(fixture, adapter, job);
        must(state === 'succeeded', `the job ended as '${state}'`);
        await adapter.result(job);
      });
      const starts = (await fixture.starts?.(folder)) ?? [];
      const begun = starts.filter((started) => started === key || started === `${key}-2`).length;
      must(begun === 0, `the device began ${begun} jobs`);
    },
  },
];
