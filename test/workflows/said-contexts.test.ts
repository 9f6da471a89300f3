import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeLine, inForceLine } from '../../scripts/change-lines.js';
import { recordFaults } from '../../scripts/record/record-checks.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, loseWorkflow, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'the last bottle of B6 is empty' };

it('what a person says of contexts is proposed for from the next round on, recorded, verified, and kept when the server has lost the campaign', async () => {
  const id = host.id('said');
  devices.hold(4);
  const campaign = problemCampaign(id, {
    strategy: { initial: { trials: 3 } },
    budget: { trials: 9 },
    contexts: [
      { name: 'humidity', type: 'continuous', bounds: [0, 100], unit: '%' },
      { name: 'batch', type: 'categorical' },
    ],
  });
  await host.control.start(campaign);
  await eventually(async () => (await host.control.status(id)).measured >= 4);
  await host.control.pause(id, { who: 'ann', note: 'a new bottle' });
  devices.letGo();
  await eventually(async () => (await host.control.status(id)).running === 0);
  const say = (contexts: Record<string, number | string>) => host.control.change(id, { ...ann, change: { contexts } });
  await expect(say({ humidity: 900, bach: 'B7' })).rejects.toThrow(
    /contexts\.humidity: 900 given \(a number about 0 to 100[\s\S]*contexts\.bach: no such context.*did you mean batch/,
  );
  const { rounds } = await host.control.status(id);
  const sinceRound = rounds + 1;
  const said = { batch: { value: 'B7', sinceRound }, humidity: { value: 38, sinceRound } };
  const changed = await say({ batch: 'B7', humidity: '38' });
  expect(changed).toMatchObject({ n: 1, told: { sinceRound, is: { contexts: said } } });
  expect(changeLine(changed)).toMatch(/^1: batch is B7 \(nobody had said\), humidity is 38 \(nobody had said\) by ann/);
  // Said again it is the same change.
  expect(await say({ batch: 'B7', humidity: '38' })).toEqual(changed);
  // A design of a person's own is predicted for what they said, too.
  const own = await host.control.add(id, { who: 'bob', why: 'a hunch', values: { x1: '1', x2: '2' } });
  expect(own.proposal.basis.contexts).toMatchObject({ said, current: { batch: 'B7', humidity: 38 } });
  await loseWorkflow(host, id);
  await host.control.start((await host.control.record(id)).campaign);
  const { inForce } = await host.control.inForce(id);
  expect(inForceLine(inForce)).toContain(`batch said to be B7 from round ${sinceRound} on`);
  await host.control.resume(id, { who: 'ann', note: 'a new bottle' });
  await host.control.waitUntilStopped(id);
  const record = await host.control.record(id);
  for (const { proposal } of record.trials) {
    const { contexts } = proposal.basis;
    expect(contexts!.said).toEqual(proposal.round < sinceRound ? undefined : said);
    if (proposal.round < sinceRound) continue;
    expect(contexts!.current).toEqual({ batch: 'B7', humidity: 38 });
    if (proposal.reason.kind === 'acquisition')
      expect(proposal.reason.text).toContain('at humidity 38 %, batch B7, as a person said');
  }
  expect(record.trials.at(-1)!.proposal.round).toBeGreaterThan(sinceRound);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  expect(recordFaults(record)).toEqual([]);
  const other = { batch: { value: 'B9', sinceRound } };
  const trials = record.trials.map((trial, i) => {
    const { proposal } = trial;
    const basis = { ...proposal.basis, contexts: { ...proposal.basis.contexts!, said: other } };
    return i < record.trials.length - 1 ? trial : { ...trial, proposal: { ...proposal, basis } };
  });
  expect(recordFaults({ ...record, trials })).toMatchObject([
    { message: expect.stringMatching(/contexts and fixed parameters in force/) },
  ]);
  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('said-contexts', runs);
});
