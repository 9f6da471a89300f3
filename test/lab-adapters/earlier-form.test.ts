import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, AdapterType, JobRequest } from '../../lab-adapters/contract.js';
import { loadAdapterModules } from '../../lab-adapters/modules.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { ContractError } from '../../models/domain/errors.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { virtualClock } from './virtual-clock.js';

// The example of version 0.1.0, as it was shipped.
const fixtures = fileURLToPath(new URL('../fixtures/adapters/', import.meta.url));
const [furnace] = await loadAdapterModules(['./earlier-form.js'], fixtures);
const base = await mkdtemp(join(tmpdir(), 'athanor-earlier-'));
afterAll(() => rm(base, { recursive: true }));

const clock = virtualClock();
const open = (folder: string) => furnace!.create(furnace!.settings.parse({}), { clock, folder, log: () => {} });
const request = (temperature: number, hours: number): JobRequest => ({
  design: { temperature, hours },
  rowId: null,
  substances: {},
  fidelity: 'anneal',
  objectives: ['share'],
});
let made = 0;
describeAdapterLaws('furnace, as written for version 0.1.0', {
  newFolder: async () => {
    const folder = join(base, String(++made));
    await mkdir(folder);
    return folder;
  },
  clock,
  limitMs: 100 * 3_600_000,
  succeeds: { open, request: request(800, 2) },
  another: request(900, 2),
  refused: { open, request: request(2000, 2) },
  runsLong: { open, request: request(800, 150) },
});

/** The adapter as a host gets it, made by somebody else's code. */
function taken(adapter: object): Adapter {
  const settings = { safeParse: (data: unknown) => ({ success: true, data }), parse: (data: unknown) => data };
  const type = { name: 'theirs', description: '', settings, create: () => adapter } as unknown as AdapterType;
  return createRegistry([type]).create('theirs', {}, { clock, folder: '', log: () => {} });
}

const nothing = async () => null;
const runs = { validate: nothing, submit: nothing, status: nothing, result: nothing, close: nothing };
const verbs = { find: nothing, cancel: nothing, pause: nothing, resume: nothing, safeStop: nothing };
const optional = (adapter: Adapter) => Object.keys(verbs).filter((verb) => verb in adapter);

describe('an adapter is taken for what it can do', () => {
  test('by the verbs it has, and in the earlier form by those that it declares', () => {
    const traits = { resultRetention: 'permanent', exclusive: true, deterministic: true, virtualTime: false };
    expect(optional(taken({ traits, ...runs }))).toEqual([]);
    expect(optional(taken({ traits, ...runs, ...verbs }))).toEqual(Object.keys(verbs));
    expect(optional(taken({ traits, ...runs, ...verbs, resume: undefined, cancel: 5 }))).toEqual(['find', 'safeStop']);
    const earlier = (lookupByKey: boolean, cancel: boolean, pause: boolean) =>
      taken({ capabilities: { lookupByKey, cancel, pause, ...traits }, ...runs, ...verbs });
    expect(optional(earlier(true, true, true))).toEqual(Object.keys(verbs));
    expect(optional(earlier(false, false, false))).toEqual(['safeStop']);
    expect(earlier(false, false, false).traits).toEqual(traits);
  });

  test('or refused in words, where that cannot be read', () => {
    const hostile = {
      get capabilities() {
        throw new Error('no laboratory');
      },
    };
    expect(() => taken(hostile)).toThrow('what adapter theirs can do cannot be read: no laboratory');
  });

  test.each([
    [{}, "'traits', 'validate', 'submit', 'status', 'result', 'close'"],
    [{ ...runs }, "'traits'"],
    [{ traits: null, ...runs }, "'traits'"],
    [{ capabilities: null, ...runs }, "'capabilities'"],
    [{ traits: {}, ...runs, result: undefined, close: 5 }, "'result', 'close'"],
    [{ capabilities: { lookupByKey: true }, ...runs }, "'find', declared by capabilities.lookupByKey"],
    [
      { capabilities: { cancel: true, pause: true }, ...runs, pause: nothing },
      "'cancel', declared by capabilities.cancel, 'resume', declared by capabilities.pause",
    ],
  ])('or refused with the names of all it lacks: %j', (adapter, words) => {
    const take = () => taken(adapter);
    expect(take).toThrow(ContractError);
    expect(take).toThrow(`adapter theirs lacks ${words}; every adapter`);
  });

  test('an earlier form without the verbs that some adapters have is taken for what it has', () => {
    const adapter = taken({ capabilities: {}, ...runs });
    expect([...optional(adapter), 'health' in adapter]).toEqual([false]);
  });

  test('and its errors for what their code says, as it need not import our classes', async () => {
    const failing = (code?: string) => async () => {
      throw Object.assign(new Error('in their words'), code === undefined ? {} : { code });
    };
    const status = (code?: string) => taken({ traits: {}, ...runs, status: failing(code) }).status('j');
    await expect(status('ADAPTER')).rejects.toMatchObject({ name: 'AdapterError', message: 'in their words' });
    await expect(status('CONTRACT')).rejects.toMatchObject({ name: 'ContractError', message: 'in their words' });
    await expect(status()).rejects.toMatchObject({ name: 'Error', message: 'in their words' });
  });
});
