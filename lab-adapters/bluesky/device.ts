import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import { CallError } from '../internal/http-call.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import { documentsOf, runsIn } from './documents.js';
import { type Done, keyOf, type QueueServer } from './server.js';
import { type BlueskySettings, keyName } from './settings.js';
import { verdictOn } from './verdict.js';

/** A bluesky queue server, which is given one plan a trial. */
export function blueskyDevice(settings: BlueskySettings, queue: QueueServer): RemoteDevice {
  const { cost, exceptions } = settings;
  const { timeoutMs } = queue.server;
  /** Plans that were taken out of the queue here, of which the server keeps nothing. */
  const removed = new Set<string>();

  /** Takes out plans that failed and were put back: whoever starts the queue would run them again. */
  const withoutPutBack = async (): Promise<void> => {
    for (const item of (await queue.queue()).items)
      if ('result' in item && keyOf(item) !== null) {
        const trouble = await queue.order('/api/queue/item/remove', { uid: item.item_uid });
        if (trouble !== null)
          throw new AdapterError(`a plan that was put back cannot be taken out of the queue: ${trouble}`);
      }
  };
  const startQueue = async ({ latest }: Asked): Promise<void> => {
    if (!settings.start || (await queue.status()).manager_state !== 'idle') return;
    await withoutPutBack();
    await latest();
    await queue.order('/api/queue/start');
  };
  const until = async (isSo: (state: string) => boolean): Promise<boolean> => {
    for (const end = Date.now() + timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
      if (isSo((await queue.status()).manager_state)) return true;
      if (Date.now() > end) return false;
    }
  };
  /** Ends what runs, if it is (still) the plan that is meant. */
  const abort = async (isMeant: (running: string | null) => boolean): Promise<void> => {
    const { manager_state: state } = await queue.status();
    if (state !== 'paused') await queue.order('/api/re/pause', { option: 'immediate' });
    const isHeld = await until((now) => now === 'paused' || now === 'idle');
    const now = await queue.status();
    if (now.manager_state !== 'paused') {
      if (isHeld) return;
      throw new AdapterError(`the plan did not come to a pause within ${timeoutMs / 1000} s (${now.manager_state})`);
    }
    // The queue went on meanwhile: somebody else's plan is not ours to end.
    if (!isMeant(now.running_item_uid ?? null)) return void (await queue.order('/api/re/resume'));
    const trouble = await queue.order('/api/re/abort');
    if (trouble !== null) throw new AdapterError(`the plan cannot be aborted: ${trouble}`);
    await until((each) => each === 'idle');
  };
  const holding =
    (what: 'paused' | 'resumed', path: string, body: object) =>
    async ({ handle }: Begun) => {
      const { running_item_uid: now, manager_state: state } = await queue.status();
      if (now !== handle) throw new AdapterError(`only a plan that runs can be ${what}; this one does not`);
      if ((state === 'paused') === (what === 'paused')) return;
      const trouble = await queue.order(path, body);
      if (trouble !== null) throw new AdapterError(`the plan cannot be ${what}: ${trouble}`);
    };

  /** Puts a plan into the queue. @returns the server's name of it */
  const added = async (asked: Asked): Promise<string> => {
    const made = await itemOf(settings, asked);
    if ('faults' in made)
      throw new ContractError(made.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
    const answer = await queue.server.ask('POST', '/api/queue/item/add', made).catch((error: unknown) => {
      throw error instanceof CallError && !error.sent ? new NotBegunError(error.message, { cause: error }) : error;
    });
    const { success, msg, item } = (answer.document ?? {}) as Record<string, unknown>;
    if (!answer.ok) {
      const isCertain = answer.status >= 300 && answer.status < 500 && answer.status !== 408;
      throw isCertain ? new NotBegunError(answer.words) : new AdapterError(answer.words);
    }
    if (success === false) {
      const words = cleanText(typeof msg === 'string' ? msg : 'no reason given', 500);
      // Without an environment, or while a person has locked it, the server refuses what it would take later.
      const isLater = /lock/i.test(words) || !(await queue.status().catch(() => null))?.worker_environment_exists;
      if (isLater) throw new NotBegunError(`the queue server does not take plans now: ${words}`);
      throw new RefusedByDevice({
        class: 'operator',
        code: 'refused',
        message: `the queue server refused the plan: ${words}`,
      });
    }
    const uid = (item as { item_uid?: unknown } | undefined)?.item_uid;
    if (success !== true || typeof uid !== 'string' || uid === '') throw new AdapterError(answer.words);
    return uid;
  };
  const found = async (key: string): Promise<string | null> => {
    const now = await queue.queue();
    const past = await queue.past(await queue.status());
    const waiting = now.items.filter((item) => !('result' in item));
    const all = [...past, ...waiting, ...(now.running === null ? [] : [now.running])];
    const uids = [...new Set(all.filter((item) => keyOf(item) === key).map((item) => item.item_uid))];
    if (uids.length > 1)
      throw new AdapterError(`the queue server has ${uids.length} plans of key '${key}': ${uids.join(', ')}`);
    return uids[0] ?? null;
  };

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    beginLimitMs: 10 * timeoutMs,
    // A manager that hangs takes what was sent to it when it wakes.
    lateMs: timeoutMs,
    cost: typeof cost === 'number' ? cost : undefined,
    validate: async (request) => {
      const made = await itemOf(settings, { key: 'key', name: '0'.repeat(32), request });
      return 'faults' in made ? made.faults : [];
    },
    async begin(asked: Asked) {
      const uid = await added(asked).catch(async (error: Error) => {
        if (error instanceof NotBegunError || error instanceof RefusedByDevice || error instanceof ContractError)
          throw error;
        // The reply was lost: a plan that did come stands in a queue that nobody has started.
        const taken = await found(asked.key).catch(() => null);
        if (taken === null) throw error;
        return taken;
      });
      // It is in the queue: what becomes of the rest is seen when it is looked at.
      await startQueue(asked).catch(() => {});
      return uid;
    },
    find: found,
    async look(begun: Begun): Promise<Seen> {
      const standing = await queue.status();
      if (standing.running_item_uid === begun.handle) {
        const isPaused = standing.manager_state === 'paused';
        return isPaused ? { state: 'paused', message: 'the plan is paused at the queue server' } : { state: 'running' };
      }
      const done = await pastOf(queue, begun, standing);
      if (done !== undefined) {
        await withoutPutBack().catch(() => {});
        return verdictOn(done, exceptions);
      }
      const { items, running: now } = await queue.queue();
      if (now?.item_uid === begun.handle) return { state: 'running' };
      if (items.some((item) => item.item_uid === begun.handle)) {
        const idle = standing.worker_environment_exists
          ? 'the queue stands still: somebody has to start it'
          : 'the environment of the queue server is closed: somebody has to open it and start the queue';
        return { state: 'queued', ...(standing.manager_state === 'idle' ? { message: idle } : {}) };
      }
      if (removed.has(begun.handle)) return { state: 'cancelled', message: 'taken out of the queue' };
      // It may have moved between two replies.
      const late = await pastOf(queue, begun, await queue.status());
      if (late !== undefined) return verdictOn(late, exceptions);
      if ((await queue.status()).running_item_uid === begun.handle) return { state: 'running' };
      return {
        state: 'unknown',
        message: `the plan ${begun.handle} is in no queue and no history of the queue server`,
      };
    },
    async collect(begun: Begun, { state, message, answer }: Seen): Promise<Collected> {
      const { done, cause } = (answer ?? {}) as { done?: Done; cause?: Cause };
      const artefacts = done === undefined ? undefined : { 'item.json': Buffer.from(JSON.stringify(done, null, 1)) };
      if (state !== 'succeeded')
        return { values: {}, cause: cause ?? { class: 'unknown', code: state, message: message ?? state }, artefacts };
      const told = await documentsOf(queue, settings.documents, done!.result.run_uids);
      const read = 'failed' in told ? { refusal: told.failed } : runsIn(told.answer);
      const given = await measuredIn(read, settings, begun.request);
      return {
        ...given,
        artefacts: {
          ...artefacts,
          ...('answer' in told ? { 'documents.json': Buffer.from(JSON.stringify(told.answer) ?? 'null') } : {}),
        },
        details: { runs: done!.result.run_uids, ...given.details },
      };
    },
    async cancel(begun: Begun) {
      const trouble = await queue.order('/api/queue/item/remove', { uid: begun.handle });
      if (trouble === null) return void removed.add(begun.handle);
      if ((await queue.status()).running_item_uid === begun.handle) await abort((uid) => uid === begun.handle);
    },
    pause: holding('paused', '/api/re/pause', { option: 'immediate' }),
    resume: holding('resumed', '/api/re/resume', {}),
    async safeStop(open) {
      // Nothing more begins, whoever asked for it; what runs ends.
      await queue.order('/api/queue/stop').catch(() => {});
      const [first] = await Promise.all([
        abort(() => true).then(
          () => null,
          (error: Error) => error,
        ),
        ...open.map(async ({ handle }) => {
          const isOut = (await queue.order('/api/queue/item/remove', { uid: handle }).catch(() => 'no')) === null;
          if (isOut) removed.add(handle);
        }),
      ]);
      if (first !== null) throw first;
      return open.filter(({ handle }) => removed.has(handle));
    },
    async health() {
      const told = await queue.status().catch((error: Error) => error);
      if (told instanceof Error)
        return {
          ok: false,
          message: told.message,
          remedy: 'see that the queue server is on and can be reached from here',
        };
      if (!told.worker_environment_exists)
        return { ok: false, message: 'the environment of the queue server is closed', remedy: 'open it' };
      return { ok: true, message: `the queue server is ${told.manager_state}` };
    },
  };
}

async function pastOf(
  queue: QueueServer,
  { handle }: Begun,
  standing: Awaited<ReturnType<QueueServer['status']>>,
): Promise<Done | undefined> {
  return (await queue.past(standing)).find((item) => item.item_uid === handle);
}

async function itemOf(
  { plan, args, kwargs, meta }: BlueskySettings,
  { key, name, request }: { readonly key: string; readonly name: string; readonly request: JobRequest },
): Promise<{ readonly item: object } | { readonly faults: readonly Fault[] }> {
  const filling = { key, request, units: await loadUnits(), more: { name } };
  const filled = [fill(args, filling, ['args']), fill(kwargs, filling, ['kwargs']), fill(meta, filling, ['meta'])];
  const faults = filled.flatMap((each) => ('faults' in each ? each.faults : []));
  if (faults.length > 0) return { faults };
  const [positional, named, more] = filled.map((each) => (each as { value: unknown }).value);
  const marked = { ...(more as object), [keyName]: key };
  return { item: { item_type: 'plan', name: plan, args: positional, kwargs: named, meta: marked } };
}
