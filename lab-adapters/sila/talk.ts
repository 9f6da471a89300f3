import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { JobRequest } from '../contract.js';
import { fill, parameterOf, partsOf, type Template } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import { commandOf, propertyOf, type SilaClient } from './client.js';
import { type Command, type Feature, unitOf } from './feature.js';
import type { Messages } from './messages.js';
import type { Call, SilaSettings } from './settings.js';
import { decoded, readMessage, written } from './values.js';

/** What a call is about. */
export interface About {
  readonly key: string;
  readonly name: string;
  /** UUID of the execution. */
  readonly handle?: string;
  /** Null where it was found by its key alone. */
  readonly request: JobRequest | null;
}

const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: '', objectives: [] };

/** How an execution stands: `commandStatus` of the standard, by its number. */
export const commandStates = ['waiting', 'running', 'finishedSuccessfully', 'finishedWithError'] as const;

/** What is said to a server, in the words of the settings. */
export class Talk {
  private readonly known = new Map<string, Promise<Messages>>();

  constructor(
    private readonly client: SilaClient,
    private readonly settings: SilaSettings,
  ) {}

  /** @throws {AdapterError} if another server answers than the settings name */
  async identify(): Promise<void> {
    if (this.settings.uuid === undefined) return;
    const { service } = this.client;
    const answer = await this.client.call(service, 'Get_ServerUUID', new Uint8Array());
    const { ServerUUID: uuid } = readMessage(service, 'Get_ServerUUID_Responses', service.feature.properties, answer);
    if (String(uuid).toLowerCase() !== this.settings.uuid.toLowerCase())
      throw new AdapterError(`another server answers at ${this.settings.server}: ${String(uuid).slice(0, 100)}`);
  }

  /** Feature and identifier that a name in the settings means. */
  async named(name: string): Promise<readonly [Messages, string]> {
    const [, feature = this.settings.feature, id = name] = /^(.*)\/(?:Command|Property)\/([^/]+)$/.exec(name) ?? [];
    const known = this.known.get(feature) ?? this.client.messages(feature);
    this.known.set(feature, known);
    return [await known, id];
  }

  /** A command with its parameters, ready to be sent. @throws {ContractError} if it cannot be filled in */
  async prepared(call: Call, about: About): Promise<{ messages: Messages; command: Command; bytes: Uint8Array }> {
    const [messages, id] = await this.named(call.command);
    const command = commandOf(messages, id);
    const filled = await filledWith(call.with, about);
    if ('faults' in filled) throw new ContractError(filled.faults.map(({ message }) => message).join('; '));
    const made = written(messages, `${id}_Parameters`, command.parameters, filled.value as Record<string, unknown>);
    const units = await unitFaults(call, command, messages.feature, about.request);
    const faults = [
      ...('faults' in made ? made.faults.map(({ path, message }) => `${path}: ${message}`) : []),
      ...units,
    ];
    if (faults.length > 0 || !('bytes' in made)) throw new ContractError(`${id}: ${faults.join('; ')}`);
    return { messages, command, bytes: made.bytes };
  }

  /** Calls an unobservable command. @returns its responses */
  async carryOut(
    call: Call,
    about: About,
    withinMs = durationMs(this.settings.timeout),
  ): Promise<Record<string, unknown>> {
    const { messages, command, bytes } = await this.prepared(call, about);
    if (command.observable)
      throw new ContractError(`${command.id} is observable; an unobservable command is wanted here`);
    return this.responses(messages, command, await this.client.call(messages, command.id, bytes, withinMs));
  }

  responses(messages: Messages, { id, responses }: Command, bytes: Uint8Array): Record<string, unknown> {
    return readMessage(messages, `${id}_Responses`, responses, bytes);
  }

  /** Value of a property now. */
  async property(name: string): Promise<Record<string, unknown>> {
    const [messages, id] = await this.named(name);
    const property = propertyOf(messages, id);
    const rpc = `${property.observable ? 'Subscribe' : 'Get'}_${id}`;
    const answer = property.observable
      ? await this.client.first(messages, rpc, new Uint8Array())
      : await this.client.call(messages, rpc, new Uint8Array());
    return readMessage(messages, `${rpc}_Responses`, [property], answer);
  }

  /** Begins an execution. @returns its UUID */
  async begin(messages: Messages, command: Command, bytes: Uint8Array): Promise<string> {
    const answer = await this.client.call(messages, command.id, bytes);
    const told = decoded(messages, messages.standard('CommandConfirmation'), answer) as {
      commandExecutionUUID: { value: string } | null;
    };
    const uuid = told.commandExecutionUUID?.value ?? '';
    if (uuid === '') throw new AdapterError(`${command.id}: the confirmation names no execution`);
    return uuid;
  }

  /** How an execution stands. */
  async info(
    messages: Messages,
    command: Command,
    uuid: string,
  ): Promise<{ status: string; progress: number | undefined }> {
    const answer = await this.client.first(messages, `${command.id}_Info`, this.uuid(messages, uuid));
    const told = decoded(messages, messages.standard('ExecutionInfo'), answer) as {
      commandStatus: number;
      progressInfo: { value: number } | null;
    };
    return {
      status: commandStates[told.commandStatus] ?? String(told.commandStatus),
      progress: told.progressInfo?.value,
    };
  }

  /** What an execution gave, as it came. */
  async result(messages: Messages, command: Command, uuid: string): Promise<Uint8Array> {
    return this.client.call(messages, `${command.id}_Result`, this.uuid(messages, uuid));
  }

  private uuid(messages: Messages, value: string): Uint8Array {
    return messages.standard('CommandExecutionUUID').encode({ value }).finish();
  }
}

/** Parameters with their values, or what keeps them from having any. */
export async function filledWith(parameters: Call['with'], { key, name, handle, request }: About) {
  const more = { name, ...(handle === undefined ? {} : { job: handle }) };
  return fill(parameters as Template, { key, request: request ?? nothing, units: await loadUnits(), more });
}

/** Numbers in another unit than that which the definition has for the parameter. */
export async function unitFaults(
  call: Call,
  command: Command,
  feature: Feature,
  request: Pick<JobRequest, 'units'> | null,
): Promise<readonly string[]> {
  const units = await loadUnits();
  return command.parameters.flatMap(({ id, type }) => {
    const [label, template] = [unitOf(type, feature), call.with[id]];
    if (label === undefined || typeof template !== 'string') return [];
    const parts = partsOf(template);
    const [slot] = parts;
    if (typeof parts === 'string' || typeof slot !== 'object') return [];
    const unit = slot.unit ?? request?.units?.[parameterOf(slot.name)];
    if (unit === undefined || units.fault(label, label) !== null) return [];
    const isSame =
      units.fault(unit, label) === null && [0, 1].every((x) => Math.abs(units.convert(x, unit, label) - x) < 1e-9);
    return isSame ? [] : [`${id}: ${template} is in '${unit}'; the definition wants '${label}'`];
  });
}
