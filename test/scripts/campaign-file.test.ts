import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { loadCampaign, readCampaignText } from '../../scripts/campaign-file.js';

const fixtures = fileURLToPath(new URL('../fixtures/campaigns/', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-campaign-'));
afterAll(() => rm(base, { recursive: true }));

/** Faults of a file that must be refused. */
async function faultsOf(loading: Promise<unknown>): Promise<readonly Fault[]> {
  const error = await loading.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults;
}

/** Line, path, and words that must stand in message or remedy. */
type Expected = readonly [number, string, ...string[]];

const wrong: Record<string, readonly Expected[]> = {
  bounds: [
    [5, 'space.parameters[0].bounds', '[10, -5]', 'lower bound first'],
    [6, 'space.parameters[1].bounds', '[0]', 'at least 2'],
    [7, 'space.parameters[2].bounds[0]', '1.5', 'a whole number'],
    [8, 'space.parameters[3].values', 'twice'],
    [9, 'space.parameters[4].levels', 'the list is empty', 'at least 1 entry'],
  ],
  'unknown-keys': [
    [2, 'sed', "unknown key 'sed'", 'did you mean seed?'],
    [7, 'space.parameters[0].bound', 'did you mean bounds?'],
    [9, 'space.parameters[1].type', "'continous'", 'did you mean continuous?', 'categorical'],
    [11, 'objectives[0].direction', "'minimize'", 'did you mean minimise?'],
    [13, 'fidelities[0].cots', 'did you mean cost?'],
    [14, 'budget.trial', 'did you mean trials?'],
  ],
  'adapter-settings': [
    [12, 'fidelities[0].settings.problem', "'brannin'", 'did you mean branin?'],
    [13, 'fidelities[0].settings.noise', '-1', 'at least 0'],
    [14, 'fidelities[0].settings.delay', 'did you mean delayMs?'],
    [17, 'fidelities[1].adapter', "no adapter 'robot'", 'problem, dataset'],
    [23, 'fidelities[2].settings.fidelity', 'branin has no fidelity'],
    [27, 'fidelities[3].settings.problem', 'x1, y', 'name the parameters x1, x2'],
  ],
  'empty-pool': [
    [4, 'space.pool.file', 'empty-pool.csv is empty', 'at least one design'],
    [5, 'space.pool.id', "no column 'nr'", 'id, temperature'],
  ],
  'pool-cells': [
    [5, 'space.pool.id', 'id given twice: a'],
    [7, 'space.pool.designColumns[0].type', "line 3: 'warm'; line 4: 'nan', no value", 'a number in every row'],
    [8, 'space.pool.designColumns[1].name', "'temperature' is given twice"],
    [8, 'space.pool.designColumns[1].type', "line 3: 'warm'"],
    [9, 'space.pool.designColumns[2].type', "line 3: '', empty"],
    [10, 'space.pool.designColumns[3].type', "'c1ccccc', is not a molecule", "'C(C)(C)(C)(C)C', is not a molecule"],
    [11, 'space.pool.designColumns[4].column', "no column 'bsae'", 'did you mean base?'],
    [15, 'fidelities[0].settings.file', 'absent.csv', 'there is no such file'],
  ],
  'duplicate-names': [
    [3, '', 'a key is given twice', 'keep one'],
    [7, 'space.parameters[1].name', "'x1' is given twice"],
    [8, 'space.parameters[2].levels', 'given twice: a'],
    [11, 'objectives[1].name', "'value' is given twice"],
    [14, 'fidelities[1].name', "'exact' is given twice"],
  ],
  'not-a-number': [
    [2, 'seed', '-1', 'at least 0'],
    [5, 'space.parameters[0].bounds[0]', 'NaN', 'a finite number'],
    [6, 'space.parameters[1].bounds[1]', 'Infinity', 'a finite number'],
    [10, 'fidelities[0].cost', 'Infinity', 'a finite number'],
    [10, 'fidelities[0].settings.noise', 'NaN', 'a finite number'],
    [11, 'budget.cost', 'NaN'],
    [11, 'budget.trials', '1.5', 'a whole number'],
    [11, 'budget.wallClock', "'3 fortnights'", "such as '6h'"],
    [13, 'stop[0].value', 'NaN', 'a finite number'],
    [14, 'parallel', "'many'"],
  ],
  'target-outside': [
    [7, 'objectives[0].tolerance', "only direction 'target'"],
    [11, 'strategy.surrogate', "no surrogate 'gaussian'", 'vanilla-gp, adaptive-gp'],
    [12, 'strategy.acquisition', "no acquisition 'log-ei'", 'did you mean log-ei-per-cost'],
    [15, 'strategy.initial.designs[0].x1', '11 given', 'from -5 to 10'],
    [16, 'strategy.initial.designs[1].x3', 'not a parameter'],
    [16, 'strategy.initial.designs[1].x2', 'no value given'],
    [17, 'strategy.initial.designs[2].x2', "'high' given"],
    [18, 'strategy.initial.rows', 'there is no pool'],
    [21, 'stop[0].value', '0.1 can never be reached', 'above 0.397887'],
  ],
  cost: [
    [9, 'fidelities[0].cost', '0 is not allowed', 'more than 0'],
    [11, 'fidelities[2].cost', "less than 'dear'", 'cheapest first'],
    [12, 'budget.cost', "1.5 pays no trial at the target fidelity 'exact'", 'at least 2'],
  ],
  trust: [
    [8, 'fidelities[0].trust', "'blind'", 'validated'],
    [9, 'fidelities[1].trust', "'exact' is the target", 'for lower fidelities'],
  ],
  'fidelity-numbers': [
    [10, 'fidelities[1].fidelity', '0.5 after 0.5', 'numbers that rise'],
    [11, 'fidelities[2].fidelity', "'exact' has none, others have", 'to every fidelity, or to none'],
  ],
  'unknown-fidelity': [
    [12, 'approval[0].fidelity', "no fidelity 'exakt'", 'did you mean exact?'],
    [13, 'approval[1].fidelity[1]', "no fidelity 'exat'", 'did you mean exact?'],
    [13, 'approval[1].otherwise', "'reject' without a time", "give 'timeout'"],
    [14, 'approval[2]', 'nothing says which', 'fidelity, costAbove, noveltyAbove, first'],
    [15, 'budget', 'no limit at all', 'cost, trials or wallClock'],
  ],
  malformed: [
    [4, '', 'not well-formed YAML at column 51', 'brackets'],
    [5, '', 'not well-formed YAML at column 4'],
  ],
  replicates: [
    [11, 'replicates.whenDisagreeing', '3, no more than the 12 that each design gets', 'more than 12'],
    [11, 'replicates.atTarget', '12, more than the budget of 10 trials', 'at most 10'],
  ],
  nothing: [
    [1, 'name', "'3 nothings'", 'a letter, then'],
    [1, 'budget', 'missing'],
    [2, 'space', 'nothing to search', "'parameters' or 'pool'"],
    [3, 'objectives', 'the list is empty'],
    [4, 'fidelities', 'the list is empty'],
  ],
  molecules: [
    [4, 'space.parameters[0].smiles.bad', "'C1CC' is not a molecule", 'a valid SMILES'],
    [5, 'space.parameters[1].smiles[1]', "'c1ccccc' is not a molecule"],
    [5, 'space.parameters[1].smiles[2]', "'' is not a molecule"],
    [6, 'space.parameters[2].file', 'no such file', 'absent.csv'],
    [7, 'space.parameters[3].column', "no column 'smile'", 'did you mean smiles?'],
    [8, 'space.parameters[4].column', 'missing', 'name the column'],
    [9, 'space.parameters[5]', "either 'smiles' or 'file'"],
  ],
  mixtures: [
    [4, 'space.parameters[0].step', '0.3 does not divide the total 1', 'such as 0.1'],
    [5, 'space.parameters[1].components[1]', "'N i'", 'without spaces'],
    [6, 'space.parameters[2].values[1]', "'Ni:0.5 Fe:0.5'", "write 'Fe:0.5 Ni:0.5'"],
    [7, 'space.parameters[3].step', '0.01 gives 96600000 compositions', 'at most 20000'],
    [8, 'space.parameters[4].formulas[1]', "'rust': 'r' at letter 1", 'Fe2O3'],
    [8, 'space.parameters[4].formulas[2]', "'(' at letter 3 is not closed"],
    [9, 'space.parameters[5].total', '-1', 'more than 0'],
  ],
  'mixtures-pool': [
    [7, 'space.pool.designColumns[0].type', "line 3: 'Fe2O3x', 'x' at letter 6", "line 4: 'Fe(CO5', '(' at letter 3"],
    [8, 'space.pool.designColumns[1].type', "columns 'Fe', 'Ni'", "line 4: 'Fe:0.5 Ni:', no amount of Ni"],
    [9, 'space.pool.designColumns[2].columns[1]', "no column 'Nickel'"],
    [10, 'space.pool.designColumns[3].type', "column 'blend': 1 cell", "line 4: '0.5', no amount of 0.5"],
    [11, 'space.pool.designColumns[4].total', "'total' with type continuous", 'only type composition'],
    [12, 'space.pool.designColumns[5].smiles', "'smiles' with type continuous", 'only type substance'],
  ],
  modules: [
    [2, 'adapters[0]', "no package 'not-installed-here' is installed"],
    [2, 'adapters[1]', 'no file', 'absent.js'],
  ],
};

/** The malformed one is no YAML file, so that formatters leave it alone. */
const fileOf = (name: string) => (name === 'malformed' ? `${name}.yaml.txt` : `${name}.yaml`);

describe('a wrong campaign file', () => {
  test('of every kind in the fixtures is tried', async () => {
    const files = (await readdir(join(fixtures, 'wrong'))).filter((name) => name.includes('.yaml'));
    expect(files.sort()).toEqual(Object.keys(wrong).map(fileOf).sort());
  });

  test.each(Object.entries(wrong))(
    '%s: every fault, with its line, path, and what is allowed',
    async (name, expected) => {
      const faults = await faultsOf(loadCampaign(join(fixtures, 'wrong', fileOf(name))));
      expect(faults.map(({ line, path }) => [line, path])).toEqual(expected.map(([line, path]) => [line, path]));
      expected.forEach(([, , ...words], i) => {
        const { message, remedy } = faults[i]!;
        expect(remedy).not.toBe('');
        for (const word of words) expect(`${message} (${remedy})`).toContain(word);
      });
    },
  );

  test('is refused without anything being made', async () => {
    const before = await readdir(join(fixtures, 'wrong'));
    await faultsOf(loadCampaign(join(fixtures, 'wrong', 'bounds.yaml')));
    expect(await readdir(join(fixtures, 'wrong'))).toEqual(before);
  });

  test('reads as one line a fault, with the file and the count', async () => {
    const error = await loadCampaign(join(fixtures, 'wrong', 'cost.yaml')).catch((reason) => reason as Error);
    expect((error as Error).message.split('\n')).toHaveLength(4);
    expect((error as Error).message).toMatch(
      /cost\.yaml: 3 faults\n {2}line 9, fidelities\[0\]\.cost: 0 is not allowed/,
    );
  });
});

const branin = `
name: branin
space: {parameters: [{name: x1, type: continuous, bounds: [-5, 10]}, {name: x2, type: continuous, bounds: [0, 15]}]}
objectives: [{name: value, direction: minimise}]
fidelities: [{name: exact, adapter: problem, settings: {problem: branin}, cost: 3}]
budget: {cost: 30}
`;
const read = (text: string, options: object = {}) =>
  readCampaignText(text, { file: 'text', baseDir: base, ...options });

test('a bound on the regret needs a surrogate to say it', async () => {
  const given = `${branin}stop: [{type: regretBound, epsilon: 0.1, probability: 0.9}]\n`;
  expect((await read(given)).spec.stop).toHaveLength(1);
  const faults = await faultsOf(read(`${given}strategy: {acquisition: random}\n`));
  expect(faults).toMatchObject([{ path: 'stop[0]', message: expect.stringContaining("acquisition 'random'") }]);
});

describe('a text that is no campaign', () => {
  test.each([
    ['', 'the file is empty'],
    ['# nothing\n', 'the file is empty'],
    ['[1, 2]', '[1,2] is not a campaign'],
    ['hello', "'hello' is not a campaign"],
    ['name: !made-up x', 'not well-formed YAML'],
    ['a: &a [*a]', 'a'],
    [
      'a: &x [1,1,1,1,1,1,1,1,1,1]\nb: &y [*x,*x,*x,*x,*x,*x,*x,*x,*x,*x]\nc: &z [*y,*y,*y,*y,*y,*y,*y,*y,*y,*y]\nd: [*z,*z,*z,*z,*z,*z,*z,*z,*z,*z]',
      'alias',
    ],
  ])('%j', async (text, words) => {
    const faults = await faultsOf(read(text));
    expect(faults.map(({ message }) => message).join('\n')).toContain(words);
  });

  test('a path that is not there', async () => {
    expect((await faultsOf(loadCampaign(join(base, 'absent.yaml'))))[0]!.message).toBe('no such file or folder');
  });

  test('anything but a fault list is a bug: prototype names and odd types are refused like others', async () => {
    for (const text of [
      '__proto__: {a: 1}',
      'constructor: 1',
      'name: [1]\nspace: 3\nfidelities: {a: 1}\nbudget: []\nstop: x',
    ])
      expect((await faultsOf(read(`${text}\n`))).length).toBeGreaterThan(0);
  });
});

describe('a good campaign file', () => {
  test('comes back parsed, with defaults, the costs in the settings, and its name as id', async () => {
    const campaign = await read(branin);
    expect(campaign.id).toBe('branin');
    expect(campaign.spec).toMatchObject({ seed: 1, strategy: 'default', stop: [], parallel: 1, synchronous: false });
    expect(campaign.spec.fidelities[0]!.settings).toEqual({ problem: 'branin', cost: 3 });
    expect(campaign.space.pool).toBeNull();
    expect(campaign.space.parameters.map(({ name }) => name)).toEqual(['x1', 'x2']);
  });

  test('may be JSON', async () => {
    const { spec } = await read(branin);
    const asJson = JSON.stringify({ ...spec, adapters: undefined }, null, 2);
    expect((await read(asJson)).spec).toEqual(spec);
    const faults = await faultsOf(read(asJson.replace('"seed": 1', '"seed": -1')));
    expect(faults).toEqual([expect.objectContaining({ path: 'seed', line: 3 })]);
  });

  test('holds an initial sample against the budget of the file, not against a smaller one that a command sets', async () => {
    const text = `${branin.replace(/budget:.*/, 'budget: {trials: 6}')}\nstrategy: {initial: {trials: 5}}\n`;
    expect((await read(text, { overrides: { budget: { trials: 3 } } })).spec.budget).toEqual({ trials: 3 });
    const [fault] = await faultsOf(read(text.replace('{trials: 5}', '{trials: 7}')));
    expect([fault!.path, fault!.message]).toEqual(['strategy.initial.trials', '7, more than the budget of 6 trials']);
  });

  test('takes an id and overrides, which are checked too', async () => {
    const campaign = await read(branin, { id: 'other', overrides: { seed: 9, parallel: 2, budget: { trials: 5 } } });
    expect(campaign).toMatchObject({ id: 'other', spec: { seed: 9, parallel: 2, budget: { trials: 5 } } });
    expect(campaign.spec.budget.cost).toBeUndefined();
    const faults = await faultsOf(
      read(branin, { id: 'a/b', overrides: { budget: { trials: 0 }, initial: { designs: [{ x1: 99, x2: 1 }] } } }),
    );
    expect(faults.map(({ path }) => path).sort()).toEqual(['', 'budget.trials', 'strategy.initial.designs[0].x1']);
    // What did not come from the file has no line there; the id stands for the document.
    expect(faults.filter(({ line, path }) => line !== undefined && path !== '')).toEqual([]);
  });

  test.each(['branin', 'multi-fidelity-hartmann', 'replay-pool', 'third-party-adapter'])(
    'the example %s',
    async (name) => {
      const file = fileURLToPath(new URL(`../../examples/${name}/campaign.yaml`, import.meta.url));
      expect((await loadCampaign(file)).spec.fidelities.length).toBeGreaterThan(0);
    },
  );

  test('reads molecules from a file and takes adapters of its own', async () => {
    const { spec, space } = await loadCampaign(join(fixtures, 'good', 'everything.yaml'));
    expect(space.parameters.at(-1)).toEqual({ name: 'base', type: 'substance', smiles: ['CN', 'Oc1ccccc1'] });
    expect(spec.adapters).toEqual([join(fixtures, 'good', 'module.mjs')]);
    expect(spec.fidelities.map(({ settings }) => settings)).toEqual([
      { table: join(fixtures, 'good', 'tables/rough.csv'), price: 0.5 },
      { table: '/absolute.csv', price: 3 },
    ]);
  });

  test('an adapter of its own must not take a name that is known', async () => {
    const registry = createRegistry([{ ...createRegistry().get('problem'), name: 'echo' }]);
    const faults = await faultsOf(loadCampaign(join(fixtures, 'good', 'everything.yaml'), { registry }));
    expect(faults[0]).toMatchObject({
      path: 'adapters[0]',
      message: expect.stringContaining("two adapters are named 'echo'"),
    });
  });

  test('reads a pool, whose rows may share a design', async () => {
    const { space, spec } = await loadCampaign(join(fixtures, 'good', 'pool.yaml'));
    expect(space.pool!.ids).toEqual(['first', 'second', 'third']);
    expect([...space.pool!.designs]).toEqual([
      { temperature: 20, core: 'CCO' },
      { temperature: 30.5, core: 'O' },
      { temperature: 20, core: 'CCO' },
    ]);
    expect(space.parameters).toEqual([
      { name: 'temperature', type: 'continuous', bounds: [20, 30.5], unit: 'degC' },
      { name: 'core', type: 'substance', smiles: ['CCO', 'O'] },
    ]);
    expect(spec.strategy).toEqual({ initial: { rows: ['third', 'first'] } });
  });

  test('reads compositions from one column or several, and formulas', async () => {
    const { space } = await loadCampaign(join(fixtures, 'good', 'mixtures.yaml'));
    expect(space.parameters).toEqual([
      {
        name: 'alloy',
        type: 'composition',
        components: ['Cr', 'Fe', 'Ni'],
        total: 100,
        values: ['Fe:20 Ni:80', 'Fe:50 Ni:50', 'Cr:33.3 Fe:33.3 Ni:33.3', 'Cr:10 Fe:80 Ni:10'],
      },
      {
        name: 'blend',
        type: 'composition',
        components: ['fibre', 'resin'],
        total: 1,
        values: ['fibre:0.4 resin:0.6', 'resin:1', 'fibre:0.1 resin:0.9'],
      },
      { name: 'oxide', type: 'formula', formulas: ['Al2O3', 'SiO2', 'Ba0.5Sr0.5TiO3'] },
    ]);
    expect(space.pool!.designs.at(8)).toEqual({
      alloy: 'Fe:20 Ni:80',
      blend: 'fibre:0.1 resin:0.9',
      oxide: 'Ba0.5Sr0.5TiO3',
    });
  });

  test('reads molecules by name, with their SMILES in the file', async () => {
    await writeFile(join(base, 'named.csv'), 'solvent,y\nwater,2\nethanol,4\n');
    const text = `
name: named
space: {pool: {file: named.csv, designColumns: [{name: solvent, type: substance, smiles: {water: O, ethanol: CCO}}]}}
objectives: [{name: y, direction: minimise}]
fidelities: [{name: replay, adapter: dataset, settings: {file: named.csv}, cost: 1}]
budget: {trials: 2}
`;
    const { space } = await read(text);
    expect(space.parameters).toEqual([{ name: 'solvent', type: 'substance', smiles: { water: 'O', ethanol: 'CCO' } }]);
    expect(space.pool!.designs.at(1)).toEqual({ solvent: 'ethanol' });
    const [fault] = await faultsOf(read(text.replace('ethanol: CCO', 'ethanol: C(O')));
    expect(fault!.message).toContain("'C(O' is not a molecule");
  });

  test('rows of a numbered pool may be written as numbers', async () => {
    await writeFile(join(base, 'numbered.csv'), 'x,y\n1,2\n3,4\n');
    const text = `
name: numbered
space: {pool: {file: numbered.csv, designColumns: [{name: x, type: continuous}]}}
objectives: [{name: y, direction: minimise}]
fidelities: [{name: replay, adapter: dataset, settings: {file: numbered.csv}, cost: 1}]
budget: {trials: 2}
strategy: {initial: {rows: [1, 0]}}
`;
    expect((await read(text)).spec.strategy).toEqual({ initial: { rows: ['1', '0'] } });
    expect((await faultsOf(read(text.replace('[1, 0]', '[2]'))))[0]!.message).toBe("no row '2' in the pool");
  });
});

describe('a data-set folder', () => {
  const meta = {
    name: 'set',
    title: 'A set',
    columns: [
      { name: 'id', role: 'id', type: 'integer' },
      { name: 'x', role: 'parameter', type: 'continuous', unit: 'mm', bounds: [0, 9] },
      { name: 'kind', role: 'parameter', type: 'categorical', levels: [{ value: 'a', smiles: 'C' }, { value: 'b' }] },
      { name: 'batch', role: 'context', type: 'categorical' },
      { name: 'lf', role: 'fidelity', type: 'continuous', bounds: [-1e9, 1e9] },
      { name: 'hf', role: 'objective', type: 'continuous', unit: 'eV', bounds: [-77, 77] },
      { name: 'other', role: 'objective', type: 'continuous' },
    ],
    objectives: [
      { column: 'hf', direction: 'maximize', optimum: 77, optimum_ids: [1] },
      { column: 'other', direction: 'minimize' },
    ],
    fidelities: [
      { column: 'hf', name: 'dear', cost: 1, target: true },
      { column: 'lf', name: 'cheap', cost: 0.1, target: false },
    ],
    fidelity_stats: { r2: 0.5 },
    groups: { secret: true },
  };
  const make = async (name: string, changed: object = {}) => {
    const folder = join(base, name);
    await mkdir(folder);
    await writeFile(join(folder, 'meta.json'), JSON.stringify({ ...meta, ...changed }));
    await writeFile(
      join(folder, 'data.csv'),
      'id,x,kind,batch,lf,hf,other\n0,1,a,p,5,76.5,1\n1,2.5,b,p,6,77,2\n2,1,a,q,7,71,3\n',
    );
    return folder;
  };

  test('becomes a campaign by itself: space, first objective, fidelities cheapest first', async () => {
    const folder = await make('whole');
    const { id, spec, space } = await loadCampaign(folder);
    expect(id).toBe('set');
    expect(spec.objectives).toEqual([{ name: 'hf', direction: 'maximise', unit: 'eV' }]);
    expect(spec.description).toBe('A set; first objective (hf) only, not other');
    expect(spec.fidelities).toEqual([
      { name: 'lf', adapter: 'dataset', settings: { folder, values: { hf: 'lf' }, cost: 0.1 }, cost: 0.1 },
      { name: 'hf', adapter: 'dataset', settings: { folder, values: { hf: 'hf' }, cost: 1 }, cost: 1 },
    ]);
    expect(spec.budget).toEqual({ trials: 3 });
    expect(space.parameters).toEqual([
      { name: 'x', type: 'continuous', bounds: [1, 2.5], unit: 'mm' },
      { name: 'kind', type: 'categorical', levels: ['a', 'b'] },
    ]);
    expect(space.pool!.ids).toEqual(['0', '1', '2']);
    expect([...space.pool!.designs]).toEqual([
      { x: 1, kind: 'a' },
      { x: 2.5, kind: 'b' },
      { x: 1, kind: 'a' },
    ]);
  });

  test('holds nothing of the answers', async () => {
    const campaign = await loadCampaign(await make('sealed'));
    const text = JSON.stringify(campaign);
    for (const answer of ['77', '76.5', '71', 'optimum', 'secret', 'r2', '-77']) expect(text).not.toContain(answer);
  });

  test('takes a budget and first rows', async () => {
    const overrides = { budget: { trials: 2 }, initial: { rows: ['2'] }, seed: 4 };
    const { spec } = await loadCampaign(await make('begun'), { overrides });
    expect(spec).toMatchObject({ seed: 4, budget: { trials: 2 }, strategy: { initial: { rows: ['2'] } } });
    const faults = await faultsOf(loadCampaign(join(base, 'begun'), { overrides: { initial: { rows: ['9'] } } }));
    expect(faults.map(({ path }) => path)).toEqual(['strategy.initial.rows[0]']);
  });

  test.each([
    ['no description', { columns: undefined }, 'columns'],
    ['a direction of its own', { objectives: [{ column: 'hf', direction: 'up' }] }, 'objectives[0].direction'],
    [
      'a parameter that cannot be searched',
      { columns: [{ name: 'x', role: 'parameter', type: 'formula' }] },
      'space.pool.designColumns[0].type',
    ],
  ])('with %s is refused', async (title, changed, path) => {
    const faults = await faultsOf(loadCampaign(await make(title.replaceAll(' ', '-'), changed)));
    expect(faults.map((fault) => fault.path)).toContain(path);
  });

  test('without meta.json is told what is wanted', async () => {
    await mkdir(join(base, 'bare'));
    const faults = await faultsOf(loadCampaign(join(base, 'bare')));
    expect(faults[0]!.remedy).toContain('data.csv and meta.json');
  });
});
