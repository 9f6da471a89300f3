import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecidePool } from '../../activities/decide-pool.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

/** A pool whose decisions go on until they are let go. */
const aborted: unknown[] = [];
const endless: DecidePool = {
  decide: (_, call) =>
    new Promise((_resolve, reject) => {
      call?.onProgress?.({ stage: 'fit', observations: 5000, made: 0, count: 1 });
      call?.signal?.addEventListener('abort', () => {
        aborted.push(call.signal?.reason);
        reject(call.signal?.reason);
      });
    }),
  close: async () => undefined,
};

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost({ pool: endless });
});
afterAll(() => host?.close());

describe('a decision that takes long', () => {
  it('shows in the status what it is doing, and is let go when the campaign is aborted', async () => {
    const id = host.id('deciding');
    const before = Date.now();
    await host.control.start(problemCampaign(id));
    const { course } = await eventually(async () => {
      const report = await host.control.status(id);
      return report.course.deciding !== null && report;
    });
    expect(course.deciding).toEqual({
      stage: 'fit',
      observations: 5000,
      made: 0,
      count: 1,
      since: expect.any(Number),
    });
    // In whole seconds.
    expect(course.deciding!.since).toBeGreaterThan(before - 1000);
    expect(course.deciding!.since).toBeLessThanOrEqual(Date.now());
    expect(aborted).toEqual([]);
    await host.control.abort(id, { who: 'ann' });
    const end = await host.control.waitUntilStopped(id);
    expect(end.stop?.reason).toBe('aborted');
    // The campaign does not wait for the worker, which hears of it with its next heartbeat.
    await eventually(async () => aborted.length === 1);
  });
});
