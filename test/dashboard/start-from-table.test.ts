import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.js';
import { type Entered, type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, eventually } from '../workflows/durable-host.js';

const program = await findChromium();

/** Candidates with headings that have units, and one that was measured. */
const table = [
  'name;Temperature (°C);solvent;yield [%]',
  ...Array.from({ length: 8 }, (_, i) => `mix-${i};${20 + 7.5 * i};${['THF', 'DMF'][i % 2]};${i === 0 ? '12' : ''}`),
].join('\n');

describe.skipIf(program === null)('a campaign that begins on the page', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let opened: OpenPage;
  let entered: Entered;
  let page: Page;
  beforeAll(async () => {
    opened = await openPage(program!);
    ({ host, served, browser } = opened);
    entered = await served.enter(browser, 'scientist');
    page = await entered.context.newPage();
  });
  afterAll(async () => {
    await opened?.close();
  });

  it('comes from a table, is checked as it is typed, and is measured by a table to its end', async () => {
    const id = host.id('mixes');
    await page.goto(`${served.url}/start`);
    await page.locator('.fresh.live').waitFor();
    const buffer = Buffer.from(table);
    await page.setInputFiles('input[type=file]', { name: 'mixes.csv', mimeType: 'text/csv', buffer });
    const roleOf = (column: string) => page.getByLabel(`${column} is`, { exact: true });
    await roleOf('name').waitFor();
    expect(await roleOf('name').inputValue()).toBe('id');
    expect(await roleOf('yield [%]').inputValue()).toBe('objective');
    expect(await page.getByLabel('type of Temperature (°C)').inputValue()).toBe('continuous');
    expect(await page.getByLabel('unit of Temperature (°C)').inputValue()).toBe('°C');
    await page.getByLabel('Name', { exact: true }).fill(id);
    await page.getByLabel('Budget: trials').fill('0');
    await page.getByText('is not right').waitFor();
    expect(await page.locator('code', { hasText: 'budget.trials' }).count()).toBe(1);
    await page.getByLabel('Budget: trials').fill('4');
    await page.getByLabel('At the same time').fill('2');
    await page.getByRole('button', { name: `Start ${id}` }).click();
    await page.waitForURL(`${served.url}/c/${id}`);

    await page.getByRole('link', { name: 'To measure' }).click();
    const others = (known: readonly string[]) =>
      eventually(async () => {
        const { trials } = await host.control.inbox(id);
        const places = trials.map(({ trialId }) => trialId.slice(id.length + 1)).filter((one) => !known.includes(one));
        return places.length === 2 && places;
      });
    const typed = await others([]);
    for (const [i, value] of ['50,5', '61'].entries()) await page.getByLabel(`yield of ${typed[i]}`).fill(value);
    await page.getByRole('button', { name: 'Enter what was typed' }).click();
    const pasted = await others(typed);
    await page.getByLabel(`yield of ${pasted[1]}`).waitFor();
    // As it comes back from a spreadsheet.
    await page
      .getByLabel('Or paste the filled table')
      .fill(`trial\tyield [%]\n${pasted[0]}\t70\n${pasted[1]}\t12.5\nr99/p1\t1`);
    await page.getByRole('button', { name: 'Enter what was pasted' }).click();
    await page.getByText('r99/p1 not entered').waitFor();
    await eventually(async () => (await host.control.status(id)).phase === 'stopped');
    await page.getByText('■ stopped').first().waitFor();
    const record = await host.control.record(id);
    const values = record.trials.map(({ observation }) => observation!.values.yield);
    expect([...values].sort()).toEqual([12.5, 50.5, 61, 70]);
    expect(record.audit.every(({ who }) => who === 'scientist-in-browser')).toBe(true);
    expect(entered.watched).toEqual({ complaints: [], foreign: [] });
  });
});
