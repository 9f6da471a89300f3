import { halfMinutes, serverNow } from './clock.js';

/** A number as people read it: six digits that matter, as everywhere in Athanor. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(3);
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(Math.max(6, Math.floor(Math.log10(size)) + 1))));
}

/** A mean with its standard deviation. */
export function expectedText(mean: number, sd: number): string {
  if (!(sd > 0)) return numberText(mean);
  const digits = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(sd))));
  return `${String(Number(mean.toFixed(digits)))} ± ${numberText(Number(sd.toPrecision(3)))}`;
}

/** A value with its unit. */
export function withUnit(text: string, unit: string | null | undefined): string {
  return unit === null || unit === undefined || unit === '' ? text : `${text} ${unit}`;
}

/** A span of time in the largest unit that it fills. */
export function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 100) return `${minutes} min`;
  const hours = ms / 3_600_000;
  if (hours < 48) return `${Number(hours.toFixed(1))} h`;
  return `${Number((hours / 24).toFixed(1))} days`;
}

/** The hour on the clock of who looks, with the day where that is another. */
export function hourText(at: number): string {
  const day = new Date(at);
  const hour = day.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  const isToday = day.toDateString() === new Date(serverNow()).toDateString();
  return isToday ? hour : `${day.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${hour}`;
}

/** A moment that was: the hour, and how long ago. */
export function Ago({ at }: { readonly at: number }) {
  halfMinutes.value;
  return (
    <time dateTime={new Date(at).toISOString()}>
      {hourText(at)} ({spanText(Math.max(0, serverNow() - at))} ago)
    </time>
  );
}

/** r3/p1 of c/r3/p1. */
export function placeInCampaign(trialId: string): string {
  return trialId.split('/').slice(-2).join('/');
}

/** c of c/r3/p1. */
export function campaignOf(trialId: string): string {
  return trialId.split('/').slice(0, -2).join('/');
}

/** Where the API has a trial. */
export function trialPath(trialId: string): string {
  return `${campaignPath(campaignOf(trialId))}/trials/${placeInCampaign(trialId).replace('/', '-')}`;
}

/** Where the page has a campaign, a view of it where one is named. */
export function campaignHref(id: string, tab?: string): string {
  return `/c/${encodeURIComponent(id)}${tab === undefined ? '' : `/${tab}`}`;
}

/** Where the API has a campaign. */
export function campaignPath(id: string): string {
  return `/campaigns/${encodeURIComponent(id)}`;
}
