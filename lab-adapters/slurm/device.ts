import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { readJsonReply } from '../internal/reply.js';
import type { Surroundings } from '../internal/secrets.js';
import { fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import { gathered } from './gathered.js';
import { cancelScript, healthScript, lookScript, type Submission, submitScript } from './scripts.js';
import type { SlurmSettings } from './settings.js';
import { converse, type Said, words } from './shell.js';
import { idIn, type Told, toldBy } from './told.js';
import { verdictOn } from './verdict.js';

/** What a controller says of a job that it will never take. */
const isRefused = /invalid|unrecognized|unknown option|not permitted|not available|must specify|illegal/i;

/** A cluster that is given jobs by Slurm's commands. */
export function slurmDevice(settings: SlurmSettings, environment: Surroundings): RemoteDevice {
  const [timeoutMs, settleMs] = [durationMs(settings.timeout), durationMs(settings.settle)];
  const { folder, again, exits, cost } = settings;
  const shell = { through: settings.through ?? [], timeoutMs, environment };
  const lookLimit = 65_536 + Math.ceil((settings.limit * (settings.keep.length + 1) * 4) / 3);
  /** Since when a job is seen in no queue, by name. */
  const goneSince = new Map<string, number>();

  const told = async (name: string): Promise<Told> =>
    toldBy(await converse(shell, lookScript(settings, name), lookLimit), folder);
  const ordered = (said: Said, what: string) => {
    const trouble =
      of(said, 'folder') ?? (of(said, 'code') === '0' ? null : `${what}${words(of(said, 'complaint') ?? '')}`);
    if (trouble !== null) throw new AdapterError(`${folder}: ${trouble}`);
  };
  const submitAll = async (all: readonly Sent[]): Promise<readonly (() => Said)[]> => {
    // Time has passed: who was given up meanwhile does not begin any more.
    const late = await Promise.all(
      all.map(({ asked }) =>
        asked.latest().then(
          () => null,
          (error: Error) => error,
        ),
      ),
    );
    const sent = all.filter((_, i) => late[i] === null).map(({ made }) => made);
    const said =
      sent.length === 0 ? [] : await converse(shell, submitScript(settings, sent), 65_536 + 512 * sent.length);
    return all.map(({ made }, i) => () => {
      if (late[i] !== null) throw late[i];
      const at = sent.indexOf(made);
      const own = `${at}.`;
      return said.flatMap(([word, text]): Said => {
        if (word === 'id' && sent.length > 1) return [[word, text.replace(/^\d+/, `$&_${at}`)]];
        if (!/^\d+\./.test(word)) return [[word, text]];
        return word.startsWith(own) ? [[word.slice(own.length), text]] : [];
      });
    });
  };
  const batchMs = settings.batch === undefined ? 0 : durationMs(settings.batch.within);
  const submit =
    settings.batch === undefined
      ? ({ made }: Sent) => converse(shell, submitScript(settings, [made]), 65_536)
      : gathered(
          { upTo: settings.batch.upTo, withinMs: batchMs },
          ({ made }: Sent) => made.options.join('\n'),
          submitAll,
        );
  const cancel = async ({ name }: Begun) =>
    ordered(await converse(shell, cancelScript(settings, name), 65_536), 'scancel did not do it');

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    byKeyAlone: true,
    pollMs: durationMs(settings.poll),
    beginLimitMs: timeoutMs + batchMs,
    // A shell that was given up here may go on there, and has as long for sbatch.
    lateMs: timeoutMs,
    cost: typeof cost === 'number' ? cost : undefined,
    validate: async (request) => {
      const made = await submissionOf(settings, { key: 'key', name: '0'.repeat(32), request });
      return 'faults' in made ? made.faults : [];
    },
    async begin(asked: Asked) {
      const made = await submissionOf(settings, asked);
      if ('faults' in made)
        throw refusal('refused', made.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
      const said = await submit({ asked, made });
      const [wrong, before] = [of(said, 'folder'), of(said, 'before')];
      if (wrong !== null) throw new NotBegunError(`${folder}/${asked.name}: ${wrong}`);
      if (before !== null)
        throw refusal(
          'begunBefore',
          `${folder}/${asked.name}/${before} is there: somebody used the key '${asked.key}' before`,
        );
      const id = idIn(of(said, 'id'));
      if (id !== null) return id;
      const complaint = words(of(said, 'complaint') ?? '');
      // The controller answered, or there is no sbatch: then nothing was begun, for certain.
      if (
        !/Batch job submission failed|invalid option|unrecognized option|not found/i.test(complaint) ||
        isUnsure(complaint)
      )
        throw new AdapterError(`sbatch ended with ${of(said, 'code')}${complaint}`);
      throw isRefused.test(complaint)
        ? refusal('refused', `sbatch refused the job${complaint}`)
        : new NotBegunError(`sbatch did not take the job${complaint}`);
    },
    async find(_key: string, name: string) {
      const { queue, id, submitted, started } = await told(name);
      if (started || submitted || (id !== null && typeof queue !== 'string')) return id ?? name;
      if (typeof queue === 'string') throw new AdapterError(queue);
      return null;
    },
    async look({ name }: Begun): Promise<Seen> {
      const now = await told(name);
      const isThere = typeof now.queue !== 'string' && now.queue.some(({ state }) => isAlive(state));
      // Where Slurm cannot be asked the time does not count.
      if (isThere) goneSince.delete(name);
      else if (typeof now.queue !== 'string' && !goneSince.has(name)) goneSince.set(name, Date.now());
      const since = goneSince.get(name) ?? Date.now();
      const maySettle = Date.now() - since < settleMs;
      const seen = verdictOn(now, {
        name,
        maySettle,
        isAlive: (now.aliveAgo ?? Number.POSITIVE_INFINITY) * 1_000 <= settleMs + 1_000,
        again,
        exits,
      });
      const lacksResult = seen.state === 'succeeded' && !(settings.result in { ...now.files, ...now.large });
      if (lacksResult && maySettle) {
        goneSince.set(name, since);
        return { state: 'running', message: `it has ended; ${settings.result} is waited for` };
      }
      return seen;
    },
    async collect({ name, request }: Begun, { state, message, answer }: Seen): Promise<Collected> {
      goneSince.delete(name);
      const { told: now, cause } = answer as { told: Told; cause?: Cause };
      const artefacts = { ...now.files, ...(now.output === null ? {} : { output: now.output }) };
      if (state !== 'succeeded')
        return { values: {}, cause: cause ?? { class: 'unknown', code: state, message: message ?? state }, artefacts };
      const given = await measuredIn(resultIn(now, settings.result), settings, request);
      return { ...given, artefacts, details: { job: now.id, ...given.details } };
    },
    cancel,
    async safeStop(open) {
      await Promise.all(open.map(cancel));
      // What became of the jobs Slurm tells.
      return [];
    },
    async health() {
      const remedy = 'see that Slurm runs and can be reached from here';
      const trouble = await converse(shell, healthScript(settings), 65_536).then(
        (said) => {
          const complaint = of(said, 'code') === '0' ? null : `sinfo failed${words(of(said, 'complaint') ?? '')}`;
          return complaint ?? (of(said, 'folder') === null ? null : `${folder}: ${of(said, 'folder')}`);
        },
        (error: Error) => error.message,
      );
      return trouble === null ? { ok: true, message: 'Slurm answers' } : { ok: false, message: trouble, remedy };
    },
  };
}

/** A job that is to be submitted. */
interface Sent {
  readonly asked: Asked;
  readonly made: Submission;
}

const of = (said: Said, word: string): string | null => said.find(([each]) => each === word)?.[1] ?? null;
const isAlive = (state: string) =>
  /^(?:PENDING|CONFIGURING|REQUEUE|RUNNING|COMPLETING|SUSPENDED|STAGE|SIGNAL|RESIZ|STOPPED)/.test(state);
/** The call was lost: whether the controller took it nobody knows. */
const isUnsure = (complaint: string) =>
  /unable to contact|timed out|zero bytes|connect|transport|communication/i.test(complaint);

function refusal(code: string, message: string): RefusedByDevice {
  return new RefusedByDevice({ class: 'operator', code, message });
}

async function submissionOf(
  { request: template, variables, options }: SlurmSettings,
  { key, name, request }: { readonly key: string; readonly name: string; readonly request: JobRequest },
): Promise<Submission | { readonly faults: readonly Fault[] }> {
  const filling = { key, request, units: await loadUnits(), more: { name } };
  const filled = {
    request: fill(template, filling, ['request']),
    variables: fill(variables, filling, ['variables']),
    options: fill(options, filling, ['options']),
  };
  const faults = Object.values(filled).flatMap((each) => ('faults' in each ? each.faults : []));
  if (faults.length > 0) return { faults };
  const filledIn = (each: keyof typeof filled) => (filled[each] as { value: unknown }).value;
  const texts = Object.entries(filledIn('variables') as Record<string, unknown>).map(([variable, value]) => [
    variable,
    String(value),
  ]);
  return {
    key,
    name,
    request: `${JSON.stringify(filledIn('request'), null, 1)}\n`,
    variables: Object.fromEntries(texts) as Record<string, string>,
    options: (filledIn('options') as unknown[]).map(String),
  };
}

function resultIn({ files, large }: Told, name: string) {
  if (name in large) return { refusal: `${name} has ${large[name]} bytes, which are more than are read` };
  const bytes = files[name];
  return bytes === undefined ? { refusal: `the job ended well, but wrote no ${name}` } : readJsonReply(bytes, name);
}
