import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest, JobState } from '../contract.js';
import { CallError } from '../internal/http-call.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { type Filled, fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { Memory } from './memory.js';
import { type ActionResult, type ActionState, type Node, startedBy, wordsOf } from './node.js';
import type { MadsciSettings } from './settings.js';

const states: Readonly<Record<ActionState, JobState>> = {
  not_started: 'queued',
  not_ready: 'failed',
  running: 'running',
  paused: 'paused',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  unknown: 'unknown',
};

/**
 * A node that runs actions. It names them itself when they are created, and starts each name once: so the name is noted before
 * the start, and whatever is lost is asked for by it. A node that was started again has forgotten all: that is told by another
 * action that it knew before, and then nobody can tell.
 */
export function madsciDevice(settings: MadsciSettings, node: Node, memory: Memory): RemoteDevice {
  const { action, cost, admin, errors } = settings;
  const { server } = node;
  const path = `/action/${encodeURIComponent(action)}`;
  /** An action that the node was seen to know. */
  let known: string | null = null;

  const seen = (id: string, state: ActionState): ActionState => {
    if (state !== 'unknown') known = id;
    return state;
  };
  const stateOf = async (id: string) => seen(id, await node.state(id));
  /** Whether the node has forgotten what it knew; null where that cannot be told. */
  const hasForgotten = async (witness: string | null) =>
    witness === null ? null : (await node.state(witness)) === 'unknown';
  const filled = async (key: string, name: string, request: JobRequest): Promise<Filled> =>
    fill(settings.args, { key, request, units: await loadUnits(), more: { name } }, ['args']);

  const created = async ({ key, name, request }: Asked): Promise<string> => {
    const made = await filled(key, name, request);
    if ('faults' in made)
      throw new ContractError(made.faults.map(({ path: at, message }) => `${at}: ${message}`).join('; '));
    // Whatever becomes of these calls, an action that was only created does not run.
    const nothing = (cause: Error): never => {
      throw new NotBegunError(cause.message, { cause });
    };
    const witness = known ?? (await node.anyAction().catch(nothing));
    const answer = await server.ask('POST', path, { args: made.value }).catch(nothing);
    if (answer.status === 422 || answer.status === 404)
      throw new RefusedByDevice({ class: 'operator', code: 'refused', message: `the node refused: ${answer.words}` });
    const { action_id: id } = (answer.document ?? {}) as Record<string, unknown>;
    if (!answer.ok || typeof id !== 'string' || !/^[\w-]{1,100}$/.test(id)) throw new NotBegunError(answer.words);
    await memory.put(name, { action: id, witness });
    return id;
  };
  const order =
    (command: 'cancel' | 'pause' | 'resume') =>
    async ({ handle }: Begun) => {
      const state = await stateOf(handle);
      // Orders are of the whole node: another action is not meant.
      if (state === 'running' || state === 'paused') await node.order(command);
    };

  return {
    // Most nodes run one action at a time; others are "not ready" then.
    traits: { resultRetention: 'permanent', exclusive: true, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    beginLimitMs: 5 * server.timeoutMs,
    lateMs: server.timeoutMs,
    cost: typeof cost === 'number' ? cost : undefined,
    validate: async (request) => {
      const made = await filled('key', '0'.repeat(32), request);
      return 'faults' in made ? made.faults : [];
    },
    async begin(asked: Asked) {
      const note = await memory.get(asked.name);
      const before = note === null ? null : await stateOf(note.action);
      if (before !== null && before !== 'unknown' && before !== 'not_ready') return note!.action;
      // A name is started once, so that one that was not started may be tried again.
      const id = before === 'unknown' ? note!.action : await created(asked);
      await asked.latest();
      const answer = await server.ask('POST', `${path}/${encodeURIComponent(id)}/start`).catch((error: unknown) => {
        if (error instanceof CallError && !error.sent) throw new NotBegunError(error.message, { cause: error });
        return error as Error;
      });
      const said = answer instanceof Error ? null : startedBy(answer.document);
      // What a start says of itself is no outcome: one that is repeated "failed", while the first goes on.
      const state = await stateOf(id);
      if (state === 'not_ready')
        throw new NotBegunError(`the node is not ready: ${said === null ? 'no reason given' : wordsOf(said.errors)}`);
      if (state !== 'unknown') return id;
      // The look at it will say that nobody can tell.
      if (await hasForgotten((await memory.get(asked.name))!.witness)) return id;
      throw new AdapterError(
        answer instanceof Error
          ? answer.message
          : `the action ${id} was not started: ${said === null ? answer.words : wordsOf(said.errors)}`,
      );
    },
    async find(_key: string, name: string) {
      const note = await memory.get(name);
      if (note === null) return null;
      const state = await stateOf(note.action);
      if (state === 'not_ready') return null;
      if (state !== 'unknown') return note.action;
      return (await hasForgotten(note.witness)) === false ? null : note.action;
    },
    async look({ handle }: Begun): Promise<Seen> {
      const state = await stateOf(handle);
      if (state === 'unknown')
        return {
          state: 'unknown',
          message: `the node does not know the action ${handle}: it was started again, or never began it`,
        };
      // A node that is paused says so of itself; the action goes on being called running.
      const isHeld = state === 'running' && admin.includes('pause') && (await node.status()).paused === true;
      return { state: isHeld ? 'paused' : states[state] };
    },
    async collect({ handle, request }: Begun, { state, message }: Seen): Promise<Collected> {
      if (state === 'unknown' || state === 'cancelled')
        return { values: {}, cause: { class: 'unknown', code: state, message: message ?? state } };
      const told = await node.result(handle);
      if ('refusal' in told) {
        if (state !== 'succeeded')
          return { values: {}, cause: { class: 'unknown', code: state, message: told.refusal } };
        const given = await measuredIn(told, settings, request);
        return { ...given, details: { action: handle, ...given.details } };
      }
      const { result, document } = told;
      const artefacts = { 'result.json': Buffer.from(JSON.stringify(document, null, 1)) };
      if (state !== 'succeeded') return { values: {}, cause: causeOf(result, errors), artefacts };
      if (result.status !== 'succeeded')
        throw new AdapterError(`the node says '${result.status}' with a result of what it called succeeded`);
      const given = await measuredIn({ document }, settings, request);
      return { ...given, artefacts, details: { action: handle, ...given.details } };
    },
    ...(admin.includes('cancel') && { cancel: order('cancel') }),
    ...(admin.includes('pause') && admin.includes('resume') && { pause: order('pause'), resume: order('resume') }),
    ...((admin.includes('safety_stop') || admin.includes('cancel')) && {
      safeStop: async () => {
        await node.order(admin.includes('safety_stop') ? 'safety_stop' : 'cancel');
        // What became of the actions the node tells.
        return [];
      },
    }),
    async health() {
      const told = await node.status().catch((error: Error) => error);
      if (told instanceof Error)
        return { ok: false, message: told.message, remedy: 'see that the node is on and can be reached from here' };
      const words = told.description ?? (told.ready ? 'ready' : 'not ready');
      return told.ready
        ? { ok: true, message: `the node is ready: ${words}` }
        : {
            ok: false,
            message: `the node is not ready: ${words}`,
            remedy: 'see to it, then reset it (POST /admin/reset)',
          };
    },
  };
}

function causeOf(result: ActionResult, classes: MadsciSettings['errors']): Cause {
  const type = result.errors.at(-1)?.error_type ?? null;
  const [kind] = Object.entries(classes).find(([, names]) => type !== null && names.includes(type)) ?? [];
  return {
    class: (kind as Cause['class'] | undefined) ?? 'unknown',
    code: type?.replace(/\W+/g, '_').slice(0, 100) || 'failed',
    message: wordsOf(result.errors),
  };
}
