import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { maySpeakAs } from '../../models/domain/roles.js';
import type { Latch } from '../safe-stop/latch.js';
import type { ReportRow, StopReport } from './stop-report.js';
import { checklist } from './stop-run.js';
import type { StopSession } from './stop-session.js';

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:1rem auto;padding:0 1rem}
button{font:inherit;min-height:44px;padding:0 1.5rem}.stop{font-size:1.5rem;min-height:4rem;background:#b00020;color:#fff;border:2px solid}
li{margin:.4rem 0}label{display:block;margin:.4rem 0}input[type=text]{font:inherit;width:100%;min-height:2.5rem;box-sizing:border-box}`;

/** Hash of the page's own style, for its policy. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** What the page is made of. */
export interface StopView {
  readonly session: StopSession;
  readonly latches: readonly Latch[];
  readonly report: StopReport | null;
}

/** The whole page, of which the lines of a stop under way are the middle. */
export function pageOf(view: StopView): string {
  return `${headOf('Safe stop')}${linesOf(view.report)}${footOf(view)}`;
}

/** The beginning of a page. */
export function headOf(title: string): string {
  return String(html`<!doctype html><html lang="en"><head><meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" /><title>${title} · Athanor</title><style>${raw(style)}</style></head>
<body><h1>${title}</h1>`);
}

function linesOf(report: StopReport | null): string {
  if (report === null || report.released !== null) return '';
  const said = html`<p>Stopped by ${report.who}, ${moment(report.at)}: ${report.why}</p>`;
  const waits = report.endedAt === null ? '<p>Instruments are still waited for: load this page again.</p>' : '';
  const none = report.rows.length === 0 ? '<p>No instrument outside of Athanor was ever driven from here.</p>' : '';
  return `${said}<ul>${report.rows.map((row) => lineOf(row, report.endedAt !== null)).join('')}</ul>${none}${waits}`;
}

/** What became of one instrument, as a line of a list. @param mayMark - whether a person may say that they stopped it by hand */
export function lineOf(row: ReportRow, mayMark = false): string {
  const { instrument, confirmed, ms, why, action, byHand } = row;
  if (byHand !== null)
    return String(html`<li>✓ ${instrument}: stopped by hand, says ${byHand.who}, ${moment(byHand.at)}</li>\n`);
  if (confirmed) return String(html`<li>✓ ${instrument}: safe in ${(ms / 1_000).toFixed(1)} s</li>\n`);
  const mark = mayMark
    ? html`<form method="post" action="/mark"><input type="hidden" name="instrument" value="${instrument}" /><button>I have stopped ${instrument} by hand</button></form>`
    : '';
  return String(html`<li>✕ <strong>${instrument}: NOT CONFIRMED.</strong> ${action} (${why}) ${mark}</li>\n`);
}

/** The end of a page: what is stopped, and the forms. */
export function footOf({ session, latches }: StopView): string {
  const stopped = latches.map(
    ({ lab, who, why, at }) => html`<li>■ ${lab ?? 'All instruments'}: stopped by ${who}, ${moment(at)}: ${why}</li>`,
  );
  const state =
    stopped.length === 0
      ? html`<p>Nothing is stopped.</p>`
      : html`<h2>Nothing begins until this is released</h2><ul>${stopped}</ul>`;
  const stop = html`<form method="post" action="/stop"><button class="stop">■ STOP LAB</button></form>`;
  return `${state}${stop}${latches.length === 0 ? '' : releaseOf(session)}
<p>You are ${String(html`${session.who} (${session.role})`)}. ${moment(Date.now())}</p></body></html>`;
}

function releaseOf({ role }: StopSession): string {
  if (!maySpeakAs(role, 'operator')) return '<p>An operator may release it.</p>';
  const points = checklist.map(
    (point) => html`<label><input type="checkbox" name="check" value="${point}" required /> ${point}</label>`,
  );
  return String(html`<h2>Release the stop</h2><form method="post" action="/release">${points}
<label>Why work may begin again <input type="text" name="reason" required maxlength="2000" /></label><button>Release stop</button></form>`);
}

function moment(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}
