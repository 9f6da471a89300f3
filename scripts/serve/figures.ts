import type { CampaignRecord } from '../../models/domain/record.js';
import { bestPlot } from '../report/best-plot.js';
import { costPlot } from '../report/cost-plot.js';
import type { Markup } from '../report/html.js';
import { parityPlots } from '../report/parity-plot.js';
import { tradeOffPlots } from '../report/trade-off-plot.js';

/** Figures that are drawn at once; those of models take longer, and are made elsewhere. */
export const figureNames = ['best', 'cost', 'trade-offs', 'parity'] as const;

/** The figures of `athanor report` by name; null where a campaign has nothing to be drawn of. */
export const figures: Readonly<Record<(typeof figureNames)[number], (record: CampaignRecord) => Markup | null>> = {
  best: bestPlot,
  cost: costPlot,
  'trade-offs': tradeOffPlots,
  parity: parityPlots,
};
