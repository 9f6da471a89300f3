import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import type { AthanorError } from '../../models/domain/errors.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { eventually } from '../workflows/durable-host.js';
import { onStage, refused, type Stage } from './stopping-stage.js';

/** Begins a campaign on the device, whose worker is to stop at a moment. */
async function begin({ host, folder, settings, stopAt }: Stage, moment: string, ms: number): Promise<Campaign> {
  await writeFile(
    join(folder, 'campaign.yaml'),
    `name: stopped
seed: 16
adapters: [./stopping.mjs]
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: robot, adapter: stopping, settings: ${JSON.stringify(settings(ms))}, cost: 1}]
budget: {trials: 2}
`,
  );
  const campaign = { ...(await loadCampaign(join(folder, 'campaign.yaml'))), id: host.id('s') };
  await stopAt(moment);
  await host.control.start(campaign);
  return campaign;
}

describe.concurrent('a worker that is stopped past its heartbeat, and woken', () => {
  test.each(['called', 'written'])('moves nothing where another went on with the trial: %s', (moment) =>
    onStage(async (stage) => {
      const { host, work, stopped, wake, moved } = stage;
      const first = await work();
      const campaign = await begin(stage, moment, 300);
      await stopped(first);
      await work();
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      const before = await moved(campaign);
      expect(before).toEqual(['start r1/p1/g1/run', 'start r2/p1/g1/run']);
      expect(await wake(first)).toMatch(refused);
      expect(await moved(campaign)).toEqual(before);
      const { trials } = await host.control.record(campaign.id);
      expect(trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'measured']);
    }),
  );

  test('begins no job of a trial that was recorded as cancelled', () =>
    onStage(async (stage) => {
      const { host, folder, work, stopped, wake, moved } = stage;
      const first = await work();
      const campaign = await begin(stage, 'held', 300);
      await eventually(async () => existsSync(join(folder, 'holds')));
      await host.control.abort(campaign.id, { who: 'tester' });
      first.child.kill('SIGSTOP');
      await stopped(first);
      await work();
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      const ends = async () =>
        (await host.control.record(campaign.id)).trials.map(({ observation }) => observation?.outcome);
      expect(await ends()).toEqual(['cancelled']);
      await writeFile(join(folder, 'go'), '');
      expect(await wake(first)).toMatch(refused);
      expect(await moved(campaign)).toEqual([]);
      expect(await ends()).toEqual(['cancelled']);
    }));

  test('cancels nothing where another went on with the trial', () =>
    onStage(async (stage) => {
      const { host, work, stopped, wake, moved } = stage;
      const first = await work();
      const campaign = await begin(stage, 'cancelling', 600_000);
      await eventually(async () => (await moved(campaign)).length === 1);
      const said = await host.control.abort(campaign.id, { who: 'tester' }).then(
        () => 'taken',
        ({ code }: AthanorError) => code,
      );
      // The worker may be stopped before it says so, and then the order may be lost.
      expect(['taken', 'SERVICE_UNAVAILABLE']).toContain(said);
      await stopped(first);
      await work();
      await stage.abort(campaign);
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      expect(await moved(campaign)).toEqual(['start r1/p1/g1/run', 'cancel']);
      expect(await wake(first)).toBe('done');
      expect(await moved(campaign)).toEqual(['start r1/p1/g1/run', 'cancel']);
    }));
});
