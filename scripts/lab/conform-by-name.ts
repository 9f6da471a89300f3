import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Conformance, LawOutcome } from '../../lab-adapters/conformance.js';
import type { Adapter } from '../../lab-adapters/contract.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { byPerson } from '../../models/domain/fidelity.js';
import { oneOf } from '../campaign-file/nearest.js';
import { readConfig } from '../config.js';
import { prepareHome } from '../home.js';
import { loadLab } from '../lab-file.js';
import { latchedBy } from '../safe-stop/latch.js';
import { systemClock } from '../simulate/clock.js';
import { conformInstrument } from './conform-instrument.js';
import { type ConformRequests, readConformRequests } from './conform-requests.js';
import { redactorFor } from './named-secrets.js';
import { openTranscript } from './transcript.js';

/** What is to be tried, on which instrument of which file. */
export interface ConformByName {
  readonly instrument: string;
  /** The lab file. */
  readonly file: string;
  /** The file of requests; without it nothing is asked. */
  readonly requests: string | undefined;
  readonly mayMove: boolean;
  /** Where the transcript goes; a new file in the home where undefined. */
  readonly transcript: string | undefined;
}

/** Where the command is given, and who hears of what happens. */
export interface ConformSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly note: (line: string) => void;
  readonly onLaw: (outcome: LawOutcome) => void;
}

/**
 * Tries the laws of adapters on an instrument of a lab file.
 * @throws {InvalidInputError} with the faults of either file, or what the environment lacks
 * @throws {AthanorError} WRONG_STATE if something is to be moved between a safe stop and its clearing
 */
export async function conformByName(
  { instrument: name, file, requests: asked, mayMove, transcript: place }: ConformByName,
  { environment, note, onLaw }: ConformSurroundings,
): Promise<Conformance & { readonly transcript: string }> {
  const { spec, registry } = await loadLab(file, { onNote: note });
  const instrument = Object.hasOwn(spec.instruments, name) ? spec.instruments[name]! : null;
  if (instrument === null) {
    const remedy = oneOf(name, Object.keys(spec.instruments));
    throw new InvalidInputError(file, [{ path: 'instruments', message: `no instrument '${name}'`, remedy }]);
  }
  if (instrument.adapter === byPerson) {
    const message = `'${name}' are people, and the laws are those of adapters`;
    const remedy = `an instrument with another adapter; what '${name}' are asked 'athanor inbox' shows`;
    throw new InvalidInputError(file, [{ path: `instruments.${name}.adapter`, message, remedy }]);
  }
  const requests = asked === undefined ? null : await readConformRequests(asked);
  const { adapter, settings } = instrument;
  const type = registry!.get(adapter);
  const lacks = type.lacks?.(type.settings.parse(settings), environment) ?? [];
  if (lacks.length > 0) throw new InvalidInputError(`the environment, for '${name}'`, lacks);
  const { home, shared } = readConfig(environment);
  const mayBegin = () => {
    const why = latchedBy(shared ?? home, `${spec.name}/${name}`);
    if (why !== null) throw new AthanorError('WRONG_STATE', `nothing may begin on '${name}': ${why}`);
  };
  if (mayMove) mayBegin();
  const open = (folder: string) => {
    const made = registry!.create(adapter, settings, { clock: systemClock, folder, log: note });
    // A stop may come while laws are tried.
    const submit: Adapter['submit'] = (...order) => {
      mayBegin();
      return made.submit(...order);
    };
    return Object.assign(Object.create(made) as Adapter, { submit });
  };
  if (requests !== null) await mustNameUnits(asked!, requests, open);
  const transcript = await openTranscript(
    place ?? (await placeInHome(environment, note, `${spec.name}-${name}`)),
    redactorFor(settings, environment),
  );
  try {
    const of = { lab: spec.name, instrument: name, adapter, mayMove, asked: requests };
    transcript.add({ format: 'athanor-conformance-1', ...of });
    const result = await conformInstrument({
      open,
      requests,
      mayMove,
      transcript,
      onLaw,
    });
    transcript.add({ levels: result.levels, left: result.left });
    return { ...result, transcript: transcript.file };
  } finally {
    transcript.close();
  }
}

async function placeInHome(
  environment: NodeJS.ProcessEnv,
  note: (line: string) => void,
  name: string,
): Promise<string> {
  const { home } = readConfig(environment);
  await prepareHome(home, note);
  const at = new Date().toISOString().replace(/[:.]/g, '-');
  return path.join(home, 'conformance', `${name}-${at}.jsonl`);
}

/**
 * Templates of the adapter may tell numbers in another unit, for which those of the requests have to be known. Without them every law
 * that asks would be broken, and not by the device.
 *
 * @throws {InvalidInputError} naming the file of requests
 */
async function mustNameUnits(
  file: string,
  { succeeds, another }: ConformRequests,
  open: (folder: string) => Adapter,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'athanor-units-'));
  const adapter = open(folder);
  try {
    const found = await Promise.all([succeeds, another].map((request) => adapter.validate(request)));
    const lacking = new Set(found.flat().flatMap(({ message }) => (lacksUnit.test(message) ? [message] : [])));
    if (lacking.size === 0) return;
    const remedy = "give the units of the designs at the top of the file, as 'units: {temperature: °C}'";
    throw new InvalidInputError(
      file,
      [...lacking].map((message) => ({ path: 'units', message: message.replace(lacksUnit, 'has no unit'), remedy })),
    );
  } finally {
    await adapter.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What templates say of a number that they cannot convert. */
const lacksUnit = /has no unit in the campaign file$/;
