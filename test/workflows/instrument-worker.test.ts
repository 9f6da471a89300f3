import { afterAll, beforeAll, expect, it } from 'vitest';
import { labSchema } from '../../models/domain/lab.js';
import { type RunningWorker, startWorker } from '../../scripts/durable/worker.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
let beside: TemporaryHome;
const workers: RunningWorker[] = [];
beforeAll(async () => {
  [host, beside] = await Promise.all([durableHost(), temporaryHome()]);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.shutdown()));
  await host?.close();
  await beside?.remove();
});

it('an instrument with a worker of its own is driven by that alone, and trials wait for it', async () => {
  const lab = labSchema.parse({
    name: host.id('far'),
    instruments: {
      furnace: { adapter: 'problem', settings: { problem: 'branin', delayMs: 50 }, worker: 'lab-pc' },
      near: { adapter: 'problem', settings: { problem: 'branin' } },
    },
  });
  await host.control.labs.up(lab, 'ann');
  const campaign = problemCampaign(host.id('far'), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument: 'furnace', cost: 1 }],
    budget: { trials: 3 },
  });
  await host.control.start(campaign);
  const shown = async () => (await host.control.labs.show(lab.name)).resources.find(({ name }) => name === 'furnace')!;
  // It is leased, and its call waits for somebody who drives it.
  const waiting = await eventually(async () => {
    const now = await shown();
    return now.leases.length === 1 && now;
  });
  expect(waiting.worker).toEqual({ on: 'lab-pc', here: false });
  expect(await host.store.query('SELECT 1 FROM submission WHERE trial_id LIKE $1', [`${campaign.id}/%`])).toEqual([]);

  const drive = (instruments: readonly string[]) => startWorker({ ...host.settings, home: beside.path, instruments });
  await expect(drive(['furnce', 'near'])).rejects.toThrow(
    /2 faults[\s\S]*no lab has an instrument 'furnce' \(did you mean furnace\?[\s\S]*'near' is driven by all workers/,
  );
  workers.push(await drive([`${lab.name}/furnace`]));
  await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  expect((await shown()).worker).toEqual({ on: 'lab-pc', here: true });
  const record = await host.control.record(campaign.id);
  expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(3).fill('measured'));
  const homes = await host.store.query(
    'SELECT DISTINCT home.name FROM submission JOIN home ON home.id = submission.home WHERE trial_id LIKE $1',
    [`${campaign.id}/%`],
  );
  expect(homes).toEqual([{ name: expect.stringContaining(beside.path) }]);
});
