import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../scripts/report/render.js';
import { findChromium, startChromium } from '../support/browser.js';
import { type Entered, type ServedPage, servePage } from '../support/served-page.js';
import { type DurableHost, durableHost, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();

describe.skipIf(program === null)('the views of a campaign', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let entered: Entered;
  let page: Page;
  let id: string;
  beforeAll(async () => {
    [host, browser] = await Promise.all([durableHost(), startChromium(program!)]);
    served = await servePage(host);
    id = host.id('branin');
    await host.run(problemCampaign(id, { budget: { trials: 4 } }));
    entered = await served.enter(browser, 'operator');
    page = await entered.context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await host?.close();
  });

  const pathOf = (html: string) => /<path class="best" d="([^"]+)"/.exec(html)![1];

  it('draws the figures of the report', async () => {
    await page.goto(`${served.url}/c/${id}`);
    const drawn = page.locator('#best-plot path.best');
    await drawn.waitFor();
    const record = await host.control.record(id);
    expect(await drawn.getAttribute('d')).toBe(pathOf(await renderReport(record, null)));
    await page.locator('#cost-plot').waitFor();
    expect(entered.watched).toEqual({ complaints: [], foreign: [] });
  });
});
