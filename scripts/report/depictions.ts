import type { Design } from '../../models/domain/design.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { substancesOf } from '../../models/domain/space.js';
import { loadMolecules } from '../../models/encode/molecules.js';
import { html, Markup } from './html.js';

const width = 150;
const height = 95;

/** Drawings of molecules: each is in the page once, and shown from there as often as it is needed. */
export interface Depictions {
  /** The definitions, to stand once in the page. */
  readonly definitions: Markup;
  /** The drawing of a molecule; its SMILES where RDKit cannot draw it. */
  show(smiles: string): Markup;
  /** All molecules of a design. */
  of(design: Design): readonly Markup[];
}

/** Molecules that a page has drawings of, at most: some hundred kB. Of further ones it has the SMILES. */
const most = 250;

/**
 * Draws the molecules of these designs and, as far as there is room, of a campaign's trials. Loads RDKit only if there is
 * one.
 */
export async function depictionsOf(record: CampaignRecord, first: readonly Design[] = []): Promise<Depictions> {
  const { space } = record.campaign;
  const designs = [...first, ...record.trials.map(({ proposal }) => proposal.design)];
  const all = [...new Set(designs.flatMap((design) => Object.values(substancesOf(space, design))))].slice(0, most);
  const ids = new Map<string, string>();
  const symbols: Markup[] = [];
  const molecules = all.length === 0 ? null : await loadMolecules();
  for (const smiles of all) {
    const svg = (await molecules?.depict(smiles, width, height)) ?? null;
    if (svg === null) continue;
    const id = `molecule-${ids.size + 1}`;
    ids.set(smiles, id);
    symbols.push(html`<symbol id="${id}" viewBox="0 0 ${width} ${height}">${new Markup(innerSvg(svg))}</symbol>`);
  }
  const show = (smiles: string) => {
    const id = ids.get(smiles);
    if (id === undefined) return html`<code>${smiles}</code>`;
    return html`<svg class="molecule" width="${width}" height="${height}" role="img" aria-label="${smiles}"><title>${smiles}</title><use href="#${id}"/></svg>`;
  };
  return {
    definitions: html`<svg width="0" height="0" class="definitions" aria-hidden="true">${symbols}</svg>`,
    show,
    of: (design) => Object.values(substancesOf(space, design)).map(show),
  };
}

/** What stands inside RDKit's svg element, without its background and the classes of atoms and bonds. */
function innerSvg(svg: string): string {
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<rect[^>]*>(<\/rect>)?/, '')
    .replace(/ class='[^']*'/g, '')
    .replace(/>\s+</g, '><')
    .trim();
}
