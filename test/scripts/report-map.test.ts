import { expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { mapPlot } from '../../scripts/report/map-plot.js';
import { renderReport } from '../../scripts/report/render.js';
import { someCampaign } from '../support/campaigns.js';

/** A campaign of random designs, whose value is the first number. */
async function record(names: readonly string[]): Promise<CampaignRecord> {
  const parameters = names.map((name) => ({ name, type: 'continuous', bounds: [0, 1] }));
  const campaign = someCampaign({ space: { parameters }, strategy: { acquisition: 'random' }, budget: { trials: 12 } });
  const planner = new Planner(campaign);
  for (;;) {
    const { proposals } = await planner.ask(1);
    if (proposals.length === 0) break;
    planner.tell(proposals.map(({ id, design }) => ({ id, value: Number(design[names[0]!]) })));
  }
  return { campaign, phase: 'stopped', stop: null, trials: planner.trials, audit: [] };
}

it('shows each trial once a width, the best large, with what the axes are of', async () => {
  const told = await record(['heat', 'acid', 'time']);
  const page = await renderReport(told);
  expect(page).toContain('<h2>Where the trials lie</h2>');
  const [, plot = ''] = /id="map-plot"([\s\S]*?)<\/svg>/.exec(page)!;
  expect(plot.match(/class="mark /g)).toHaveLength(told.trials.length);
  expect(plot.match(/, the best: /g)).toHaveLength(1);
  expect(plot).toMatch(/aria-label="12 trials on two axes: [−a-z, ]+ \(\d+ %\); [−a-z, ]+ \(\d+ %\)\."/);
});

it('is left out where designs fit on a plot as they are, or do not differ', async () => {
  expect(mapPlot(await record(['heat', 'acid']))).toBeNull();
  const told = await record(['heat', 'acid', 'time']);
  expect(mapPlot({ ...told, trials: told.trials.slice(0, 1) })).toBeNull();
  expect(mapPlot({ ...told, trials: [] })).toBeNull();
});
