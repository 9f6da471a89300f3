import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.js';
import { type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, eventually, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();
const tabs = 8;

describe.skipIf(program === null)('eight tabs of one browser', () => {
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

  it('share one stream, which another takes over where its tab is closed, and miss nothing', async () => {
    const id = host.id('gated');
    await host.control.start(problemCampaign(id, { approval: [{ fidelity: 'exact' }], budget: { trials: 9 } }));
    await eventually(async () => (await host.control.inbox(id)).trials.length === 1);
    const { context, watched } = await served.enter(browser, 'operator');
    const streams: { readonly page: Page; readonly url: string }[] = [];
    const pages: Page[] = [];
    for (let i = 0; i < tabs; i++) {
      const page = await context.newPage();
      page.on('request', (request) => {
        if (request.url().includes('/api/v1/events')) streams.push({ page, url: request.url() });
      });
      await page.goto(`${served.url}/`);
      await page.locator('.fresh.live').waitFor();
      pages.push(page);
    }
    expect(streams).toHaveLength(1);
    const card = (page: Page) => page.locator('article', { hasText: id });
    await host.control.pause(id, { who: 'kim', note: 'first' });
    for (const page of pages) await card(page).getByText('“first”').waitFor();

    const leader = streams[0]!.page;
    await leader.close();
    const left = pages.filter((page) => page !== leader);
    await eventually(async () => streams.length === 2);
    const [{ seq }] = (await host.control.events.last({ limit: 1 })) as unknown as [{ seq: number }];
    // It goes on after the last event that was heard, of which none has happened since.
    expect(Number(new URL(streams[1]!.url).searchParams.get('after'))).toBe(seq);
    await host.control.resume(id, { who: 'kim' });
    await host.control.pause(id, { who: 'kim', note: 'second' });
    for (const page of left) await card(page).getByText('“second”').waitFor();
    expect(streams).toHaveLength(2);
    expect(watched).toEqual({ complaints: [], foreign: [] });
  });
});
