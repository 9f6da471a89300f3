import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { type DurableHost, durableHost } from './durable-host.js';

let host: DurableHost;
let lab: LabSpec;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  lab = labSchema.parse({
    name: host.id('bench'),
    instruments: { oven: { adapter: 'problem', settings: { problem: 'branin' } } },
    stock: { argon: { unit: 'L', amount: 5 } },
  });
  await host.control.labs.up(lab, 'ada');
});
afterAll(() => host?.close());

const ann = (requestId: string, more: object = {}) => ({ who: 'ann', why: 'new bottle', requestId, ...more });

it('what is done to a lab is done once a request, and stands in its log with what was known', async () => {
  const { labs } = host.control;
  const twice = await Promise.all([1, 2].map(() => labs.refill(lab.name, 'argon', 3, ann('r1'))));
  expect(twice.map(({ left }) => left)).toEqual([8, 8]);
  expect(await labs.refill(lab.name, 'argon', 3, ann('r1'))).toMatchObject({ left: 8 });
  expect(await labs.refill(lab.name, 'argon', 3, ann('r2'))).toMatchObject({ left: 11 });
  await expect(labs.refill(lab.name, 'argon', 4, ann('r2'))).rejects.toThrow(/'r2' was another act: 3 of argon/);
  const fault = await labs.fault(lab.name, 'oven', ann('f1', { why: 'smoke' }));
  expect(fault).toMatchObject({ changed: true });
  // Said again it answers as it did; said by another it changes nothing.
  expect(await labs.fault(lab.name, 'oven', ann('f1', { why: 'smoke' }))).toEqual(fault);
  expect(await labs.fault(lab.name, 'oven', ann('f2', { who: 'bob' }))).toMatchObject({ changed: false });
  await expect(labs.clear(lab.name, 'oven', ann('f1'))).rejects.toThrow(/request 'f1' was another act: fault oven/);
  const acts = await labs.acts(lab.name);
  expect(acts.map(({ who, action, name, why }) => [who, action, name, why])).toEqual([
    ['ada', 'up', null, null],
    ['ann', 'refill', 'argon', 'new bottle'],
    ['ann', 'refill', 'argon', 'new bottle'],
    ['ann', 'fault', 'oven', 'smoke'],
    ['bob', 'fault', 'oven', 'new bottle'],
  ]);
  expect(acts[1]).toMatchObject({ known: { left: 5 }, done: { amount: 3 } });
  expect(acts[4]).toMatchObject({ known: { standing: [{ kind: 'fault', who: 'ann' }] }, done: { changed: false } });
  expect((await labs.show(lab.name)).acts).toEqual(acts);
});

it('who comes second is told who was first, where they say what they have seen', async () => {
  const { labs } = host.control;
  const last = (await labs.acts(lab.name)).findLast(({ name }) => name === 'oven')!;
  const both = await Promise.allSettled(
    ['c1', 'c2'].map((id) => labs.clear(lab.name, 'oven', ann(id, { why: 'looked', expected: last.id }))),
  );
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(refused).toEqual([
    expect.stringMatching(/oven is no more as you saw it: ann was first, at .*: clear \(looked\); look at it/),
  ]);
  await expect(labs.refill(lab.name, 'argon', 1, ann('r3', { expected: 0 }))).rejects.toThrow(/no more as you saw it/);
  expect((await labs.show(lab.name)).stock).toMatchObject([{ left: 11 }]);
});
