import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Campaign, campaignSchema } from '../../../models/domain/campaign.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { branin } from '../../../scripts/templates/branin.js';
import { experiments } from '../../../scripts/templates/experiments.js';
import { pool } from '../../../scripts/templates/pool.js';
import { xtb } from '../../../scripts/templates/xtb.js';
import { documentText } from '../documents.js';
import { sameOrFind } from '../find.js';
import { everythingKept } from '../kept.js';
import type { Input, MakeKind } from '../kind.js';
import { pick } from '../random.js';
import { checkClean, refused } from '../refusal.js';
import { root } from '../root.js';
import { verb } from '../verbs.js';

/** Folders with campaign files and what they name. */
const examples: readonly (readonly [folder: string, file: string])[] = [
  ['examples/branin', 'campaign.yaml'],
  ['examples/multi-fidelity-hartmann', 'campaign.yaml'],
  ['examples/replay-pool', 'campaign.yaml'],
  ['examples/quinone-posolyte', 'campaign.yaml'],
  ['examples/third-party-adapter', 'campaign.yaml'],
  ['test/fixtures/campaigns/good', 'everything.yaml'],
  ['test/fixtures/campaigns/good', 'mixtures.yaml'],
  ['test/fixtures/campaigns/good', 'pool.yaml'],
];

/** What the templates and examples lack. */
const rest = `name: rest
space:
  parameters:
    - { name: blend, type: composition, components: [Fe, Ni, Cr], step: 0.1, total: 1 }
    - { name: mix, type: composition, values: ["Fe:0.2 Ni:0.8", "Fe:1"] }
    - { name: oxide, type: formula, formulas: [SrTiO3, BaTiO3] }
    - { name: x, type: continuous, bounds: [0, 1], column: X }
objectives: [{ name: y, direction: maximise, unit: '%', limits: [0, null] }]
fidelities:
  - { name: low, cost: 0.5, trust: validated, fidelity: 0.2 }
  - { name: high, cost: 1, fidelity: 1 }
transfer: [{ name: earlier, results: earlier.csv, objective: old, defaults: { oxide: SrTiO3 } }]
costs: stated
budget: { cost: 10, wallClock: 2d }
stop: [{ type: regretBound, epsilon: 0.1, probability: 0.9 }]
`;
const earlier = 'blend,mix,X,old\nFe:0.5 Ni:0.5,Fe:1,0.5,1\nFe:1,Fe:1,0.25,2\nNi:1,Fe:0.2 Ni:0.8,0.75,3\n';

/** A campaign as plain values, to be compared. */
function plain({ spec, space }: Campaign): unknown {
  const { pool: rows } = space;
  return {
    spec,
    space: { ...space, pool: rows === null ? null : { ids: rows.ids, designs: Array.from(rows.designs) } },
  };
}

/** Campaign files: read as `validate` does, and where they are accepted once more as they would be written. */
export const campaignFiles: MakeKind = async (place) => {
  const sources: { readonly of: string; readonly text: string; readonly value: unknown }[] = [];
  const add = (of: string, text: string) => sources.push({ of, text, value: parse(text) });
  for (const [folder, file] of examples) {
    await cp(join(root, folder), join(place.work, folder), { recursive: true });
    add(folder, await readFile(join(root, folder, file), 'utf8'));
  }
  for (const { name, files } of [
    branin,
    experiments,
    pool,
    xtb,
    { name: 'rest', files: { 'campaign.yaml': rest, 'earlier.csv': earlier } },
  ]) {
    await mkdir(join(place.work, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(place.work, name, file), text);
    add(name, files['campaign.yaml']!);
  }
  const run = async ({ bytes, of }: Input) => {
    const file = join(place.work, of, 'fuzzed.yaml');
    await writeFile(file, bytes);
    const notes: string[] = [];
    const read = (path: string) => loadCampaign(path, { adapters: 'read', onNote: (note) => notes.push(note) });
    let campaign: Campaign;
    try {
      campaign = await read(file);
    } catch (error) {
      if (bytes.length % 4 === 0) await verb(place, ['validate', file, '--json'], [2]);
      return refused(error);
    }
    const { spec } = campaign;
    sameOrFind('accepted, but not by its schema', spec, campaignSchema.parse(spec));
    everythingKept(parse(new TextDecoder().decode(bytes)), spec, /settings|adapters|rows/);
    const again = join(place.work, of, 'again.json');
    await writeFile(again, JSON.stringify(spec));
    sameOrFind('not the same after it was written', plain(campaign), plain(await read(again)));
    for (const note of notes) checkClean(note);
    if (bytes.length % 4 === 0) await verb(place, ['validate', file], [0]);
    return 'taken';
  };
  return {
    name: 'campaign',
    make: (draw) => {
      const source = pick(draw, sources);
      return { bytes: documentText(draw, source, true), of: source.of };
    },
    run,
  };
};
