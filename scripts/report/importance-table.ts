import type { OutcomeInsight } from '../../models/strategy/explain/insight.js';
import { formatSd } from '../wording.js';
import { html, type Markup } from './html.js';
import type { OutcomeWords } from './outcome-words.js';

/** How much each factor matters to an outcome, by two measures; null where neither is known. @param of - said in the heading; nothing of the only one */
export function importanceTable({ importance }: OutcomeInsight, { of, suffix }: OutcomeWords): Markup | null {
  if (importance.every(({ permutation, lengthscale }) => permutation === null && lengthscale === null)) return null;
  return html`<h2>What matters${of}</h2>
<div class="wide" id="importance${suffix}"><table class="sortable"><thead><tr><th scope="col">factor</th><th scope="col" class="number">fall of R² where it is shuffled</th><th scope="col" class="number">share by lengthscales</th><th scope="col" class="number">half of the correlation after</th></tr></thead>
<tbody>${importance.map(
    ({ name, permutation, lengthscale }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${permutation === null ? '' : `${formatSd(permutation.fall)} ± ${formatSd(permutation.sd)}`}</td><td class="number">${lengthscale === null ? '' : `${Math.round(100 * lengthscale.share)} %`}</td><td class="number">${lengthscale === null || lengthscale.half === null ? '' : formatSd(lengthscale.half)}</td></tr>`,
  )}</tbody></table></div>
<p class="note">Shuffled among the trials, a factor that the models make nothing of costs their predictions nothing. Lengthscales say how far a
factor must go until a value tells little of the next; two factors that only act together show here, and not in the effects.</p>`;
}
