import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveAccess } from '../../../activities/store/access.js';
import { labSchema } from '../../../models/domain/lab.js';
import { latchedBy, latches } from '../../../scripts/safe-stop/latch.js';
import { checklist } from '../../../scripts/stopd/stop-run.js';
import { startStopd } from '../../../scripts/stopd/stopd-server.js';
import { type TestApi, testApi } from '../../support/api-server.js';
import { type DurableHost, durableHost, problemCampaign } from '../../workflows/durable-host.js';

let host: DurableHost;
let api: TestApi;
let stopd: Awaited<ReturnType<typeof startStopd>>;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  api = await testApi(host, () => ({ port: Number(new URL(stopd.url).port) }));
  const pages = [...api.names].map((name) => `http://${name}`);
  stopd = await startStopd(host.settings.home, { host: '127.0.0.1', port: 0, names: [], pages }, () => undefined);
});
afterAll(async () => {
  await stopd?.close();
  await api?.close();
  await host?.close();
});

it('programs stop and release by the API, and while the lab is stopped nothing is started by it', async () => {
  const [lab, other] = [host.id('wet'), host.id('dry')];
  const oven = { adapter: 'problem', settings: { problem: 'branin' } };
  for (const name of [lab, other]) await host.control.labs.up(labSchema.parse({ name, instruments: { oven } }), 'ada');
  const id = host.id('c');
  const level = { name: 'exact', adapter: 'lab', instrument: 'oven', cost: 1 };
  await host.control.start(problemCampaign(id, { lab: { name: lab }, fidelities: [level] }));

  const stop = { reason: 'smoke', lab };
  const stopped = await api.call('POST', '/stop', { body: stop });
  expect(stopped).toMatchObject({
    status: 200,
    body: {
      ...{ url: stopd.url, checklist, stops: [{ lab, who: 'a viewer', why: 'smoke' }] },
      report: { lab, who: 'a viewer', rows: [], released: null },
    },
  });
  expect((await api.call('GET', `/labs/${lab}`)).body.stops).toHaveLength(1);
  expect((await api.call('GET', `/labs/${other}`)).body.stops).toEqual([]);
  const as = 'scientist' as const;
  const tried = {
    resume: await api.call('POST', `/campaigns/${id}/acts`, { as, body: { act: 'resume', reason: 'go' } }),
    approve: await api.call('POST', `/campaigns/${id}/trials/r1-p1/acts`, { as, body: { act: 'approve' } }),
    add: await api.call('POST', `/campaigns/${id}/proposals`, { as, body: { reason: 'x', values: { x1: 1, x2: 1 } } }),
    resumed: await api.call('POST', `/labs/${lab}/instruments/oven/acts`, {
      as,
      body: { act: 'resume', reason: 'go' },
    }),
  };
  for (const [what, { status, body }] of Object.entries(tried))
    expect([status, body.code, body.detail], what).toEqual([
      423,
      'LATCHED',
      expect.stringContaining('stopped safely by a viewer'),
    ]);
  const elsewhere = await api.call('POST', `/campaigns/none/acts`, { as, body: { act: 'resume', reason: 'go' } });
  expect(elsewhere.status).toBe(404);

  const release = (body: object, role: 'viewer' | 'operator' = 'operator') =>
    api.call('POST', '/stop/release', { as: role, body });
  expect((await release({ reason: 'aired', checks: [...checklist] }, 'viewer')).status).toBe(403);
  const unsaid = await release({ reason: 'aired', checks: [checklist[0]] });
  expect([unsaid.status, unsaid.body.faults.length]).toEqual([422, checklist.length - 1]);
  expect(latches(host.settings.home)).toHaveLength(1);
  expect((await release({ reason: 'aired', checks: [...checklist] })).body).toMatchObject({
    ...{ stops: [], report: { released: { who: 'a operator', why: 'aired' } } },
  });
  expect(latchedBy(host.settings.home, `${lab}/oven`)).toBeNull();
});

const program = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (file) => file !== undefined && existsSync(file),
);

describe.skipIf(program === undefined)('in a browser, without JavaScript', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  it('a form of a page of the API stops the lab, and one of the stop process releases it', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    const code = await giveAccess(host.store.query, {
      ...{ kind: 'login', who: 'kim', role: 'operator', name: null, madeBy: 'tester', lastsMs: 60_000 },
    });
    await page.goto(`${api.url}/login?code=${code}`);
    await page.click('button');
    // A page of that origin with the form of the stop process, under the headers that all pages have.
    await page.route('**/login?page', async (route) => {
      const { headers } = await fetch(`${api.url}/login`);
      await route.fulfill({
        ...{ status: 200, headers: Object.fromEntries(headers), contentType: 'text/html' },
        body: `<!doctype html><form method="post" action="${stopd.url}/stop"><button>STOP LAB</button></form>`,
      });
    });
    await page.goto(`${api.url}/login?page`);
    await page.click('button');
    await page.waitForSelector('text=Nothing begins until this is released');
    expect(await page.textContent('body')).toContain('stopped by kim');
    expect(latches(host.settings.home)).toMatchObject([{ lab: null, who: 'kim', why: 'STOP LAB' }]);
    const box = await page.locator('button.stop').boundingBox();
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(44);
    await page.goto(stopd.url);
    for (const point of checklist) await page.check(`input[value="${point}"]`);
    await page.fill('input[name=reason]', 'aired');
    await page.click('text=Release stop');
    await page.waitForSelector('text=Nothing is stopped.');
    expect(latches(host.settings.home)).toEqual([]);
    await page.close();
  });
});
