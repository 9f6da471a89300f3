import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Adapter, AdapterType, JobResult } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { ContractError } from '../../models/domain/errors.js';
import { observe } from '../../models/domain/observe.js';
import { bytesOf } from '../support/raw-output.js';
import { contextIn, moleculeRequest, run, scratchFolder } from './local-jobs.js';

const request = moleculeRequest('C');

/** An adapter of somebody else that answers as given. */
function answering(answers: Partial<Record<keyof Adapter, unknown>>): Adapter {
  const verb = (name: keyof Adapter, usual: unknown) => async () => (name in answers ? answers[name] : usual);
  const adapter = {
    traits: {},
    pollMs: answers.pollMs ?? 10,
    validate: verb('validate', []),
    submit: verb('submit', 'job'),
    find: verb('find', null),
    status: verb('status', { state: 'succeeded' }),
    result: verb('result', { values: { y: 1 }, cost: 1, durationMs: 1 }),
    health: verb('health', { ok: true, message: 'well' }),
    close: verb('close', undefined),
  };
  const type = {
    name: 'other',
    description: '',
    settings: z.strictObject({}),
    create: () => adapter as unknown as Adapter,
  };
  return createRegistry([type as unknown as AdapterType]).create('other', {}, contextIn(''));
}

describe('an adapter of somebody else', () => {
  it.each([
    ['submit', 7],
    ['submit', ''],
    ['submit', 'a\u0000b'],
    ['submit', 'x'.repeat(5_000)],
    ['find', undefined],
    ['status', null],
    ['status', { state: 'done' }],
    ['validate', 'no'],
    ['result', undefined],
    ['result', 'a text'],
  ] as const)('that answers %s with %j breaks the contract, in words', async (verb, answer) => {
    const adapter = answering({ [verb]: answer });
    const call = {
      submit: () => adapter.submit('k', request, { fence: 1 }),
      find: () => adapter.find!('k', { fence: 1 }),
      status: () => adapter.status('j'),
      validate: () => adapter.validate(request),
      result: () => adapter.result('j'),
    }[verb];
    await expect(call()).rejects.toThrow(ContractError);
    await expect(call()).rejects.toThrow(/adapter other(?:: 'validate')? answered /);
  });

  it('waits a finite time between looks', async () => {
    for (const pollMs of [Number.NaN, Infinity, -1, 1e308, 'x']) expect(answering({ pollMs }).pollMs).toBe(1_000);
    const status = { state: 'running', pollAfterMs: 1e99, progress: 7, message: '\u001b[2Jhello' };
    expect(await answering({ status }).status('j')).toEqual({
      state: 'running',
      pollAfterMs: 3_600_000,
      message: 'hello',
    });
  });

  it('keeps its value whatever its details, artefacts and cause are', async () => {
    let deep: unknown = {};
    for (let i = 0; i < 5_000; i++) deep = { deep };
    const circle: Record<string, unknown> = { n: 1n };
    circle.self = circle;
    const artefacts = { good: new Uint8Array(3), text: 'no bytes', '\u001b[1mbig': new Uint8Array(65 * 2 ** 20) };
    const result = { values: { y: 2 }, cost: 1, durationMs: 1, details: { deep, circle, text: '\u0000' }, artefacts };
    const told = (await answering({ result }).result('j')) as JobResult;
    expect(Object.keys(told.artefacts!)).toEqual(['good']);
    const seen = observe('c/r1/p1', { outcomes: ['y'], statedCost: null }, 'succeeded', told);
    expect(seen).toMatchObject({ outcome: 'measured', values: { y: 2 } });
    expect(seen.details.artefactsRefused).toHaveLength(2);
    expect(JSON.stringify(seen)).not.toMatch(/\\u0000|\\u001b/);
  });

  it('has what it said in no form of the contract kept for a person', async () => {
    const result = {
      values: new Map([['y', 2]]),
      noise: 0.1,
      cost: 1,
      durationMs: 1,
      artefacts: ['raw'],
      cause: { class: 'chem', code: 'x', message: 'm' },
      details: { n: 5n, at: new Date(0), nested: new Map([[1, Number.NaN]]), none: undefined },
    };
    const told = (await answering({ result }).result('j')) as JobResult;
    expect(told.details).toEqual({
      n: '5',
      at: '1970-01-01T00:00:00.000Z',
      nested: [[1, 'NaN']],
      none: 'undefined',
      unreadable: { values: { y: 2 }, noise: 0.1, artefacts: ['raw'], cause: result.cause },
    });
    expect(told).toMatchObject({ values: {}, cause: { class: 'unknown', code: 'x' } });
  });

  it.each([
    [['hot'], '["hot"]'],
    [81.7, '81.7'],
    [new Map([['t', 1]]), '{"t":1}'],
  ])('is set aside in words where what it reached is no record: %j', async (achieved, words) => {
    const result = { values: { y: 1 }, cost: 1, durationMs: 1, achieved, contexts: 'wet' };
    const told = (await answering({ result }).result('j')) as JobResult;
    expect(told.details!.unreadable).toMatchObject({ contexts: 'wet' });
    expect(told).not.toHaveProperty('contexts');
    const observed = observe('c/r1/p1', { outcomes: ['y'], statedCost: null }, 'succeeded', told);
    expect(observed).toMatchObject({ outcome: 'quarantined', values: {}, cause: { code: 'badAchieved' } });
    expect(observed.cause!.message).toBe(
      `the adapter says that ${words} was reached; values by name of the parameter are wanted`,
    );
  });

  it('has artefacts kept apart whose names were cut or cleaned to the same, and those beyond the number counted', async () => {
    const long = (end: string) => `${'x'.repeat(150)}${end}`;
    const names = [long('a'), long('b'), 'n', '\u001b[1mn', '__proto__'];
    const artefacts = Object.fromEntries(names.map((name, i) => [name, new Uint8Array([i])]));
    const told = (await answering({ result: { values: { y: 1 }, cost: 1, durationMs: 1, artefacts } }).result('j'))!;
    expect(Object.values(told.artefacts!).map((output) => bytesOf(output)[0])).toEqual([0, 1, 2, 3, 4]);
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`f${i}`, new Uint8Array(1)]));
    const cut = await answering({ result: { values: { y: 1 }, cost: 1, durationMs: 1, artefacts: many } }).result('j');
    expect(Object.keys(cut.artefacts!)).toHaveLength(100);
    expect(cut.details!.artefactsRefused).toHaveLength(101);
    expect((cut.details!.artefactsRefused as string[]).at(-1)).toBe('and 50 more');
  });

  it.each([null, undefined])('that has %s for one of several outcomes keeps the others', async (nothing) => {
    const result = { values: { a: 5, b: nothing }, noise: { a: 0.1, b: nothing }, cost: 1, durationMs: 1 };
    const told = await answering({ result }).result('j');
    expect(told).toMatchObject({ values: { a: 5 }, noise: { a: 0.1 } });
    const seen = observe('c/r1/p1', { outcomes: ['a', 'b'], statedCost: null }, 'succeeded', told);
    expect(seen).toMatchObject({ outcome: 'measured', values: { a: 5 }, noise: { a: 0.1 } });
  });

  it.each([
    ['n/a', 'b = "n/a"'],
    ['5', 'b = "5"'],
    [[1], 'b = [1]'],
    [Number.NaN, 'b = NaN'],
  ])('that has %j for one of several outcomes is set aside, with all it answered', async (value, words) => {
    const told = await answering({ result: { values: { a: 5, b: value }, cost: 1, durationMs: 1 } }).result('j');
    const seen = observe('c/r1/p1', { outcomes: ['a', 'b'], statedCost: null }, 'succeeded', told);
    expect(seen).toMatchObject({ outcome: 'quarantined', values: {}, details: { answered: { a: 5 } } });
    expect(seen.cause!.message).toContain(`the adapter answered ${words}; a number`);
  });

  it.each([1e308, Number.NaN, -1, '5', Infinity])(
    'that charges %s is not trusted, and sums stay finite',
    async (cost) => {
      const told = await answering({ result: { values: { y: 1 }, cost, durationMs: 1e308 } }).result('j');
      const seen = observe('c/r1/p1', { outcomes: ['y'], statedCost: null }, 'succeeded', told);
      expect(seen).toMatchObject({ outcome: 'quarantined', cause: { code: 'badCost' }, cost: 0, durationMs: 0 });
      expect(seen.details.answered).toEqual({ y: 1 });
    },
  );
});

describe('a program that', () => {
  const adapterIn = (folder: string, script: string) =>
    createRegistry().create('command', { command: ['sh', '-c', script] }, contextIn(folder));

  it('answers with details 5,000 levels deep keeps its value', async () => {
    const folder = await scratchFolder();
    const deep = `printf '{"values":{"y":3},"details":{"a":'; printf '[%.0s' $(seq 5000); printf ']%.0s' $(seq 5000); echo '}}'`;
    expect(await run(adapterIn(folder, deep), 'k', request)).toMatchObject({ state: 'succeeded', values: { y: 3 } });
  });

  it.each([
    ['badCost', { values: { y: 3 }, cost: 1e308 }],
    ['badCost', { values: { y: 3 }, cost: -1 }],
    ['badNoise', { values: { y: 3 }, noise: { y: -0.5 } }],
    ['badNoise', { values: { y: 3 }, noise: { y: 1e200 } }],
    ['notFinite', { values: { y: 3e200 } }],
  ])('answers what cannot be true (%s) is judged like any adapter: %j', async (code, answer) => {
    const folder = await scratchFolder();
    const told = await run(adapterIn(folder, `echo '${JSON.stringify(answer)}'`), 'k', request);
    expect(told).toMatchObject({ state: 'succeeded', values: answer.values });
    const { state, ...result } = told;
    const plain = { cost: told.cost, durationMs: told.durationMs, ...answer };
    const [own, other] = [result, plain].map((given) =>
      observe('c/r1/p1', { outcomes: ['y'], statedCost: null }, state, given),
    );
    expect(own).toMatchObject({ outcome: 'quarantined', cause: { code }, details: { answered: answer.values } });
    expect(own).toEqual(other);
  });

  it('colours its complaint leaves plain words', async () => {
    const folder = await scratchFolder();
    const told = await run(
      adapterIn(folder, `printf '\\033[31mno\\033[0m \\000\\302\\205 gas' >&2; exit 3`),
      'k',
      request,
    );
    expect(told.cause!.message).toBe('the program ended with exit code 3; stderr ends: no \uFFFD\uFFFD gas');
  });

  it.each(['0s', '0.0001ms', '1e9h', '99999999d'])('is to end after %s is refused', (timeout) => {
    const make = () => createRegistry().create('command', { command: ['true'], timeout }, contextIn(''));
    expect(make).toThrow(/timeout/);
  });
});
