import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExchange } from '../../scripts/lab/exchange-file.js';
import { recordInstrument } from '../../scripts/lab/record-instrument.js';
import { replay } from '../../scripts/lab/replay.js';

/** What came of measuring through a recording of an instrument, and again with the recording alone. */
export interface Replayed {
  readonly first: unknown;
  readonly again: unknown;
  /** The file. */
  readonly text: string;
  /** What was asked the second time that is not in the recording. */
  readonly unexpected: readonly string[];
}

/**
 * Records an instrument in a lab file of its own, and plays the recording.
 * @param settings - of the adapter, with the address of the instrument
 * @param measure - with the address in its place, twice
 */
export async function recordedAndPlayed(
  folder: string,
  { adapter, settings }: { readonly adapter: string; readonly settings: object },
  measure: (url: string) => Promise<unknown>,
): Promise<Replayed> {
  const [file, out] = [join(folder, `lab-${adapter}.yaml`), join(folder, `${adapter}.jsonl`)];
  await writeFile(file, JSON.stringify({ name: 'wet', instruments: { one: { adapter, settings } } }));
  const recording = await recordInstrument({ instrument: 'one', file, out, port: 0 }, process.env);
  const first = await measure(`http://127.0.0.1:${recording.port}`).finally(() => recording.close());
  const exchange = await readExchange(out);
  const unexpected: string[] = [];
  const playing = await replay(exchange, { port: 0, pace: false, onUnexpected: (words) => unexpected.push(words) });
  const again = await measure(`http://127.0.0.1:${playing.port}`).finally(() => playing.close());
  return { first, again, text: JSON.stringify(exchange), unexpected };
}
