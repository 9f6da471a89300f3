import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedAdapter } from '../../../lab-adapters/checked-adapter.js';
import { resultOf } from '../../../lab-adapters/command/result.js';
import { commandSettings } from '../../../lab-adapters/command/settings.js';
import type { Adapter } from '../../../lab-adapters/contract.js';
import { isResult } from '../../../lab-adapters/internal/job-state.js';
import { observe } from '../../../models/domain/observe.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { someRecord } from '../../support/record.js';
import { documentText } from '../documents.js';
import { Find, sameOrFind } from '../find.js';
import type { Input, MakeKind } from '../kind.js';
import { pick } from '../random.js';
import { checkClean } from '../refusal.js';

const answers: readonly unknown[] = [
  { values: { gap: 1.5 } },
  {
    values: { gap: -2.25e-3, other: 7 },
    noise: { gap: 0.1 },
    cost: 3,
    details: { note: 'fine', steps: [1, 2, { x: null }] },
  },
  { failure: { class: 'chemistry', code: 'decomposed', message: 'it turned brown' }, cost: 2, details: { at: 120 } },
];
const request = { design: { x: 1 }, rowId: null, substances: {}, fidelity: 'exact', objectives: ['gap'] };

/** What programs write, as the adapter `command` reads it, up to the observation that is kept of it. */
export const programAnswers: MakeKind = async (place) => {
  const folder = join(place.work, 'answer');
  await mkdir(folder, { recursive: true });
  const settings = commandSettings.parse({ command: ['true'] });
  const record = someRecord([{ value: 1 }]);
  const [trial] = record.trials;
  const run = async ({ bytes, of }: Input) => {
    for (const name of ['answer', 'code', 'complaint'])
      await writeFile(
        join(folder, name),
        name === of ? bytes : name === 'answer' ? '{"values":{"gap":1}}' : name === 'code' ? '0\n' : '',
      );
    const program = { folder, work: folder, request, code: 0, durationMs: 5, timedOut: false };
    const ended = await resultOf(settings, program);
    if (!isResult(ended)) throw new Find('a result that cannot be kept', JSON.stringify(ended).slice(0, 500));
    const { state, ...result } = ended;
    const adapter = checkedAdapter('command', {
      ...Object.fromEntries(['validate', 'submit', 'status', 'close'].map((verb) => [verb, async () => null])),
      traits: {},
      result: async () => result,
    } as unknown as Adapter);
    const observation = observe(
      'some/r1/p1',
      { outcomes: ['gap'], statedCost: null },
      state,
      await adapter.result('j'),
    );
    const whole = { ...record, trials: [{ ...trial!, observation }] };
    sameOrFind('an observation that changes when written', whole, parseRecord(exportJson(whole), 'record.json'));
    if (observation.cause !== null)
      for (const text of [observation.cause.message, observation.cause.code]) checkClean(text);
    if (observation.outcome !== 'measured') return 'refused';
    if (of === 'answer') {
      const said = JSON.parse(new TextDecoder().decode(bytes)) as { values: Record<string, number> };
      sameOrFind('another value than was answered', said.values.gap! + 0, observation.values.gap);
    }
    return 'taken';
  };
  const sources = answers.map((value) => ({ text: JSON.stringify(value), value }));
  const make: (draw: Parameters<typeof documentText>[0]) => Input = (draw) => {
    const of = pick(draw, ['answer', 'answer', 'answer', 'answer', 'code', 'complaint']);
    return { bytes: documentText(draw, of === 'code' ? { text: '1\n', value: 1 } : pick(draw, sources), false), of };
  };
  return { name: 'answer', make, run };
};
