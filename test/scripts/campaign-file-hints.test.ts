import { describe, expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

/** Each fault of a file as `path: message (remedy)`; none where it is read. */
async function faultsOf(text: string, notes: string[] = []): Promise<readonly string[]> {
  const options = { file: 'own.yaml', baseDir: '.', onNote: (line: string) => void notes.push(line) };
  return readCampaignText(text, options).then(
    () => [],
    ({ faults }: InvalidInputError) => faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`),
  );
}

const parts = {
  name: 'name: kiln',
  space: 'space: {parameters: [{name: heat, type: continuous, bounds: [20, 120]}]}',
  objectives: 'objectives: [{name: strength, direction: maximise}]',
  fidelities: 'fidelities: [{name: pressed, cost: 1}]',
  budget: 'budget: {trials: 9}',
};
const file = (changes: Partial<Record<keyof typeof parts, string>> = {}, ...more: string[]) =>
  [...Object.values({ ...parts, ...changes }), ...more].join('\n');

describe('an unknown key', () => {
  const meant: [what: string, text: string, hint: RegExp, not?: RegExp][] = [
    [
      'one objective',
      file({ objectives: 'objective: [{name: s, direction: maximise}]' }),
      /did you mean objectives\?/,
      /belongs/,
    ],
    [
      'one fidelity',
      file({ fidelities: 'fidelity: [{name: pressed, cost: 1}]' }),
      /did you mean fidelities\?/,
      /belongs/,
    ],
    [
      'an objective as a mapping',
      file({ objectives: 'objective: {name: s, direction: maximise}' }),
      /did you mean objectives\?/,
    ],
    [
      'one bound',
      file({ space: 'space: {parameters: [{name: h, type: continuous, bound: [2, 3]}]}' }),
      /did you mean bounds\?/,
    ],
    [
      'one parameter',
      file({ space: 'space: {parameter: [{name: h, type: continuous, bounds: [2, 3]}]}' }),
      /did you mean parameters\?/,
    ],
    [
      'a name of elsewhere whose value fits nothing here',
      file({}, 'cost: 5'),
      /'cost' belongs under budget or fidelities; or did you mean costs\?/,
    ],
    ['a name of elsewhere', file({}, 'constraints: []'), /'constraints' belongs under space/],
    ['a near name of elsewhere', file({}, 'parameterss: []'), /did you mean parameters under space\?/],
    [
      'a near name that is given beside it',
      file({}, 'objective: strength'),
      /belongs under transfer; or did you mean objectives\?/,
    ],
  ];
  it.each(meant)('%s', async (_, text, hint, not = /^$/) => {
    const told = (await faultsOf(text)).filter((fault) => fault.includes('unknown key'));
    expect(told).toEqual([expect.stringMatching(hint)]);
    expect(told.join()).not.toMatch(not);
  });
});

describe('decimal commas', () => {
  const space = (...parameters: string[]) => file({ space: `space: {parameters: [${parameters.join(', ')}]}` });
  it.each([
    [space('{name: h, type: continuous, bounds: [20,5, 120]}'), 'bounds', 'write decimal points: [20.5, 120];'],
    [space('{name: h, type: continuous, bounds: [20,05,120,5]}'), 'bounds', 'write decimal points: [20.05, 120.5];'],
    [
      space('{name: h, type: continuous, bounds: [1,000, 2,000]}'),
      'bounds',
      '[1.000, 2.000] or [1000, 2000] without commas;',
    ],
    [
      space('{name: h, type: discrete, values: [1, 1,25, 1,5, 2]}'),
      'values',
      'write decimal points: [1, 1.25, 1.5, 2];',
    ],
    [
      file({ objectives: 'objectives: [{name: s, direction: maximise, limits: [0,5, 99,5]}]' }),
      'limits',
      '[0.5, 99.5];',
    ],
    [file({ fidelities: 'fidelities: [{name: pressed, cost: 1,05}]' }), 'fidelities[0].5', 'cost: 1.05;'],
    [file({ budget: 'budget:\n  cost: 12,5' }), 'budget.cost', 'a finite number: with a decimal point: 12.5'],
  ])('%s', async (text, path, hint) => {
    const told = await faultsOf(text);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(path);
    expect(told[0]).toContain(hint);
  });

  it.each([
    ['[1,25, 2]', '[1.25, 2]'],
    ['[0, 0,5, 1]', null],
    ['[1, 25, 2]', null],
    ['[0,5,10,15]', null],
    ['[5, 3, 1]', null],
    ['[1,25,1,5]', '[1.25, 1.5]'],
  ])('that make a list of numbers out of order are told: %s', async (values, meant) => {
    const notes: string[] = [];
    const faults = await faultsOf(space(`{name: h, type: discrete, values: ${values}}`), notes);
    if (meant === null) expect(notes).toEqual([]);
    else expect([...notes, ...faults].join()).toContain(meant);
    if (values === '[1,25, 2]')
      expect(notes).toEqual([
        'own.yaml, line 2, space.parameters[0].values: [1,25, 2] is read as numbers parted by commas; with decimal commas, write points: [1.25, 2]',
      ]);
  });
});

describe('quotes', () => {
  const designs = (design: string) => file({}, `strategy: {initial: {designs: [${design}]}}`);
  it.each([
    [
      file({ budget: 'budget: {trials: "40"}' }),
      "budget.trials: '40' is not allowed (a finite number: 40 without quotes)",
    ],
    [file({}, "seed: ' 7'"), 'seed:', '7 without quotes'],
    [file({}, "synchronous: 'true'"), 'synchronous:', 'true without quotes'],
    [file({}, 'seed: 12 %'), 'seed:', "'12 %' is with a percent sign"],
    [file({ name: 'name: 12' }), 'name:', "'12' in quotes is one"],
    [designs('{heat: "37.5"}'), 'strategy.initial.designs[0].heat', '37.5 without quotes'],
  ])('around a number, or missing around a text, are named: %s', async (text, ...words) => {
    const told = (await faultsOf(text)).join('\n');
    for (const word of words) expect(told).toContain(word);
  });
});
