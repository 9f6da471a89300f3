import { ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { type Filling, fill, type Template } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { MqttSettings, Sent } from './settings.js';

/** What a message is about. */
export interface About {
  readonly key: string;
  readonly name: string;
  /** What the device calls the job. */
  readonly handle?: string;
  /** Null where it was found by its key alone. */
  readonly request: JobRequest | null;
}

const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: '', objectives: [] };

/** A value within a topic: signs that part levels, or stand for any, are none of it. */
function inTopic(text: string): string | null {
  return text.includes('\0') ? null : text.replace(/[%/+#]/g, encodeURIComponent);
}

async function fillingOf({ key, name, handle, request }: About): Promise<Filling> {
  const more = { name, ...(handle === undefined ? {} : { job: handle }) };
  return { key, request: request ?? nothing, units: await loadUnits(), more };
}

/** A topic with its values. @throws {ContractError} if it has none for a place */
export async function filledTopic({ device }: MqttSettings, topic: string, about: About): Promise<string> {
  // Within a longer text, so that all values are written as parts of a topic.
  const made = fill(`${topic} `, { ...(await fillingOf(about)), written: inTopic });
  if ('faults' in made) throw refusal(made.faults);
  return `${device}/${String(made.value).slice(0, -1)}`;
}

/** Topic and payload with their values. @throws {ContractError} if there is none for a place */
export async function filledMessage(
  settings: MqttSettings,
  sent: Pick<Sent, 'topic' | 'payload' | 'properties'>,
  about: About,
): Promise<Pick<Sent, 'topic' | 'properties'> & { readonly payload: string }> {
  const filling = await fillingOf(about);
  const payload = fill(sent.payload ?? {}, filling);
  const properties = fill((sent.properties ?? {}) as Template, { ...filling, written: (text) => text });
  const faults = [payload, properties].flatMap((made) => ('faults' in made ? made.faults : []));
  if (!('value' in payload && 'value' in properties)) throw refusal(faults);
  const texts = Object.entries(properties.value as Record<string, unknown>).map(([k, v]) => [k, String(v)] as const);
  return {
    topic: await filledTopic(settings, sent.topic, about),
    payload: JSON.stringify(payload.value),
    ...(texts.length > 0 && { properties: Object.fromEntries(texts) }),
  };
}

/** What keeps a request from being sent as a command. */
export async function requestFaults({ submit }: MqttSettings, request: JobRequest): Promise<readonly Fault[]> {
  const filling = await fillingOf({ key: 'key', name: '0'.repeat(32), request });
  const parts = [
    fill(`${submit.topic} `, { ...filling, written: inTopic }, ['submit', 'topic']),
    fill(submit.payload ?? {}, filling, ['submit', 'payload']),
    fill((submit.properties ?? {}) as Template, filling, ['submit', 'properties']),
  ];
  return parts.flatMap((made) => ('faults' in made ? made.faults : []));
}

function refusal(faults: readonly Fault[]): ContractError {
  return new ContractError(faults.map(({ message }) => message).join('; '));
}
