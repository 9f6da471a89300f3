import { createHash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.js';
import { type Entered, type OpenPage, openPage, type ServedPage } from '../support/served-page.js';
import { type DurableHost, eventually, problemCampaign } from '../workflows/durable-host.js';

const program = await findChromium();

describe.skipIf(program === null)('what people decide in the inbox', () => {
  let host: DurableHost;
  let served: ServedPage;
  let browser: Browser;
  let opened: OpenPage;
  const profiles = {} as Record<'operator' | 'scientist' | 'viewer', Entered>;
  beforeAll(async () => {
    opened = await openPage(program!);
    ({ host, served, browser } = opened);
    for (const role of ['operator', 'scientist', 'viewer'] as const) profiles[role] = await served.enter(browser, role);
  });
  afterAll(async () => {
    for (const { watched } of Object.values(profiles)) expect(watched.foreign).toEqual([]);
    await opened?.close();
  });

  const waiting = (id: string, count: number) =>
    eventually(async () => {
      const { trials } = await host.control.inbox(id);
      return trials.length === count && trials;
    });
  const open = async (role: keyof typeof profiles, trialId: string): Promise<Page> => {
    const page = await profiles[role].context.newPage();
    await page.goto(`${served.url}/inbox?trial=${encodeURIComponent(trialId)}`);
    await page.locator('.fresh.live').waitFor();
    await page.locator('.item').waitFor();
    return page;
  };
  const gated = (id: string) =>
    problemCampaign(id, { approval: [{ fidelity: 'exact' }], parallel: 3, budget: { trials: 3 } });
  const acts = async (id: string, action: string) =>
    (await host.store.query('SELECT who FROM audit WHERE campaign_id = $1 AND action = $2', [id, action])).length;

  it('is done once by a double click, told to who comes second, and rejected with a reason only', async () => {
    const id = host.id('gated');
    await host.control.start(gated(id));
    const [first, second] = await waiting(id, 3);
    const [page, other] = [await open('operator', first!.trialId), await open('scientist', first!.trialId)];
    for (const block of ['What', 'Why', 'How sure', 'Cost and risk'])
      await page.getByRole('heading', { name: block, exact: true }).waitFor();
    // The second browser sees it as it was: it hears of nothing, and its act comes too late.
    await other.route('**/api/v1/inbox', (route) => route.abort());
    await page.getByRole('button', { name: 'Approve and run' }).dblclick();
    await page.getByText('waits for nobody any more').waitFor();
    expect(await acts(id, 'approve')).toBe(1);
    await other.getByRole('button', { name: 'Approve and run' }).click();
    const told = await other.getByRole('alert').filter({ hasText: 'first' }).textContent();
    expect(told).toContain('operator-in-browser');
    expect(await acts(id, 'approve')).toBe(1);

    await page.goto(`${served.url}/inbox?trial=${encodeURIComponent(second!.trialId)}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('say why it is rejected').waitFor();
    expect(await acts(id, 'reject')).toBe(0);
    await page.getByLabel('Reason or note').fill('the argon is out');
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('waits for nobody any more').waitFor();
    expect(await acts(id, 'reject')).toBe(1);
    const viewer = await open('viewer', (await host.control.inbox(id)).trials[0]!.trialId);
    expect(await viewer.getByRole('button', { name: 'Approve and run' }).isDisabled()).toBe(true);
  });

  it('is another design, of which all that is wrong is told, and that is kept beside the proposal', async () => {
    const id = host.id('edited');
    await host.control.start(gated(id));
    const [first] = await waiting(id, 3);
    const page = await open('scientist', first!.trialId);
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByLabel('x1').fill('99');
    await page.getByLabel('x2').fill('warm');
    await page.getByLabel('Reason').fill('a hunch');
    await page.getByRole('button', { name: 'Put mine in its place' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(2);
    expect(await page.evaluate('document.activeElement.previousElementSibling.textContent')).toBe('x1');
    expect(await acts(id, 'edit')).toBe(0);
    await page.getByLabel('x1').fill('3');
    await page.getByLabel('x2').fill('2.5');
    await page.getByRole('button', { name: 'Put mine in its place' }).click();
    await eventually(async () => (await acts(id, 'edit')) === 1);
    const own = (await host.control.trials(id)).find(({ proposal }) => proposal.basis.person !== undefined)!;
    expect(own.proposal).toMatchObject({ design: { x1: 3, x2: 2.5 }, basis: { person: { why: 'a hunch' } } });
    expect(own.proposal.basis.person!.insteadOf).toBe(first!.trialId);
  });

  it('is a result with its unit, what was set in truth and a file; beyond its limit it waits for a release', async () => {
    const id = host.id('bench');
    await host.control.start(
      problemCampaign(id, {
        objectives: [{ name: 'mass', direction: 'maximise', unit: 'g', limits: [0, 2] }],
        fidelities: [{ name: 'bench', adapter: 'person', cost: 1 }],
        parallel: 2,
        budget: { trials: 2 },
      }),
    );
    const [first, second] = await waiting(id, 2);
    const page = await open('operator', first!.trialId);
    await page.getByLabel('mass [g]').fill('NaN');
    await page.getByRole('button', { name: 'Enter result' }).click();
    await page.getByRole('alert').waitFor();
    expect(await acts(id, 'enter')).toBe(0);
    await page.getByLabel('mass [g]').fill('250 mg');
    await page.getByText('What was set in truth').click();
    await page.getByLabel('x1').fill('1.25');
    const photo = Buffer.from('a photo of the scale');
    await page.setInputFiles('input[type=file]', { name: 'scale.txt', mimeType: 'text/plain', buffer: photo });
    await page.getByRole('button', { name: 'Enter result' }).click();
    await page.getByText('waits for nobody any more').waitFor();
    const [entered] = (await host.control.trials(id)).filter(({ proposal }) => proposal.id === first!.trialId);
    expect(entered!.observation).toMatchObject({
      outcome: 'measured',
      values: { mass: 0.25 },
      artefacts: { 'scale.txt': createHash('sha256').update(photo).digest('hex') },
    });
    expect(entered!.observation!.achieved).toMatchObject({ x1: 1.25 });

    await page.goto(`${served.url}/inbox?trial=${encodeURIComponent(second!.trialId)}`);
    await page.getByLabel('mass [g]').fill('3');
    await page.getByRole('button', { name: 'Enter result' }).click();
    await page.getByRole('heading', { name: /decide what counts of/ }).waitFor();
    await page.getByRole('button', { name: 'Release value' }).click();
    await page.getByText('say why').waitFor();
    await page.getByLabel('Reason').fill('weighed again');
    await page.getByRole('button', { name: 'Release value' }).click();
    await page.getByText('waits for nobody any more').waitFor();
    const trials = await host.control.trials(id);
    expect(trials.filter(({ observation }) => observation?.outcome === 'measured')).toHaveLength(2);
    expect(await acts(id, 'rule')).toBe(1);
  });
});
