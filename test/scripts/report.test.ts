import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { lastAssurances } from '../../scripts/outcome.js';
import { renderComparison } from '../../scripts/report/comparison/page.js';
import { escapeHtml, html } from '../../scripts/report/html.js';
import { renderReport } from '../../scripts/report/render.js';
import { story } from '../../scripts/report/story.js';
import { findChromium, startChromium } from '../support/browser.js';
import { someCampaign } from '../support/campaigns.js';
import { goalsRecord } from '../support/goals-record.js';
import { type SomeTrial, someRecord } from '../support/record.js';
import { runRecord } from '../support/runs.js';

const evil = `<script>alert('x')</script><img src=x onerror="alert(1)">`;

/** A campaign of 16 trials over two fidelities that are alike. */
async function learnedRecord(surrogate?: string): Promise<CampaignRecord> {
  const strategy = surrogate === undefined ? {} : { strategy: { surrogate } };
  const campaign = someCampaign({ budget: { trials: 16 }, ...strategy });
  const planner = new Planner(campaign);
  for (;;) {
    const { proposals } = await planner.ask(1);
    if (proposals.length === 0) break;
    planner.tell(
      proposals.map(({ id, design, fidelity }) => {
        const value = Math.sin(3 * Number(design.x)) + Number(design.y) ** 2;
        return { id, value: fidelity === 'low' ? value + 0.05 * Math.sin(9 * Number(design.x)) : value };
      }),
    );
  }
  return { campaign, phase: 'stopped', stop: null, trials: planner.trials, audit: [] };
}

const trials: readonly SomeTrial[] = [
  { value: 4.1, molecule: 'O=C1C=CC(=O)C=C1' },
  { value: 3.2, fidelity: 'cheap', molecule: 'c1ccsc1', mean: 3.5 },
  { cause: { class: 'chemistry', code: 'rearranged', message: 'a bond broke' }, molecule: 'C1CC1' },
  { value: 4.9, molecule: 'Nc1ccccc1', mean: 4.4, text: evil },
];

describe('html', () => {
  it('escapes whatever is put in, so that a page reads back the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
        expect(html`<p title="${text}">${[text, html`<b>${text}</b>`]}</p>`.text.match(/<\w/g)).toHaveLength(2);
      }),
      { seed: 1 },
    );
  });
});

describe('the report', () => {
  it('explains the words of models that it uses, and no others', async () => {
    const learned = await renderReport(await learnedRecord());
    for (const word of ['surrogate', 'calibration', 'fidelity', 'log score', 'correlation', 'exploit, explore'])
      expect(learned).toContain(`<dt>${word}</dt><dd>`);
    expect(learned).not.toContain('<dt>posterior</dt>');
    const plain = await renderReport(someRecord([{ value: 1, text: 'the posterior of the acquisition' }]));
    for (const word of ['posterior', 'acquisition']) expect(plain).toContain(`<dt>${word}</dt><dd>`);
    expect(plain).not.toContain('<dt>calibration</dt>');
  });

  it('compares runs in words, escapes what they are called, and is the same page for the same records', () => {
    const evilRuns = [1, 2].map((seed) => {
      const record = runRecord({ seed, values: [1, seed + 1] });
      return { ...record, campaign: { ...record.campaign, id: 'a<b>' } };
    });
    const text = renderComparison(evilRuns);
    expect(text).toContain('a&lt;b&gt;: 2 runs compared');
    expect(text).not.toContain('a<b>');
    expect(text).toContain('There is no random search among them');
    expect(renderComparison(evilRuns)).toBe(text);
    expect(text.replaceAll('http://www.w3.org', '')).not.toMatch(/https?:|<link|<img|@import/);
    const random = runRecord({ seed: 1, values: [2, 2], strategy: { acquisition: 'random' } });
    const beside = renderComparison([runRecord({ seed: 1, values: [1, 3] }), random], [2.5]);
    expect(beside).toContain('f of at least 2.5 mJ');
    expect(beside).toContain('default, at a cost of 2: 1 mJ better than random');
  });

  it('says in words what stopped the campaign, what was best and what it took', async () => {
    const page = await renderReport(someRecord(trials));
    expect(page).toContain('The campaign has ended: all 4 trials of the budget are done.');
    expect(page).toContain('The highest gap measured at exact is 4.9 eV');
    expect(page).toContain('It was found at a cost of 6.5, as trial 4 of 4');
    expect(page).toContain('failed: chemistry, rearranged');
    expect(page).toContain('gap [eV] at exact');
  });

  it('says of each earlier campaign how far it holds, and nothing where there is none', async () => {
    const record = someRecord(trials);
    expect(await renderReport(record)).not.toContain('Earlier campaigns');
    const sources = [{ name: 'march <1>', designs: [], values: [1, 2, 3], leftOut: 1 }];
    const { campaign } = record;
    const page = await renderReport({ ...record, campaign: { ...campaign, space: { ...campaign.space, sources } } });
    expect(page).toContain('<h2>Earlier campaigns</h2>');
    expect(page).toContain('<li>march &lt;1&gt;: 3 rows, 1 more left out as no designs of the space; nothing is known');
  });

  it('says how sure it is of the best where a rule on the regret did not stop the campaign itself', async () => {
    const record = someRecord(trials);
    const last = record.trials.at(-1)!;
    const assurances = [{ trialId: 'some/r1/p1', epsilon: 0.1, probability: 0.8126 }];
    const proposal = { ...last.proposal, basis: { ...last.proposal.basis, assurances } };
    const told = { ...record, trials: [...record.trials.slice(0, -1), { ...last, proposal }] };
    const sentence = 'some/r1/p1 was within 0.1 of the best possible with probability 0.812.';
    expect(story(told, null).at(-1)).toBe(`When the last trial was chosen, ${sentence}`);
    const stop = { reason: 'regretBound' as const, text: 'sure enough' };
    expect(story({ ...told, stop }, null)).toEqual(story({ ...record, stop }, null));
    expect(lastAssurances(told)).toEqual(assurances);
    expect(lastAssurances(record)).toEqual([]);
  });

  it('says what was chosen and approximated at the last fit, where something was', async () => {
    const record = someRecord(trials);
    const member = { name: 'adaptive-gp', weight: 1, score: 0, hyperparameters: [], logPosterior: 0, jitter: 0 };
    const fit = {
      round: 4,
      surrogate: 'adaptive-gp',
      observations: 3500,
      members: [{ ...member, choice: 'rbf on log' }],
    };
    const { proposal } = record.trials.at(-1)!;
    const withFit = (approximation: object) => ({
      ...record,
      trials: [
        ...record.trials.slice(0, -1),
        {
          ...record.trials.at(-1)!,
          proposal: { ...proposal, basis: { ...proposal.basis, fit: { ...fit, ...approximation } } },
        },
      ],
    });
    const page = await renderReport(withFit({ approximation: 'subset 2000 of 3500' }));
    expect(page).toContain('<th scope="row">approximation at the last fit</th><td>subset 2000 of 3500</td>');
    expect(page).toContain('<td>rbf on log</td>');
    expect(await renderReport(withFit({}))).not.toContain('approximation at the last fit');
  });

  it('says what was learned of each fidelity, and the weights of the surrogates', async () => {
    const page = await renderReport(await learnedRecord());
    expect(page).toContain('<h2>What was learned of each fidelity</h2>');
    expect(page).toMatch(
      /<th scope="row">low<\/th><td>\d+<\/td><td>[\d.]+, \d+ %<\/td><td>0.1 as stated<\/td><td>0\.9\d \(/,
    );
    expect(page).toContain('<b>high</b>: the target, at which the campaign is judged.');
    expect(page).toMatch(/<b>low<\/b>: [^<]*a trial tells more for its cost than one at the target/);
    expect(page).toMatch(
      /aria-label="weight against cost of all trials before: gp [\d.]+ at last, icm [\d.]+ at last\."/,
    );
    expect(page).toContain('In the predicted 90 % interval, share so far');
    expect(page).toMatch(/<th scope="row">icm<\/th><td class="number">[\d.]+<\/td>/);
  });

  it('says of one surrogate that there is none to compare it with', async () => {
    const page = await renderReport(await learnedRecord('icm'));
    expect(page).toContain('One surrogate, icm: there is none to compare it with.');
    expect(page).not.toContain('id="weight-plot"');
  });

  it('says in the line of a trial what people ruled on it', async () => {
    const record = someRecord([{ value: 1 }, { value: 2 }]);
    const by = { generation: 1, seq: 1, cause: null, sinceRound: 3, at: 0 };
    const ruling = { ...by, verdict: 'amend', values: { gap: 1 }, who: 'ann', why: evil } as const;
    const [first, ...others] = record.trials;
    const page = await renderReport({ ...record, trials: [{ ...first!, rulings: [ruling] }, ...others] });
    expect(page).toContain('amended to gap=1 by ann from round 3 on: &lt;script&gt;');
    expect(page).not.toContain(evil);
    expect(page.split('by ann')).toHaveLength(2);
  });

  it('is the same page for the same record', async () => {
    expect(await renderReport(someRecord(trials))).toBe(await renderReport(someRecord(trials)));
  });

  it('lets no text of the campaign become markup', async () => {
    const page = await renderReport(someRecord(trials, evil));
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('<script>\nfor (const table of');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;');
  });

  it('can be made of a campaign in which nothing that was measured keeps its bounds', async () => {
    const record = someRecord(trials);
    const [first, ...more] = record.campaign.spec.objectives;
    const bounded = first!.direction === 'target' ? first! : { ...first!, min: 1_000, max: 2_000 };
    const spec = { ...record.campaign.spec, objectives: [bounded, ...more] };
    const page = await renderReport({ ...record, campaign: { ...record.campaign, spec } });
    expect(page).toContain('nothing that was measured keeps its bounds yet');
    expect(page).toMatch(/Nothing that was measured at the target .* keeps its bounds yet\./);
    expect(page).not.toContain('class="best"');
  });

  it('can be made of a campaign that has measured nothing', async () => {
    const none = await renderReport(someRecord([]));
    expect(none).toContain('Nothing has been measured at the target fidelity');
    const cheap = await renderReport(someRecord([{ value: 1, fidelity: 'cheap' }]));
    expect(cheap).toContain('Nothing has been measured at the target fidelity');
  });
});

const program = await findChromium();

describe.skipIf(program === null)('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'athanor-report-'));
    browser = await startChromium(program!);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(text: string, colorScheme: 'light' | 'dark', width = 1100) {
    const file = join(folder, `${colorScheme}-${width}.html`);
    await writeFile(file, text);
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, said, asked, address: pathToFileURL(file).href };
  }

  it.each(['light', 'dark'] as const)(
    'shows its plots and molecules, asks for nothing and complains of nothing (%s)',
    async (scheme) => {
      const { page, said, asked, address } = await open(await renderReport(someRecord(trials, evil)), scheme);
      expect(said).toEqual([]);
      expect(asked).toEqual([address]);
      for (const id of ['best-plot', 'cost-plot', 'parity-plot-1', 'parity-plot-2']) {
        const box = await page.locator(`#${id}`).boundingBox();
        expect(box!.width).toBeGreaterThan(200);
        expect(box!.height).toBeGreaterThan(40);
      }
      expect(await page.locator('#best-plot path.best').getAttribute('d')).toMatch(/^M[\d.]+,[\d.]+(L[\d.]+,[\d.]+)+$/);
      expect(await page.locator('#fidelities tbody tr').count()).toBe(2);
      expect(await page.locator('#trials tbody tr').count()).toBe(4);
      const drawn = await page
        .locator('#top svg.molecule use')
        .evaluateAll((uses) =>
          uses.map((use) => (use as unknown as { getBBox(): { width: number } }).getBBox().width > 20),
        );
      expect(drawn.length).toBeGreaterThan(0);
      expect(drawn.every(Boolean)).toBe(true);
      await page.close();
    },
  );

  it('has words for every picture and header cells for every table, and fits a narrow screen', async () => {
    const { page } = await open(await renderReport(someRecord(trials)), 'light', 400);
    const unnamed = await page.locator('svg:not([aria-hidden]):not([aria-label])').count();
    expect(unnamed).toBe(0);
    expect(await page.locator('table thead th:not([scope])').count()).toBe(0);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  });

  it.each([
    ['light', 1100],
    ['dark', 400],
  ] as const)('draws what was learned, in lines that can be told apart (%s, %i wide)', async (scheme, width) => {
    const { page, said } = await open(await renderReport(await learnedRecord()), scheme, width);
    expect(said).toEqual([]);
    for (const id of [width > 700 ? 'weight-plot' : 'weight-plot-phone', 'coverage-plot', 'score-plot']) {
      const box = await page.locator(`#${id}`).boundingBox();
      expect(box!.width).toBeGreaterThan(200);
      const lines = page.locator(`#${id} path.curve`);
      expect(await lines.count()).toBeGreaterThan(0);
      expect(await lines.first().getAttribute('d')).toMatch(/^M[\d.]+,[\d.]+(L[\d.]+,[\d.]+)+$/);
      const looks = (await page.evaluate(
        `[...document.querySelectorAll('#${id} path.curve')].map((one) => getComputedStyle(one)).map(
          ({ stroke, strokeDasharray, fill }) => ({ look: stroke + strokeDasharray, fill }))`,
      )) as { look: string; fill: string }[];
      expect(new Set(looks.map(({ look }) => look)).size).toBe(looks.length);
      expect(looks.every(({ fill }) => fill === 'none')).toBe(true);
    }
    expect(await page.locator('#verdicts li').count()).toBe(2);
    expect(await page.locator('#scoreboard tbody tr').count()).toBe(2);
    expect((await page.locator('#scoreboard tbody td').allTextContents()).join(' ')).toMatch(/× \d/);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  });

  it('is readable on a phone: no sideways scroll, text of plots of 11 pixels and more', async () => {
    for (const record of [someRecord(trials), await learnedRecord()]) {
      const { page } = await open(await renderReport(record), 'light', 390);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      const sizes = (await page.evaluate(`[...document.querySelectorAll('svg.plot text')]
        .filter((text) => text.getBoundingClientRect().width > 0)
        .map((text) => parseFloat(getComputedStyle(text).fontSize) *
          text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width)`)) as number[];
      expect(sizes.length).toBeGreaterThan(10);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
      await page.close();
    }
  });

  it.each(['with several goals', 'with one goal', 'learned', 'compared'])(
    'keeps to 360 pixels with every table there is: each scrolls in a box of its own (%s)',
    async (kind) => {
      const wide = { name: 'a-parameter-with-a-very-long-name-indeed', type: 'continuous', bounds: [0, 1] };
      const space = { parameters: [{ name: 'x', type: 'continuous', bounds: [0, 1] }, wide] };
      const page = {
        'with several goals': async () => renderReport(await goalsRecord({ space, most: 0.5, trials: 10 })),
        'with one goal': async () => renderReport(await goalsRecord({ space, objectives: ['yield'], most: 0.5 })),
        learned: async () => renderReport(await learnedRecord()),
        compared: async () => renderComparison([1, 2, 3].map((seed) => runRecord({ seed, values: [seed, seed + 1] }))),
      }[kind]!;
      const { page: opened } = await open(await page(), 'light', 360);
      await opened.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(await opened.locator('table').count()).toBeGreaterThan(2);
      const outside = await opened.evaluate(`[...document.querySelectorAll('table')]
        .filter((table) => (table.closest('.wide') ?? table).getBoundingClientRect().right > document.documentElement.clientWidth)
        .map((table) => table.outerHTML.slice(0, 80))`);
      expect(outside).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await opened.evaluate(overflow)).toBeLessThanOrEqual(0);
      expect(await opened.locator('table thead th:not([scope])').count()).toBe(0);
      await opened.close();
    },
  );

  it.each([390, 320, 1100])('cuts no label of a plot at %i pixels, however long', async (width) => {
    const record = someRecord(trials);
    const dear = record.trials.map((trial) => ({
      ...trial,
      observation: { ...trial.observation!, cost: 123_456.789 },
    }));
    const many = Array.from({ length: 400 }, () => dear).flat();
    const named = JSON.stringify({ ...record, trials: many.map((trial) => ({ ...trial })) }).replaceAll(
      '"cheap"',
      '"WATER-MODEL-MM-WW"',
    );
    const { page } = await open(await renderReport(JSON.parse(named) as CampaignRecord), 'light', width);
    const cut = await page.evaluate(`[...document.querySelectorAll('[id^=cost-plot] text')]
      .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect(), plot: text.ownerSVGElement.getBoundingClientRect() }))
      .filter(({ box, plot }) => box.width > 0 && (box.right > plot.right + 0.5 || box.left < plot.left - 0.5))
      .map(({ text }) => text)`);
    expect(cut).toEqual([]);
    await page.close();
  });

  it('sorts trials by any head, draws a line when it is opened, and reads well without scripts', async () => {
    const record = await learnedRecord();
    const { page, said } = await open(await renderReport(record), 'light');
    const column = () => page.locator('#trials tbody tr td:nth-child(4)').allTextContents();
    const unsorted = await column();
    const numbers = (texts: string[]) => texts.filter((text) => text !== '').map(Number.parseFloat);
    const ascending = [...numbers(unsorted)].sort((a, b) => a - b);
    await page.locator('#trials thead th:nth-child(4) button').click();
    expect(numbers(await column())).toEqual(ascending);
    expect(await page.locator('#trials thead th[aria-sort=ascending]').count()).toBe(1);
    await page.locator('#trials thead th:nth-child(4) button').click();
    expect(numbers(await column())).toEqual([...ascending].reverse());
    await page.locator('#trials thead th:nth-child(1) button').click();
    expect(await column()).toEqual(unsorted);
    const why = page.locator('#trials tbody tr:first-child .why');
    expect(await why.isVisible()).toBe(false);
    await page.locator('#trials tbody tr:first-child summary').click();
    expect(await why.isVisible()).toBe(true);
    expect(said).toEqual([]);
    await page.close();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const still = await context.newPage();
    await still.setContent(await renderReport(record));
    expect(await still.locator('#trials tbody tr').count()).toBe(record.trials.length);
    expect(await still.locator('#trials thead th').first().textContent()).toBe('trial');
    await context.close();
  });

  it('of five thousand trials is a few megabytes and opens', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({
      value: Math.sin(i),
      mean: Math.cos(i),
      text: 'x'.repeat(200),
    }));
    const text = await renderReport(someRecord(many));
    expect(text.length).toBeLessThan(6_000_000);
    const { page, said } = await open(text, 'light', 390);
    expect(await page.locator('#trials tbody tr').count()).toBe(5_000);
    expect(await page.locator('#trials').isVisible()).toBe(false);
    expect(said).toEqual([]);
    await page.close();
  });

  it('compares seeds and strategies on one page: whole on a phone, legible, and without anything from elsewhere', async () => {
    const strategies = [undefined, { acquisition: 'ucb' }, { acquisition: 'random' }];
    const records = strategies.flatMap((strategy, s) =>
      [1, 2, 3, 4, 5].map((seed) =>
        runRecord({ seed, values: [seed, seed + 1, seed + 3 - s], ...(strategy && { strategy }) }),
      ),
    );
    for (const [width, id] of [
      [1100, 'bands-cost'],
      [390, 'bands-cost-phone'],
    ] as const) {
      const { page, said, asked, address } = await open(
        renderComparison(records),
        width > 700 ? 'dark' : 'light',
        width,
      );
      expect([said, asked]).toEqual([[], [address]]);
      const box = await page.locator(`#${id}`).boundingBox();
      expect(box!.width).toBeGreaterThan(300);
      expect(await page.locator(`#${id} path.curve`).count()).toBe(3);
      expect(await page.locator(`#${id} path.band`).count()).toBe(3);
      for (const path of await page.locator(`#${id} path.curve, #${id} path.band`).all())
        expect(await path.getAttribute('d')).toMatch(/^M[\d.,LZ]+$/);
      const looks = (await page.evaluate(
        `[...document.querySelectorAll('#${id} path.curve')].map((one) => getComputedStyle(one)).map(({ stroke, strokeDasharray }) => stroke + strokeDasharray)`,
      )) as string[];
      expect(new Set(looks).size).toBe(3);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      const sizes = (await page.evaluate(`[...document.querySelectorAll('svg.plot text')]
        .filter((text) => text.getBoundingClientRect().width > 0)
        .map((text) => parseFloat(getComputedStyle(text).fontSize) *
          text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width)`)) as number[];
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
      expect(await page.locator('svg:not([aria-hidden]):not([aria-label])').count()).toBe(0);
      expect(await page.locator('#runs tbody tr').count()).toBe(15);
      expect(await page.locator('#ends tbody tr').count()).toBe(3);
      await page.close();
    }
  });

  it('prints in black on white, with nothing cut off', async () => {
    const { page } = await open(await renderReport(someRecord(trials)), 'dark');
    await page.emulateMedia({ media: 'print' });
    const colours = await page.evaluate(
      '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
    );
    expect(colours).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
    expect((await page.pdf()).byteLength).toBeGreaterThan(5_000);
    await page.close();
  });
});
