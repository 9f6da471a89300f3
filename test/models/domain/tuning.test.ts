import { expect, it } from 'vitest';
import { AthanorError, NumericalError } from '../../../models/domain/errors.js';
import { finetuneSchema } from '../../../models/domain/finetune.js';
import {
  nothingMade,
  type TuneOrder,
  tuningDetails,
  versionEntries,
  versionsAfter,
  wouldComeAgain,
} from '../../../models/domain/tuning.js';

const version = (encoder: string, at: number) => ({
  ...{ at, encoder, output: 'o', identity: 'a'.repeat(64), artefact: 'b'.repeat(64) },
});
const order = (n: number, at: number, codes: TuneOrder['codes'] = []): TuneOrder => ({
  ...{ n, at, round: 3, pending: [], measured: 30, trigger: '30 new results', who: 'athanor', codes },
});
const end = (encoder: string, at: number) => ({
  ...{ name: encoder, verdict: 'promoted' as const, reason: 'better', judged: null, version: version(encoder, at) },
});
const entry = (action: string, details: Record<string, unknown>) => ({ at: 1, who: 'ada', action, details });

it('what was done says which versions are in use, and what came into use meanwhile stays', () => {
  const since = { sinceRound: 4, meanwhile: null };
  const used = [version('e@2', 1)];
  const audit = [
    entry('pause', {}),
    entry('finetune', tuningDetails(order(1, 1), end('e@2', 1), since)),
    entry('finetune', tuningDetails(order(2, 0), end('d@2', 0), { ...since, meanwhile: 'd@3' })),
    entry('finetune', tuningDetails(order(3, 1, used), nothingMade('no memory'), since)),
    entry('finetune', { at: 'nowhere' }),
  ];
  const entries = versionEntries(audit);
  expect(entries.map(({ told }) => [told.n, told.verdict, told.reason])).toEqual([
    [1, 'promoted', 'better'],
    [2, 'rejected', 'better; but d@3 came into use meanwhile'],
    [3, 'rejected', 'no version was made: no memory'],
  ]);
  expect(versionsAfter(entries)).toEqual(used);
  const back = entry('rollback', { at: 1, version: null, sinceRound: 6 });
  expect(versionsAfter(versionEntries([...audit, back]))).toEqual([]);
});

it('what would come again ends an order, and what passes does not', () => {
  expect(wouldComeAgain(new NumericalError('NaN'))).toBe(true);
  expect(wouldComeAgain(new AthanorError('MEMORY', 'too little'))).toBe(true);
  expect(wouldComeAgain(new AthanorError('ADAPTER', 'later'))).toBe(false);
  expect(wouldComeAgain(new Error('something'))).toBe(false);
});

it('says in a campaign file when it is done, within what makes sense', () => {
  expect(finetuneSchema.safeParse({ every: 10, drift: 0.5, atLeast: 1, wait: true, folds: 2 }).success).toBe(true);
  for (const wrong of [{ every: 0 }, { drift: 1 }, { folds: 1 }, { rate: 0 }, { evry: 3 }])
    expect(finetuneSchema.safeParse(wrong).success).toBe(false);
});
