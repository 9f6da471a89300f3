import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGeometries } from '../../../lab-adapters/xtb/geometry-store.js';
import { campaignSchema } from '../../../models/domain/campaign.js';
import { parsedJson } from '../../../models/domain/parsed-json.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { documentText } from '../documents.js';
import { sameOrFind } from '../find.js';
import type { Input, MakeKind } from '../kind.js';
import { pick } from '../random.js';
import { refused } from '../refusal.js';
import { root } from '../root.js';

/** Start geometries of molecules, one JSON object a line. */
export const geometries: MakeKind = async (place) => {
  const file = join(place.work, 'geometries.jsonl');
  const lines = (await readFile(join(root, 'examples/quinone-posolyte/geometries.jsonl'), 'utf8'))
    .split('\n')
    .slice(0, 5);
  const sources = lines.map((text) => ({ text, value: JSON.parse(text) as unknown }));
  const run = async ({ bytes }: Input) => {
    await writeFile(file, bytes);
    let read: Awaited<ReturnType<typeof readGeometries>>;
    try {
      read = await readGeometries(file);
    } catch (error) {
      return refused(error, ['ADAPTER']);
    }
    const given = new TextDecoder()
      .decode(bytes)
      .split('\n')
      .filter((line) => line.trim() !== '');
    const wanted = new Map(given.map((line) => parsedJson(line) as { idcode: string }).map((one) => [one.idcode, one]));
    sameOrFind('another geometry than the file has', wanted, new Map(read));
    return 'taken';
  };
  return { name: 'geometry', make: (draw) => ({ bytes: documentText(draw, pick(draw, sources), false), of: '' }), run };
};

const meta = {
  name: 'set',
  title: 'A data set',
  columns: [
    { name: 'nr', role: 'id', type: 'text' },
    { name: 'x', role: 'parameter', type: 'continuous', unit: 'K' },
    {
      name: 'kind',
      role: 'parameter',
      type: 'categorical',
      levels: [
        { value: 'a', smiles: 'CCO' },
        { value: 'b', smiles: 'O' },
      ],
    },
    { name: 'y', role: 'objective', type: 'continuous' },
    { name: 'rough', role: 'fidelity', type: 'continuous' },
  ],
  objectives: [{ column: 'y', direction: 'maximize' }],
  fidelities: [
    { column: 'rough', cost: 0.1, target: false },
    { column: 'y', cost: 1, target: true },
  ],
};
const data = 'nr,x,kind,y,rough\n1,0.5,a,2,1\n2,1.5,b,3,2\n3,2.5,a,5,4\n';

/** Descriptions of folders in the data-set format, which are campaigns by themselves. */
export const dataSets: MakeKind = async (place) => {
  const folder = join(place.work, 'set');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data.csv'), data);
  const run = async ({ bytes }: Input) => {
    await writeFile(join(folder, 'meta.json'), bytes);
    try {
      const { spec } = await loadCampaign(folder, { adapters: 'read' });
      sameOrFind('accepted, but not by its schema', spec, campaignSchema.parse(spec));
    } catch (error) {
      return refused(error);
    }
    return 'taken';
  };
  const source = { text: JSON.stringify(meta, null, 2), value: meta };
  return { name: 'data-set', make: (draw) => ({ bytes: documentText(draw, source, false), of: '' }), run };
};
