import type { Design } from '../../models/domain/design.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { substancesOf } from '../../models/domain/space.js';
import { wordingOf } from '../wording.js';
import type { Depictions } from './depictions.js';
import { html, type Markup } from './html.js';

/** A design in words: its row and its values; molecules drawn, where drawings are given, else left out. */
export function designCell(
  { campaign, trials }: CampaignRecord,
  { design, rowId }: { readonly design: Design; readonly rowId: string | null },
  depictions: Depictions | null,
): Markup {
  const { space } = campaign;
  const wording = wordingOf(campaign, trials);
  const substances = substancesOf(space, design);
  const values = space.parameters
    .filter(({ name }) => design[name] !== undefined && (depictions === null || design[name] !== substances[name]))
    .map(({ name }) => html`<span class="pair">${name} ${wording.parameter(design, name)}</span> `);
  const drawings = depictions === null ? [] : Object.values(substances).map((smiles) => depictions.show(smiles));
  return html`${rowId === null ? null : html`<b>${rowId}</b> `}${values}${drawings}`;
}
