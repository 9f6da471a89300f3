import { existsSync } from 'node:fs';
import path from 'node:path';
import { call } from '../../activities/device-call.js';
import { AthanorError } from '../../models/domain/errors.js';
import { byPerson } from '../../models/domain/fidelity.js';
import { type LabSpec, resourceId } from '../../models/domain/lab.js';
import { registryFor } from '../campaign-registry.js';
import { homeIdentity } from '../durable/home-identity.js';
import { cleanLine } from '../failure-line.js';
import { systemClock } from '../simulate/clock.js';
import type { ReachedInstrument } from './hold-jobs.js';

/** How long an adapter has to let go, milliseconds. */
const closeMs = 10_000;

/** From where an instrument is reached. */
export interface InstrumentPlace {
  /** The home in which workers keep its jobs, or the folder that homes share. */
  readonly jobs: string;
  /** Whether that is a folder that homes share. */
  readonly shared: boolean;
  readonly log: (line: string) => void;
}

/**
 * Does something with the adapter of an instrument of a lab, over the folder in which the workers of this home have theirs.
 * @throws {AthanorError} WRONG_STATE if people are the instrument, or only a worker on another machine drives it
 */
export async function withInstrument<T>(
  { name: lab, instruments, adapters }: LabSpec,
  name: string,
  { jobs, shared, log }: InstrumentPlace,
  work: (instrument: ReachedInstrument) => Promise<T>,
): Promise<T> {
  const { adapter: type, settings, worker } = instruments[name]!;
  const id = resourceId(lab, name);
  if (type === byPerson)
    throw new AthanorError(
      'WRONG_STATE',
      `${name} are people, whom no command pauses: tell them; 'athanor lab fault ${name}' keeps further steps from them`,
    );
  const folder = path.join(jobs, 'instruments', encodeURIComponent(id));
  if (worker !== undefined && !existsSync(folder))
    throw new AthanorError(
      'WRONG_STATE',
      `the worker on ${worker} drives ${name}, not this home: say it there; 'athanor lab fault ${name}' keeps new jobs from it`,
    );
  const home = existsSync(path.join(jobs, 'home.json')) ? (await homeIdentity(jobs, { shared, log })).id : null;
  const made = await registryFor({ adapters })
    .then((registry) =>
      registry.create(type, settings, { clock: systemClock, folder, log: (line) => log(`${id}: ${line}`) }),
    )
    .catch((error: Error) => error);
  if (made instanceof Error)
    return work({
      id,
      adapter: null,
      trouble: `its adapter cannot be made here: ${cleanLine(made.message, 300)}`,
      home,
    });
  const can = made.pause !== undefined && made.resume !== undefined;
  try {
    return await work({
      id,
      adapter: made,
      trouble: can ? null : `adapter ${type} cannot pause a job as it is set up`,
      home,
    });
  } finally {
    await call('close', made.close(), closeMs).catch(() => undefined);
  }
}
