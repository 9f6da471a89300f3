import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../scripts/report/render.js';
import { findChromium } from '../support/browser.js';
import { type Entered, type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();

describe.skipIf(program === null)('the views of a campaign', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let opened: OpenPage;
  let entered: Entered;
  let page: Page;
  let id: string;
  beforeAll(async () => {
    opened = await openPage(program!);
    ({ host, served, browser } = opened);
    id = host.id('branin');
    await host.run(problemCampaign(id, { budget: { trials: 4 } }));
    entered = await served.enter(browser, 'operator');
    page = await entered.context.newPage();
  });
  afterAll(async () => {
    await opened?.close();
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
