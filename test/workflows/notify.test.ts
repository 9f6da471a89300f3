import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { receiver } from '../scripts/notify/receivers.js';
import { runCli } from '../support/cli.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
let host: DurableHost;
let hook: Awaited<ReturnType<typeof receiver>>;
beforeAll(async () => {
  process.env.TEST_NOTIFY_HOOK = secret;
  [host, hook] = await Promise.all([durableHost(), receiver(secret)]);
});
afterAll(async () => {
  await host?.close();
  await hook?.close();
  delete process.env.TEST_NOTIFY_HOOK;
});

it('a worker tells of approvals and of the end of a campaign, though its file was wrong at first', async () => {
  const { home, databaseUrl, temporalAddress } = host.settings;
  const file = join(home, 'notify.yaml');
  await writeFile(file, 'destinations: { phone: { webhook: nowhere } }');
  const env = { ATHANOR_HOME: home, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  const campaign = problemCampaign(host.id('asks'), {
    budget: { trials: 1 },
    approval: [{ first: 1 }],
  });
  await host.control.start(campaign);
  const trialId = `${campaign.id}/r1/p1`;
  await eventually(async () => (await host.control.inbox(campaign.id)).trials.length === 1);
  const status = await runCli(['status', campaign.id], { env });
  expect(status.stdout).toMatch(/ {2}notify {3}nobody is told: .*notify\.yaml/);
  await writeFile(
    file,
    `destinations:
  phone: { webhook: '${hook.url}', secret: { from: TEST_NOTIFY_HOOK }, campaigns: ['${campaign.id}'] }
`,
  );
  await eventually(async () => hook.received.length === 1);
  expect(hook.received[0]).toMatchObject({
    valid: true,
    body: { type: 'athanor.approval', data: { occasion: 'begun' } },
  });
  const [matter] = hook.received[0]!.body.data.matters;
  expect(matter).toMatchObject({ trials: [trialId], commands: [`athanor approve ${trialId}`, expect.any(String)] });
  expect(matter).not.toHaveProperty('designs');
  // Of trials nothing that could be a value of a design.
  expect(hook.received[0]!.body.data.text).not.toContain('x1');
  await host.control.approve(trialId, { who: 'ann' });
  await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  const kinds = await eventually(async () => {
    const all = hook.received.map(({ body }) => `${body.type} ${String(body.data.occasion)}`);
    return all.length === 3 && all.sort();
  });
  expect(kinds).toEqual(['athanor.approval begun', 'athanor.approval over', 'athanor.ended begun']);

  const shown = await runCli(['notify', '--test', '--json'], { env });
  expect([shown.code, JSON.parse(shown.stdout)]).toMatchObject([
    0,
    { destinations: [{ name: 'phone', sent: { how: 'taken' } }] },
  ]);
  expect(hook.received.at(-1)).toMatchObject({ valid: true, body: { type: 'athanor.test' } });
  hook.answers.push(503);
  const refused = await runCli(['notify', '--test'], { env });
  expect([refused.code, refused.stdout]).toEqual([
    5,
    expect.stringMatching(/^phone {2}localhost:\d+: DID NOT TAKE IT: .*503/),
  ]);
});
