import { parentPort, workerData } from 'node:worker_threads';
import type { CampaignRecord } from '../../models/domain/record.js';
import { recordedArtefacts } from '../../models/strategy/artefacts.js';
import { insightOf } from '../../models/strategy/explain/insight.js';
import { learnedFidelities } from '../../models/strategy/explain/learned.js';
import { outliersOf } from '../../models/strategy/explain/outliers.js';
import { lastCalibrations } from '../../models/strategy/explain/surrogates-behind.js';
import { whyProposed } from '../../models/strategy/explain/why.js';
import { outlierLines } from '../outlier-lines.js';
import { insightSections } from '../report/explanation.js';
import { fidelityTable } from '../report/fidelity-table.js';
import { html } from '../report/html.js';
import { parityPlots } from '../report/parity-plot.js';
import { predictionPlots } from '../report/prediction-plots.js';
import { weightPlots } from '../report/weight-plots.js';
import type { ExplainJob, WhyTold } from './explain.js';

/** What the models learned, as `athanor report` tells it; HTML. */
async function modelOf(record: CampaignRecord): Promise<string> {
  const insight = await insightOf(record);
  const { campaign, trials } = record;
  const outliers = outlierLines(campaign, await outliersOf(campaign, trials, [], recordedArtefacts(record)), trials);
  return html`<h2>Predicted against measured</h2>
${parityPlots(record)}
${outliers.map((line) => html`<p class="note">${line}</p>`)}
${insight === null ? html`<p class="empty">No model has been fitted yet.</p>` : insightSections(record, insight)}
${fidelityTable(await learnedFidelities(record))}
${predictionPlots(record)}
${weightPlots(record, await lastCalibrations(record))}`.text;
}

async function whyOf(record: CampaignRecord, trial: string): Promise<WhyTold> {
  const { purpose, alternatives, none } = await whyProposed(record, trial);
  return {
    ...{ purpose, none },
    alternatives: alternatives.map(({ design, rowId, fidelity, reason: { text, mean, sd }, promise }) => ({
      ...{ design: { ...design }, rowId, fidelity, text, mean, sd, promise },
    })),
  };
}

const { record, trial } = workerData as ExplainJob;
parentPort!.postMessage(trial === null ? await modelOf(record) : await whyOf(record, trial));
