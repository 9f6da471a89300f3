import type { Query } from '../../activities/store/client.js';
import { listLabs } from '../../activities/store/lab.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';

/** An instrument that a worker drives alone. */
export interface Driven {
  readonly lab: string;
  readonly name: string;
}

/**
 * The instruments that a worker is to drive.
 *
 * @param wanted - as NAME, where one lab has it, or LAB/NAME
 * @throws {InvalidInputError} with all that no lab has, that several have, or that all workers drive anyway
 */
export async function drivenInstruments(query: Query, wanted: readonly string[]): Promise<readonly Driven[]> {
  const known = (await listLabs(query)).flatMap(({ name: lab, definition: { instruments } }) =>
    Object.entries(instruments).map(([name, { worker }]) => ({ lab, name, worker })),
  );
  const faults: Fault[] = [];
  const refuse = (message: string, remedy: string) => {
    faults.push({ path: 'instrument', message, remedy });
    return [];
  };
  const driven = wanted.flatMap((given): readonly Driven[] => {
    const found = known.filter(({ lab, name }) => given === name || given === `${lab}/${name}`);
    const [first, ...more] = found;
    if (first === undefined)
      return refuse(
        `no lab has an instrument '${given}'`,
        known.length === 0
          ? 'register one: athanor lab up FILE'
          : among(
              given,
              known.map(({ name }) => name),
            ),
      );
    if (more.length > 0)
      return refuse(`several labs have '${given}'`, found.map(({ lab, name }) => `${lab}/${name}`).join(' or '));
    if (first.worker === undefined)
      return refuse(
        `'${given}' is driven by all workers`,
        "give it a 'worker' in the lab file, then athanor lab up FILE",
      );
    return [{ lab: first.lab, name: first.name }];
  });
  if (faults.length > 0) throw new InvalidInputError('athanor worker', faults);
  return driven;
}
