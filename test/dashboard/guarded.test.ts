import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.js';
import { type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, eventually, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();
const evil = '<img src=x onerror="alert(1)">';
const formula = '=HYPERLINK("http://evil.example","x")';

describe.skipIf(program === null)('what people and files say', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage(program!);
    ({ host, served, browser } = opened);
  });
  afterAll(async () => {
    await opened?.close();
  });

  it('stays text on every view, with and without a script, and in tables', async () => {
    const id = host.id('evil');
    await host.control.start(
      problemCampaign(id, {
        description: evil,
        space: { parameters: [{ name: 'solvent', type: 'categorical', levels: [evil, formula] }] },
        fidelities: [{ name: 'bench', adapter: 'person', cost: 1, settings: { instructions: evil } }],
        parallel: 2,
        budget: { trials: 2 },
      }),
    );
    const trials = await eventually(async () => {
      const waiting = await host.control.inbox(id);
      return waiting.trials.length === 2 && waiting.trials;
    });
    await host.control.pause(id, { who: evil, note: evil });
    const { context, watched } = await served.enter(browser, 'operator');
    const page = await context.newPage();
    const item = `/inbox?trial=${encodeURIComponent(trials[0]!.trialId)}`;
    for (const view of ['/', item, `/c/${id}`, `/c/${id}/trials?trial=r1-p1`, `/c/${id}/record`, `/c/${id}/sheet`]) {
      await page.goto(served.url + view);
      await page.locator('.fresh.live').waitFor();
      await page.getByText('<img src=x').first().waitFor();
      expect(await page.locator('img').count(), view).toBe(0);
    }
    const plain = await served.enter(browser, 'viewer', { javaScriptEnabled: false });
    const first = await plain.context.newPage();
    await first.goto(served.url);
    expect(await first.locator('img').count()).toBe(0);
    for (const name of ['rows.csv', 'asked.csv']) {
      const csv = await (await context.request.get(`${served.url}/api/v1/campaigns/${id}/${name}`)).text();
      expect(csv, name).toContain(`"'=HYPERLINK(`);
    }
    expect(watched).toEqual({ complaints: [], foreign: [] });
  });
});
