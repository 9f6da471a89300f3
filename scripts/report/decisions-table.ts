import { changesOf } from '../../models/domain/change.js';
import type { AuditEntry, CampaignRecord } from '../../models/domain/record.js';
import { versionEntries } from '../../models/domain/tuning.js';
import { differences, inForceLine } from '../change-lines.js';
import { chosenLines, entryLine } from '../version-lines.js';
import { html, type Markup } from './html.js';

/** What people decided, oldest first, and what is in force by it; null where nobody decided anything. */
export function decisionsTable(record: CampaignRecord): Markup | null {
  const { audit } = record;
  if (audit.length === 0) return null;
  const changes = changesOf(audit);
  const last = changes.findLast(({ told }) => told !== null)?.told;
  const inForce = last == null ? null : html`<p class="note">In force now: ${inForceLine(last.is)}.</p>`;
  const chose = chosenLines(record);
  const versions = chose.length === 0 ? null : html`<p class="note">Encoders: ${chose.join('; ')}.</p>`;
  return html`<h2>Decisions</h2>
${inForce}${versions}
<div class="wide"><table><thead><tr><th scope="col">when</th><th scope="col">who</th><th scope="col">what</th><th scope="col">details</th></tr></thead>
<tbody>${audit.map(
    (entry) =>
      html`<tr><td>${new Date(entry.at).toISOString()}</td><td>${entry.who}</td><td>${entry.action}</td><td>${detailsOf(entry)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Of a change what it came to, and from when; of everything else what was written down. */
function detailsOf(entry: AuditEntry): Markup {
  const told = changesOf([entry])[0]?.told ?? null;
  const [version] = versionEntries([entry]);
  if (version !== undefined) return html`${entryLine(version)}`;
  if (told === null) return html`<code>${JSON.stringify(entry.details)}</code>`;
  const { note } = entry.details;
  const why = typeof note === 'string' ? `: ${note}` : '';
  const parts = differences(told.was, told.is);
  return html`${parts.length === 0 ? 'nothing that was not so' : parts.join(', ')}, from round ${told.sinceRound} on${why}`;
}
