import { afterAll, beforeAll, expect, it } from 'vitest';
import { labSchema } from '../../../models/domain/lab.js';
import { type TestApi, testApi } from '../../support/api-server.js';
import { type DurableHost, durableHost, problemCampaign } from '../../workflows/durable-host.js';

let host: DurableHost;
let api: TestApi;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  api = await testApi(host);
});
afterAll(async () => {
  await api?.close();
  await host?.close();
});

it('figures for Prometheus are those of the store, for whoever may read', async () => {
  expect((await fetch(`${api.url}/metrics`)).status).toBe(401);
  const ask = async () => {
    const answer = await fetch(`${api.url}/metrics`, { headers: { Authorization: `Bearer ${api.secrets.viewer}` } });
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return answer.text();
  };
  expect(await ask()).toMatch(/^athanor_campaigns\{phase="running"\} 0$/m);
  await host.control.start(problemCampaign(host.id('c'), {}));
  await host.control.labs.up(
    labSchema.parse({
      name: host.id('lab'),
      instruments: { oven: { adapter: 'person', settings: { instructions: 'x' } } },
    }),
    'ada',
  );
  await host.store.query(
    "INSERT INTO alarm (kind, cause, priority, body, seen_at, raised_at, times) VALUES ('fault', 'x', 'soon', $1, now(), now(), 1)",
    [JSON.stringify({ text: 'x', campaigns: [], trials: [], count: 0, commands: [] })],
  );
  await api.call('POST', '/stop', { body: { reason: 'smoke' } });
  const text = await ask();
  for (const line of [
    /^athanor_campaigns\{phase="running"\} 1$/m,
    /^athanor_alarms\{priority="soon"\} 1$/m,
    /^athanor_alarms\{priority="now"\} 0$/m,
    /^athanor_safe_stops 1$/m,
    /^athanor_waiting_for_people\{for="approval"\} 0$/m,
    /^process_cpu_seconds_total /m,
  ])
    expect(text).toMatch(line);
});
