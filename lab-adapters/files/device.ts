import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import { besideOf, takeBeside } from '../internal/beside.js';
import { takeOutcomes } from '../internal/outcomes.js';
import { fileAt } from '../internal/raw-shelf.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import type { Read } from '../internal/reply.js';
import { fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import { type Appeared, Watch } from './appeared.js';
import { documentIn, placesOf } from './document.js';
import { fileName, fitting, type Of } from './names.js';
import type { FilesSettings } from './settings.js';
import { placeWhole, requestText, tableFault } from './writing.js';

/** Files that do not fit are waited for so many times as long as good ones: they may be written in parts. */
const patience = 10;

/** A device that takes requests from one folder and puts results into another. */
export function filesDevice(settings: FilesSettings): RemoteDevice {
  const { requests, results, request, result, removes } = settings;
  const stableMs = result.done === undefined ? durationMs(result.stable) : 0;
  const watch = new Watch();
  const places = placesOf(settings);
  const moved = settings.moved.map((folder) => resolve(requests, folder));

  const answersTo = async (of: Of) => {
    const [good, bad] = await Promise.all([
      fitting(results, result.name, of),
      settings.failed === undefined ? ([] as string[]) : fitting(results, settings.failed, of),
    ]);
    return {
      good: good.filter((name) => !bad.includes(name) && name !== (result.done && fileName(result.done, of))),
      bad,
    };
  };
  const isIn = async (folder: string, of: Of) => (await fitting(folder, request.name, of)).length > 0;
  const filled = async (given: JobRequest, of: Of) => {
    const made = fill(
      request.content,
      { key: of.key, request: given, units: await loadUnits(), more: { name: of.name } },
      ['request', 'content'],
    );
    if ('faults' in made) return made;
    const why = request.format === 'csv' ? tableFault(made.value) : null;
    if (why === null) return { text: requestText(made.value, request.format) };
    return { faults: [{ path: 'request.content', message: why, remedy: 'give a flat object, or a list of them' }] };
  };
  const refuse = (code: string, message: string) => new RefusedByDevice({ class: 'operator', code, message });

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    byKeyAlone: true,
    pollMs: durationMs(settings.poll),
    beginLimitMs: 30_000,
    cost: settings.cost,
    validate: async (given: JobRequest): Promise<readonly Fault[]> => {
      const made = await filled(given, { key: 'key', name: '0'.repeat(32) });
      return 'faults' in made ? made.faults : [];
    },
    async begin(asked: Asked) {
      const made = await filled(asked.request, asked);
      if ('faults' in made)
        throw refuse('refused', made.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
      const stale = await answersTo(asked).catch(unreachable(results));
      const old = [...stale.good, ...stale.bad][0];
      if (old !== undefined)
        throw refuse('resultExists', `${old} was in ${results} before anything was asked for under this key`);
      const name = fileName(request.name, asked);
      const placed = await placeWhole(join(requests, name), made.text).catch(unreachable(requests));
      if (placed === 'other') throw refuse('requestExists', `another request stands in ${join(requests, name)}`);
      return name;
    },
    ...(!removes && {
      find: async (key: string, jobName: string) => {
        const of = { key, name: jobName };
        const { good, bad } = await answersTo(of);
        const there =
          good.length + bad.length > 0 ||
          (await Promise.all([requests, ...moved].map((folder) => isIn(folder, of)))).includes(true);
        return there ? fileName(request.name, of) : null;
      },
    }),
    async look(begun: Begun): Promise<Seen> {
      const { good, bad } = await answersTo(begun);
      const names = bad.length > 0 ? bad : good;
      const waiting = async (message: string): Promise<Seen> => {
        if (Date.now() - begun.at >= durationMs(result.limit))
          return {
            state: 'failed',
            message: `no result within ${result.limit}: ${message}`,
            answer: { code: 'timeout' },
          };
        return { state: names.length === 0 && (await isIn(requests, begun)) ? 'queued' : 'running', message };
      };
      if (names.length === 0) return waiting(`waiting for ${fileName(result.name, begun)}`);
      if (bad.length === 0 && result.done !== undefined && (await fitting(results, result.done, begun)).length === 0)
        return waiting(`${names[0]} is there, ${fileName(result.done, begun)} is waited for`);
      const files = await watch.read(
        results,
        names,
        bad.length > 0 ? durationMs(result.stable) : stableMs,
        result.maxBytes,
      );
      if (typeof files === 'string') return waiting(files);
      const [first] = files as [Appeared];
      if (bad.length > 0) {
        const words = first.bytes === null ? '' : cleanText(Buffer.from(first.bytes).toString('utf8').trim(), 1_000);
        return {
          state: 'failed',
          message: words === '' ? `${first.name} appeared` : words,
          answer: { code: 'failed', files },
        };
      }
      const read = await readAll(files);
      // Somebody may be writing it with long rests.
      if ('refusal' in read && result.done === undefined && first.bytes !== null && first.stillMs < patience * stableMs)
        return waiting(`${read.refusal}; it may not be complete`);
      const raw = await beside(begun, names, first.stillMs >= patience * stableMs);
      if (typeof raw === 'string') return waiting(raw);
      watch.forget(results, [...names, ...raw.files.map(({ name }) => name)]);
      return { state: 'succeeded', answer: { files: [...files, ...raw.files], read, missing: raw.missing } };
    },
    async collect(begun: Begun, { state, message, answer }: Seen): Promise<Collected> {
      const {
        code = state,
        files = [],
        read = { refusal: 'nothing was read' },
        missing = [],
      } = (answer ?? {}) as { code?: string; files?: readonly Appeared[]; read?: Read; missing?: readonly string[] };
      const artefacts = Object.fromEntries(
        files.map(({ name, bytes, size }) => [name, bytes ?? fileAt(join(results, name), { size })] as const),
      );
      if (state !== 'succeeded') {
        const cause: Cause = { class: code === 'timeout' ? 'device' : 'unknown', code, message: message ?? state };
        return { values: {}, cause, artefacts };
      }
      const document = 'document' in read ? read.document : null;
      const units = await loadUnits();
      const taken = takeOutcomes(document, places, units, begun.request?.objectives ?? null);
      const beside = takeBeside(document, settings, units, begun.request);
      const refusals = 'refusal' in read ? [read.refusal] : [...taken.refusals, ...beside.refusals];
      return {
        values: taken.values,
        noise: taken.noise,
        ...besideOf(beside),
        artefacts,
        details: {
          files: files.map(({ name, size }) => ({ name, bytes: size })),
          ...(missing.length === 0 ? {} : { rawMissing: missing }),
          ...(refusals.length === 0 ? {} : { refused: refusals }),
          ...(Object.keys(taken.others).length === 0 ? {} : { otherValues: taken.others }),
        },
      };
    },
    health: async () => {
      const trouble = await Promise.all([access(requests, constants.W_OK), access(results, constants.R_OK)]).then(
        () => null,
        ({ message }: Error) => message,
      );
      if (trouble === null) return { ok: true, message: `${requests} and ${results} are there` };
      return { ok: false, message: trouble, remedy: 'see that both folders are there and may be used' };
    },
  };

  /**
   * Files beside the result, complete but not read; in words where they are waited for. Those that have not come when all is
   * over are told.
   */
  async function beside(
    of: Of,
    own: readonly string[],
    over: boolean,
  ): Promise<{ readonly files: readonly Appeared[]; readonly missing: readonly string[] } | string> {
    const found = await Promise.all(
      (settings.raw ?? []).map(
        async (pattern) => [fileName(pattern, of), await fitting(results, pattern, of)] as const,
      ),
    );
    const missing = found.filter(([, names]) => names.length === 0).map(([name]) => name);
    if (missing.length > 0 && !over && result.done === undefined) return `waiting for ${missing.join(', ')}`;
    const names = [...new Set(found.flatMap(([, all]) => all))].filter((name) => !own.includes(name));
    const files = await watch.read(results, names, stableMs, -1);
    return typeof files === 'string' ? files : { files, missing };
  }

  /** Several files of one key: the same where they are alike, else nobody can tell which is true. */
  async function readAll(files: readonly Appeared[]): Promise<Read> {
    const [first, ...others] = files as [Appeared, ...Appeared[]];
    if (first.bytes === null)
      return { refusal: `${first.name} has ${first.size} bytes; at most ${result.maxBytes} are read` };
    const other = others.find(({ bytes }) => bytes === null || !Buffer.from(bytes).equals(first.bytes!));
    if (other !== undefined) return { refusal: `${first.name} and ${other.name} are both of this key, and differ` };
    return documentIn(first.bytes, first.name, settings);
  }
}

function unreachable(folder: string): (error: Error) => never {
  return (error) => {
    throw new NotBegunError(`${folder} cannot be used: ${error.message}`, { cause: error });
  };
}
