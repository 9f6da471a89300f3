import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Generator } from '../../../models/random/generator.js';
import { changedBytes, longestInput } from '../bytes.js';
import { documentText } from '../documents.js';
import type { Kind, MakeKind, Place } from '../kind.js';
import { chance, pick, weighted } from '../random.js';
import { httpReplies, said } from '../replies/http.js';
import { answers, lineReplies } from '../replies/lines.js';
import { mistyped, replies, silaReplies } from '../replies/sila.js';

const encoder = new TextEncoder();
/** What stands between us and a device says of its own. */
const pages: readonly string[] = [
  '<!doctype html><html><head><title>Login</title></head><body>71.25 %</body></html>',
  '<?xml version="1.0"?><error code="502">Bad gateway</error>',
  'upstream connect error or disconnect/reset before headers',
];

/** A reply of a sort that devices are known for: a page, nothing, half of it, more than anybody reads; else what is given. */
function reply(draw: Generator, good: Uint8Array, changed: () => Uint8Array): Uint8Array {
  return weighted(draw, [
    [12, changed],
    [4, () => changedBytes(draw, good)],
    [1, () => encoder.encode(pick(draw, pages))],
    [1, () => good.slice(0, draw.below(good.length + 1))],
    [1, () => good],
    [0.1, () => encoder.encode(`${'9'.repeat(longestInput - 2)}\r\n`)],
  ]);
}

/** A folder for the jobs of each input. */
const freshIn = (place: Place, name: string) => async () => {
  const folder = join(place.work, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
};

/** What devices behind HTTP answer to each call, up to the observation that is kept of it. */
export const httpDevices: MakeKind = async (place): Promise<Kind> => {
  const run = await httpReplies(freshIn(place, 'http'));
  const sources = Object.entries(said).map(([of, value]) => ({ of, text: JSON.stringify(value), value }));
  const result = sources.find(({ of }) => of === 'result')!;
  const wire = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${result.text.length}\r\n\r\n${result.text}`;
  const make = (draw: Generator) => {
    const source = pick(draw, [...sources, result, result, result, null]);
    if (source === null) return { bytes: changedBytes(draw, encoder.encode(wire)), of: 'wire' };
    return { bytes: reply(draw, encoder.encode(source.text), () => documentText(draw, source, false)), of: source.of };
  };
  return { name: 'http', make, run: ({ of, bytes }) => run(of, bytes) };
};

/** What instruments answer line by line. */
export const lineDevices: MakeKind = async (place): Promise<Kind> => {
  const run = await lineReplies(freshIn(place, 'lines'));
  const make = (draw: Generator) => {
    const of = pick(draw, [...Object.keys(answers), 'Y?', 'M?', 'M?']);
    const good = encoder.encode(answers[of]!);
    return { bytes: reply(draw, good, () => changedBytes(draw, good)), of };
  };
  return { name: 'line', make, run: ({ of, bytes }) => run(of, bytes) };
};

/** What servers of SiLA 2 answer. */
export const silaServers: MakeKind = async (place): Promise<Kind> => {
  const run = await silaReplies(freshIn(place, 'sila'));
  const make = (draw: Generator) => {
    if (chance(draw, 0.1)) return { bytes: pick(draw, mistyped), of: 'responses' };
    const of = pick(draw, ['confirmation', 'info', 'responses', 'responses', 'responses'] as const);
    return { bytes: reply(draw, replies[of], () => changedBytes(draw, replies[of])), of };
  };
  return { name: 'sila', make, run: ({ of, bytes }) => run(of, bytes) };
};
