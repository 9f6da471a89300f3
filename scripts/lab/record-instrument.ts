import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { blueskySettings } from '../../lab-adapters/bluesky/settings.js';
import { httpSettings } from '../../lab-adapters/http/settings.js';
import { linesSettings } from '../../lab-adapters/lines/settings.js';
import { madsciSettings } from '../../lab-adapters/madsci/settings.js';
import { opentronsSettings } from '../../lab-adapters/opentrons/settings.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { oneOf } from '../campaign-file/nearest.js';
import { loadLab } from '../lab-file.js';
import type { Listening } from './listening.js';
import { redactorFor } from './named-secrets.js';
import { type HttpPlace, recordHttp, withoutBytes } from './record-http.js';
import { recordLines } from './record-lines.js';
import { openTranscript } from './transcript.js';

/** Adapters that speak HTTP, each with a setting for where its instrument is. */
const overHttp = { http: httpSettings, bluesky: blueskySettings, madsci: madsciSettings, opentrons: opentronsSettings };

/** What is recorded, and where to. */
export interface RecordInstrument {
  readonly instrument: string;
  /** The lab file. */
  readonly file: string;
  readonly out: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** A recording that goes on. */
export interface Recording extends Listening {
  /** What the adapter's settings have to be so that it is heard, as YAML. */
  readonly settings: string;
  /** Requests that were recorded so far. */
  turns(): number;
}

/**
 * Stands between the adapter of an instrument and the instrument, and writes down what they say, without secrets.
 *
 * @throws {InvalidInputError} if there is no such instrument, or its adapter speaks what cannot be recorded
 * @throws {Error} of the file system if the file is there already, or of the network if the port is taken
 */
export async function recordInstrument(
  { instrument: name, file, out, port }: RecordInstrument,
  environment: NodeJS.ProcessEnv,
): Promise<Recording> {
  const { spec } = await loadLab(file, { adapters: 'read' });
  const fault = (path: string, message: string, remedy: string) =>
    new InvalidInputError(file, [{ path, message, remedy }]);
  const instrument = Object.hasOwn(spec.instruments, name) ? spec.instruments[name]! : null;
  if (instrument === null)
    throw fault('instruments', `no instrument '${name}'`, oneOf(name, Object.keys(spec.instruments)));
  const { adapter, settings } = instrument;
  const speaks = Object.hasOwn(overHttp, adapter) ? overHttp[adapter as keyof typeof overHttp] : null;
  if (speaks === null && adapter !== 'lines')
    throw fault(
      `instruments.${name}.adapter`,
      `what adapter '${adapter}' says cannot be recorded`,
      `an instrument of adapter ${Object.keys(overHttp).join(', ')}, or of 'lines' over TCP or a serial line`,
    );
  // To the last sign: line ends are told from one another.
  const redact = redactorFor(settings, environment);
  const transcript = await openTranscript(out, redact, (line) => line);
  let turns = 0;
  const onTurn = (turn: object) => {
    turns += 1;
    transcript.add(turn);
  };
  const head = { format: 'athanor-exchange-1', lab: spec.name, instrument: name, adapter, at: Date.now() };
  try {
    const told = speaks === null ? { kind: 'lines', ends: linesSettings.parse(settings).ends } : { kind: 'http' };
    transcript.add({ ...head, ...told });
    const heard = await (speaks === null
      ? recordLines(linesSettings.parse(settings), port, onTurn)
      : recordHttp(await placeIn(speaks.parse(settings), file), port, (turn) => onTurn(withoutBytes(turn, redact))));
    return {
      port: heard.port,
      settings:
        speaks !== null ? `url: http://127.0.0.1:${heard.port}` : `connect: {host: 127.0.0.1, port: ${heard.port}}`,
      turns: () => turns,
      close: async () => {
        await heard.close();
        transcript.close();
      },
    };
  } catch (error) {
    transcript.close();
    throw error;
  }
}

/** Where an instrument is; the file of its certificates is named from the lab file. @throws {Error} of the file system */
async function placeIn(
  { url, ca }: { readonly url: string; readonly ca?: string | undefined },
  file: string,
): Promise<HttpPlace> {
  return { url, ca: ca === undefined ? null : await readFile(path.resolve(path.dirname(file), ca), 'utf8') };
}
