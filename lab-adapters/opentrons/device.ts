import { createHash } from 'node:crypto';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest, JobState } from '../contract.js';
import { CallError } from '../internal/http-call.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { analysed, verdictIn } from './analysis.js';
import { multipart, type Rendered, rendered } from './protocol.js';
import { endedStates, errorIn, type Robot, type Run, wasPlayed } from './robot.js';
import type { OpentronsSettings } from './settings.js';

const states: Readonly<Record<string, JobState>> = {
  idle: 'queued',
  running: 'running',
  finishing: 'running',
  'stop-requested': 'running',
  'pause-requested': 'paused',
  paused: 'paused',
  'blocked-by-open-door': 'awaiting_operator',
  'awaiting-recovery': 'awaiting_operator',
  'awaiting-recovery-paused': 'awaiting_operator',
  'awaiting-recovery-blocked-by-open-door': 'awaiting_operator',
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'cancelled',
};

/**
 * An Opentrons robot, by the HTTP interface of its server. A protocol is sent with our key, analysed there, a run of it made, which
 * does nothing, and that played once: what is lost is looked for by the key of the protocol.
 */
export function opentronsDevice(settings: OpentronsSettings, robot: Robot): RemoteDevice {
  const { cost, errors, python } = settings;
  const { server } = robot;
  const analysisMs = durationMs(settings.analysis);
  const refuse = (code: string, message: string) => new RefusedByDevice({ class: 'operator', code, message });
  /** Whatever becomes of these calls, nothing moves by them. */
  const still = (cause: Error): never => {
    if (cause instanceof RefusedByDevice || cause instanceof NotBegunError) throw cause;
    throw new NotBegunError(cause.message, { cause });
  };

  const uploaded = async (key: string, { files, parameters }: Rendered): Promise<string> => {
    const boundary = `athanor-${createHash('sha256').update(files[0]!.text).digest('hex').slice(0, 32)}`;
    const fields = {
      key,
      ...(Object.keys(parameters).length === 0 ? {} : { runTimeParameterValues: JSON.stringify(parameters) }),
    };
    for (const end = Date.now() + analysisMs; ; await pause(settings)) {
      const answer = await server.ask('POST', '/protocols', undefined, multipart(files, fields, boundary));
      const { data } = (answer.document ?? {}) as { data?: { id?: unknown } };
      if (answer.ok && typeof data?.id === 'string' && /^[\w-]{1,100}$/.test(data.id)) return data.id;
      if (answer.status === 422 || answer.status === 400)
        throw refuse('refused', `the robot refused the protocol: ${errorIn(answer)}`);
      // It analyses the same protocol still, and takes nothing of it meanwhile.
      if (answer.status !== 503 || Date.now() > end) throw new AdapterError(errorIn(answer));
    }
  };
  const agreed = async (protocol: string): Promise<void> => {
    for (const end = Date.now() + analysisMs; ; await pause(settings)) {
      const last = (await robot.analyses(protocol)).at(-1);
      if (last?.status === 'completed') {
        const words = verdictIn({ result: last.result ?? 'not-ok', errors: last.errors });
        if (words === null) return;
        throw refuse('analysis', `the robot's analysis of the protocol says: ${words}`);
      }
      if (Date.now() > end)
        throw new AdapterError(`the robot did not analyse the protocol within ${settings.analysis}`);
    }
  };
  /** Runs of the protocols that have our key. */
  const runsOf = async (key: string): Promise<readonly Run[]> => {
    const ids = new Set((await robot.protocols()).filter((each) => each.key === key).map(({ id }) => id));
    return ids.size === 0
      ? []
      : (await robot.runs()).filter(({ protocolId }) => protocolId != null && ids.has(protocolId));
  };
  const prepared = async ({ key }: Asked, files: Rendered): Promise<string> => {
    const idle = (await runsOf(key)).find((run) => run.current && !wasPlayed(run));
    if (idle !== undefined && hasParameters(idle, files.parameters)) return idle.id;
    const protocol = await uploaded(key, files);
    await agreed(protocol);
    // Making a run takes the place of one that is idle without a word, whoever made it, and of whatever protocol.
    const other = (await robot.runs()).find(({ current, status }) => current && !endedStates.has(status));
    if (other !== undefined) throw new NotBegunError(`the robot has another run, ${other.id} (${other.status})`);
    const body = {
      data: {
        protocolId: protocol,
        ...(Object.keys(files.parameters).length === 0 ? {} : { runTimeParameterValues: files.parameters }),
      },
    };
    const answer = await server.ask('POST', '/runs', body);
    const { data } = (answer.document ?? {}) as { data?: { id?: unknown } };
    if (answer.ok && typeof data?.id === 'string' && /^[\w-]{1,100}$/.test(data.id)) return data.id;
    throw new AdapterError(errorIn(answer));
  };
  const ordered =
    (action: 'play' | 'pause' | 'stop', isMeant: (run: Run) => boolean) =>
    async ({ handle }: Begun) => {
      const found = await robot.run(handle);
      if (found === null || !isMeant(found.run)) return;
      const words = await robot.order(handle, action);
      // It may have ended meanwhile, which the next look will tell.
      if (words !== null && !endedStates.has((await robot.run(handle))?.run.status ?? 'stopped'))
        throw new AdapterError(words);
    };
  const stop = ordered('stop', ({ status }) => !endedStates.has(status) && status !== 'stop-requested');

  return {
    traits: { resultRetention: 'permanent', exclusive: true, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    beginLimitMs: 10 * server.timeoutMs,
    lateMs: server.timeoutMs,
    cost: typeof cost === 'number' ? cost : undefined,
    validate: async (request: JobRequest): Promise<readonly Fault[]> => {
      const made = await rendered(settings, { key: 'key', name: '0'.repeat(32), request });
      if ('faults' in made) return made.faults;
      const words = python === undefined ? null : await analysed(python, made, analysisMs);
      return words === null
        ? []
        : [{ path: 'protocol', message: words, remedy: 'mend the protocol, or what is filled in' }];
    },
    async begin(asked: Asked) {
      const made = await rendered(settings, asked);
      if ('faults' in made)
        throw refuse('refused', made.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
      // Uploaded and analysed, each for so long at most, and nothing moves; then the run is made and played.
      await asked.lasts(2 * analysisMs + 10 * server.timeoutMs);
      const run = await prepared(asked, made).catch(still);
      await asked.lasts(2 * server.timeoutMs);
      const words = await robot.order(run, 'play').catch((error: Error) => {
        if (error instanceof CallError && !error.sent) throw new NotBegunError(error.message, { cause: error });
        return error.message;
      });
      const found = await robot.run(run);
      if (found !== null && wasPlayed(found.run)) return run;
      if (found === null) return run;
      throw new AdapterError(words ?? `the robot took the order to play ${run}, which is idle`);
    },
    async find(key: string) {
      const played = (await runsOf(key)).filter(wasPlayed);
      if (played.length > 1)
        throw new AdapterError(
          `the robot has ${played.length} runs of key '${key}': ${played.map(({ id }) => id).join(', ')}`,
        );
      return played[0]?.id ?? null;
    },
    async look({ handle }: Begun): Promise<Seen> {
      const found = await robot.run(handle);
      if (found === null) return { state: 'unknown', message: `the robot has no run ${handle} any more` };
      const { run, document } = found;
      const answer = { run, document };
      if (!run.ok) {
        const why = run.dataError?.detail ?? run.dataError?.title ?? 'no reason given';
        return { state: 'unknown', message: `the robot has lost what became of run ${handle}: ${why}`, answer };
      }
      const state = states[run.status];
      if (state === undefined)
        throw new AdapterError(`the robot says '${run.status}' of run ${handle}, which has no meaning here`);
      const isWaiting = state === 'awaiting_operator' || state === 'queued';
      return { state, ...(isWaiting ? { message: `the robot says '${run.status}'` } : {}), answer };
    },
    async collect({ handle, request }: Begun, { state, message, answer }: Seen): Promise<Collected> {
      const { run, document } = (answer ?? {}) as { run?: Run; document?: unknown };
      if (state === 'unknown')
        return { values: {}, cause: { class: 'unknown', code: 'unknown', message: message ?? state } };
      const commands = await robot.commands(handle);
      const lacking = 'refusal' in commands ? commands : null;
      const all = { run: document, commands: lacking === null ? commands : [] };
      const artefacts = { 'run.json': Buffer.from(JSON.stringify(all)) };
      if (state !== 'succeeded')
        return { values: {}, cause: state === 'failed' ? causeOf(run!, errors) : undefined, artefacts };
      const places = { ...settings, values: settings.values ?? {}, cost };
      const given = await measuredIn(lacking ?? { document: all }, places, request);
      return { ...given, artefacts, details: { run: handle, ...given.details } };
    },
    cancel: stop,
    pause: ordered('pause', ({ status }) => status === 'running'),
    resume: ordered('play', ({ status }) => status === 'paused' || status === 'pause-requested'),
    async safeStop(open) {
      // Whatever moves is stopped, whoever began it.
      const current = (await robot.runs()).filter(
        ({ current: is, status }) => is && !endedStates.has(status) && status !== 'idle',
      );
      const ids = new Set([...open.map(({ handle }) => handle), ...current.map(({ id }) => id)]);
      await Promise.all([...ids].map((handle) => stop({ handle, key: '', name: '', request: null, at: 0 })));
      // What became of the runs the robot tells.
      return [];
    },
    async health() {
      const trouble = await server.get('GET', '/health').then(
        () => null,
        (error: Error) => error.message,
      );
      if (trouble === null) return { ok: true, message: `${settings.url} answers` };
      return { ok: false, message: trouble, remedy: 'see that the robot is on and can be reached from here' };
    },
  };
}

/** Whether a run has the parameters that are meant, as far as the robot tells: a person may have made one of our protocol with others. */
function hasParameters({ runTimeParameters }: Run, wanted: Rendered['parameters']): boolean {
  return runTimeParameters.every(
    ({ variableName, value }) => !Object.hasOwn(wanted, variableName) || wanted[variableName] === value,
  );
}

const pause = (settings: OpentronsSettings) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(1_000, durationMs(settings.poll))));

function causeOf({ errors: [first] }: Run, classes: OpentronsSettings['errors']): Cause {
  const code = first?.errorCode ?? first?.errorType ?? 'failed';
  const [kind] = Object.entries(classes).find(([, codes]) => codes.includes(code)) ?? [];
  return {
    class: (kind as Cause['class'] | undefined) ?? 'device',
    code: /^\d/.test(code) ? `error${code.replace(/\W+/g, '_')}` : code.replace(/\W+/g, '_'),
    message: first?.detail ?? first?.errorType ?? 'the run failed, without a word',
  };
}
