import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { sumOf } from '../../../models/table/archive.js';
import { readCampaignText } from '../../../scripts/campaign-file.js';
import { readResults } from '../../../scripts/suggest/results-table.js';
import { Find } from '../find.js';
import type { Input, MakeKind } from '../kind.js';
import { refused } from '../refusal.js';
import { gridOf } from '../tables.js';
import { workbookBytes } from '../workbooks.js';

const campaignText = `name: book
space: { parameters: [{ name: x, type: continuous, bounds: [0, 10] }, { name: kind, type: categorical, levels: [a, b] }] }
objectives: [{ name: y, direction: maximise }]
fidelities: [{ name: f, cost: 1 }]
budget: { trials: 50 }
`;
const csv = 'x,kind,y\n1.5,a,12.25\n2.75,b,-3\n7,a,1000.125\n10,b,0.5\n';

/**
 * The text of each file in an archive, read from its directory at the end; null where that cannot be done.
 * @throws {Find} where a file is not what its sum says, and so was damaged
 */
function filesIn(bytes: Uint8Array): Map<string, string> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, string>();
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) return null;
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return null;
    const [method, sum, size] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
    ];
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    if (local + 30 > bytes.length) return null;
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(from, from + size);
    const title = new TextDecoder('latin1').decode(bytes.subarray(at + 46, at + 46 + name));
    if (/^xl\/(?:worksheets|sharedStrings|workbook\.xml)/.test(title)) {
      let data: Uint8Array;
      try {
        data = method === 0 ? packed : inflateRawSync(packed);
      } catch {
        throw new Find('a damaged workbook is accepted', `${title} cannot be unpacked`);
      }
      if (sumOf(data) !== sum) throw new Find('a damaged workbook is accepted', `${title} differs from its sum`);
      files.set(title, new TextDecoder().decode(data));
    }
    at += 46 + name + extra + comment;
  }
  return files;
}

/** Workbooks, read as tables of results. */
export const workbooks: MakeKind = async (place) => {
  const file = join(place.work, 'results.xlsx');
  const campaign = await readCampaignText(campaignText, { file: 'c.yaml', baseDir: place.work });
  const grid = gridOf(csv);
  const run = async ({ bytes }: Input) => {
    await writeFile(file, bytes);
    let values: number[];
    try {
      const { results, dialect } = await readResults(campaign, file);
      if (dialect.encoding !== 'xlsx') return 'taken';
      values = results.flatMap(({ value, design }) => [value ?? [], design?.x ?? []].flat() as number[]);
    } catch (error) {
      return refused(error);
    }
    const files = filesIn(bytes);
    // Signs without width are passed over, as in every text.
    const xml = files === null ? null : [...files.values()].join(' ').replace(/\p{Cf}/gu, '');
    const there = new Set((xml ?? '').match(/[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?/g)?.map((text) => Number(text) + 0));
    for (const value of values)
      if (xml !== null && !there.has(value) && !there.has(-value))
        throw new Find('a number that is in no sheet', `${value}`);
    return 'taken';
  };
  return { name: 'workbook', make: (draw) => ({ bytes: workbookBytes(draw, grid), of: '' }), run };
};
