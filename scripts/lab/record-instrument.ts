import { httpSettings } from '../../lab-adapters/http/settings.js';
import { linesSettings } from '../../lab-adapters/lines/settings.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { oneOf } from '../campaign-file/nearest.js';
import { loadLab } from '../lab-file.js';
import type { Listening } from './listening.js';
import { redactorFor } from './named-secrets.js';
import { recordHttp } from './record-http.js';
import { recordLines } from './record-lines.js';
import { openTranscript } from './transcript.js';

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
  if (adapter !== 'http' && adapter !== 'lines')
    throw fault(
      `instruments.${name}.adapter`,
      `what adapter '${adapter}' says cannot be recorded`,
      "an instrument of adapter 'http', or of 'lines' over TCP or a serial line",
    );
  // To the last sign: line ends are told from one another.
  const transcript = await openTranscript(out, redactorFor(settings, environment), (line) => line);
  let turns = 0;
  const onTurn = (turn: object) => {
    turns += 1;
    transcript.add(turn);
  };
  const head = { format: 'athanor-exchange-1', lab: spec.name, instrument: name, adapter, at: Date.now() };
  try {
    const told = adapter === 'http' ? { kind: 'http' } : { kind: 'lines', ends: linesSettings.parse(settings).ends };
    transcript.add({ ...head, ...told });
    const heard =
      adapter === 'http'
        ? await recordHttp(httpSettings.parse(settings).url, port, onTurn)
        : await recordLines(linesSettings.parse(settings), port, onTurn);
    return {
      port: heard.port,
      settings:
        adapter === 'http' ? `url: http://127.0.0.1:${heard.port}` : `connect: {host: 127.0.0.1, port: ${heard.port}}`,
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
