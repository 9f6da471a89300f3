import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFolder, readPage } from '../../scripts/serve/page-files.js';
import { findChromium } from '../support/browser.js';
import { type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, eventually, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();
const kB = 1_000;

describe('the scripts of the page', () => {
  it('are at most 60 kB for the first view and 200 kB in all, compressed, and name no other host', async () => {
    const page = (await readPage(pageFolder()))!;
    const scripts = [...page.files].filter(([name]) => name.endsWith('.js'));
    const size = (bytes: Uint8Array) => gzipSync(bytes).length;
    const first = page.files.get(page.script.replace('assets/', ''))!;
    expect(size(first.bytes)).toBeLessThan(60 * kB);
    expect(scripts.reduce((sum, [, { bytes }]) => sum + size(bytes), 0)).toBeLessThan(200 * kB);
    // Namespaces of SVG and MathML are names, not places.
    for (const [, { bytes }] of page.files)
      expect(new TextDecoder().decode(bytes).replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
  });
});

describe.skipIf(program === null)('the first view', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let opened: OpenPage;
  let id: string;
  beforeAll(async () => {
    opened = await openPage(program!);
    ({ host, served, browser } = opened);
    id = host.id('bench');
    await host.control.start(
      problemCampaign(id, {
        objectives: [{ name: 'mass', direction: 'maximise', unit: 'g' }],
        fidelities: [{ name: 'bench', adapter: 'person', cost: 1, settings: { instructions: 'stir' } }],
        strategy: { initial: { trials: 2 } },
        parallel: 2,
        budget: { trials: 6 },
      }),
    );
    await eventually(async () => (await host.control.inbox(id)).trials.length === 2);
  });
  afterAll(async () => {
    await opened?.close();
  });

  it('is readable without a script, and says to strangers how to log in', async () => {
    const { context, watched } = await served.enter(browser, 'viewer', { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(served.url);
    const text = await page.locator('main').textContent();
    expect(text).toContain('Waits for a person (2)');
    expect(text).toContain(`enter the result of ${id}/r1/p1 at bench`);
    expect(watched).toEqual({ complaints: [], foreign: [] });
    await context.close();
    const stranger = await fetch(served.url);
    expect([stranger.status, await stranger.text()]).toEqual([401, expect.stringContaining('athanor serve')]);
  });

  it('shows what runs and what waits, follows what happens, and asks nobody else', async () => {
    const { context, watched } = await served.enter(browser, 'operator');
    const page = await context.newPage();
    await page.goto(served.url);
    await page.getByText('live', { exact: false }).first().waitFor();
    const card = page.locator('article', { hasText: id });
    await card.getByText('running', { exact: false }).first().waitFor();
    await expect.poll(() => page.title()).toBe('(2) Athanor');
    await host.control.pause(id, { who: 'kim', note: 'argon delivery' });
    await card.getByText('“argon delivery”').waitFor();
    expect(await card.textContent()).toMatch(/paused by kim \d\d:\d\d/);
    await host.control.resume(id, { who: 'kim' });
    await card.getByText('▸ running').waitFor();
    await page.goto(`${served.url}/inbox`);
    await page.getByRole('heading', { name: 'Inbox (2)' }).waitFor();
    expect(watched).toEqual({ complaints: [], foreign: [] });
    await context.close();
  });
});
