import type { CampaignRecord } from '../../models/domain/record.js';
import { durationText } from '../duration-text.js';
import { failureLine } from '../failure-line.js';
import type { ToldStep } from '../record/told-steps.js';
import { formatNumber, formatSd } from '../wording.js';
import { html, type Markup } from './html.js';

/** The steps of a trial: which instrument was told what and when, what that measured, and how it ended. Null where it has none. */
export function stepsList(record: CampaignRecord, steps: readonly ToldStep[]): Markup | null {
  if (steps.length === 0) return null;
  return html`<ol class="steps">${steps.map((step) => html`<li>${stepText(record, step)}</li>`)}</ol>`;
}

function stepText({ campaign: { spec } }: CampaignRecord, { ran, told, units }: ToldStep): Markup {
  const { step, generation, instrument, how, cause, values = {}, noise = {}, cost } = ran;
  const unitOf = (name: string) =>
    [...spec.objectives, ...(spec.outcomes ?? [])].find((one) => one.name === name)?.unit;
  const inUnit = (text: string, unit: string | undefined) => (unit === undefined ? text : `${text} ${unit}`);
  const given = Object.entries(told).map(([name, value]) =>
    inUnit(`${name} ${typeof value === 'number' ? formatNumber(value) : value}`, units[name]),
  );
  const measured = Object.entries(values).map(([name, value]) => {
    const sd = noise[name];
    const spread = sd === undefined || sd === 0 ? '' : ` ± ${formatSd(sd)}`;
    return inUnit(`${name} ${formatNumber(value)}${spread}`, unitOf(name));
  });
  const again =
    generation === 1 ? '' : ran.carried === true ? ` (kept in time ${generation})` : ` (time ${generation})`;
  const ended = how === 'done' ? '' : `; ${how}${cause === null ? '' : `: ${cause.class}, ${failureLine(cause)}`}`;
  return html`<b>${step}</b>${again}${instrument === null ? '' : ` on ${instrument}`}${whenText(ran)}${given.length === 0 ? '' : `: ${given.join(', ')}`}${measured.length === 0 ? '' : html` <b>→</b> ${measured.join(', ')}`}${ended}; cost ${formatNumber(cost)}`;
}

function whenText({ startedAt, durationMs }: ToldStep['ran']): string {
  const time = durationMs === 0 ? '' : `, ${durationText(durationMs)}`;
  return startedAt === null ? time : `, ${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')}${time}`;
}
