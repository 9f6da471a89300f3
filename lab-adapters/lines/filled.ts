import { ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { type Filled, fill, type Template } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { LinesSettings } from './settings.js';

/** What is talked about. */
export interface About {
  readonly key: string;
  readonly name: string;
  /** Null where it was found by its key alone. */
  readonly request: JobRequest | null;
}

const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: '', objectives: [] };

async function filled(
  template: Template,
  { key, name, request }: About,
  path: readonly PropertyKey[] = [],
): Promise<Filled> {
  // A line is printable signs: a value with a line end in it would be a command of its own.
  const written = (text: string) => (/^[\x20-\x7e]*$/.test(text) ? text : null);
  return fill(template, { key, request: request ?? nothing, units: await loadUnits(), more: { name }, written }, path);
}

/** A command with its values. @throws {ContractError} if it has none for a place, or they are none for a line */
export async function filledText(template: string, about: About): Promise<string> {
  // Within a longer text, so that decimals are written out and signs looked at.
  const made = await filled(`${template} `, about);
  if ('value' in made) return String(made.value).slice(0, -1);
  throw new ContractError(made.faults.map(({ message }) => message).join('; '));
}

/** A number or text that is waited for. @throws {ContractError} as above */
export async function filledNumber(template: string | number, about: About): Promise<string | number> {
  if (typeof template === 'number') return template;
  const made = await filled(template, about);
  if ('value' in made) return made.value as string | number;
  throw new ContractError(made.faults.map(({ message }) => message).join('; '));
}

/** All templates of the settings that a request has to fill, with their places. */
export function templatesOf(settings: LinesSettings): readonly (readonly [Template, readonly PropertyKey[]])[] {
  const steps = (['set', 'start', 'stop'] as const).flatMap((name) =>
    (settings[name] ?? []).flatMap(({ send, back }, i): (readonly [Template, readonly PropertyKey[]])[] => [
      [`${send} `, [name, i, 'send']],
      ...(back === undefined
        ? []
        : ([
            [`${back.send} `, [name, i, 'back', 'send']],
            [back.is, [name, i, 'back', 'is']],
          ] as const)),
    ]),
  );
  const values = Object.entries(settings.values).map(
    ([outcome, { send }]) => [`${send} `, ['values', outcome, 'send']] as const,
  );
  const asks = (['done', 'failed', 'identity', 'find'] as const).flatMap((name) => {
    const ask = settings[name];
    return ask === undefined ? [] : [[`${ask.send} `, [name, 'send']] as const];
  });
  return [
    ...steps,
    ...asks,
    ...(settings.done.is === undefined ? [] : [[settings.done.is, ['done', 'is']] as const]),
    ...values,
  ];
}

/** What keeps a request from being said in lines. */
export async function requestFaults(settings: LinesSettings, request: JobRequest): Promise<readonly Fault[]> {
  const about = { key: 'key', name: '0'.repeat(32), request };
  const all = await Promise.all(templatesOf(settings).map(([template, path]) => filled(template, about, path)));
  return all.flatMap((made) => ('faults' in made ? made.faults : []));
}
