import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { openRunnable } from '../../scripts/commands/open-campaign.js';
import { conformByName } from '../../scripts/lab/conform-by-name.js';
import { loadLab } from '../../scripts/lab-file.js';
import { runCli } from '../support/cli.js';
import { blocksOf, pageText } from '../support/page.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-lab-'));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const good = `name: bench
instruments:
  reactor:
    adapter: problem
    settings: { problem: branin }
    can: [synthesise]
  oven:
    adapter: problem
    settings: { problem: branin }
    can: [anneal]
    slots: 4
    worker: lab-pc
    maintenance:
      - { every: [mon], from: '08:00', until: '10:00', zone: Europe/Berlin }
stock:
  argon: { unit: L, amount: 50, warnBelow: 10, at: oven }
positions:
  shelf: { slots: 12 }
`;

const campaign = (fidelity: string, lab = 'lab: good.yaml') => `name: c
${lab}
space: { parameters: [{ name: x1, type: continuous, bounds: [-5, 10] }, { name: x2, type: continuous, bounds: [0, 15] }] }
objectives: [{ name: value, direction: minimise }]
fidelities:
  - { name: exact, cost: 1, ${fidelity} }
budget: { trials: 5 }
`;

async function faultsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error === null) return [];
  if (!(error instanceof InvalidInputError)) throw error;
  return error.faults.map(({ line, path, message, remedy }) => `${line ?? ''} ${path}: ${message} (${remedy})`);
}

describe('a lab file', () => {
  it('is read with its adapters checked', async () => {
    const { spec, registry } = await loadLab(await written('good.yaml', good));
    expect(Object.keys(spec.instruments)).toEqual(['reactor', 'oven']);
    expect(spec.instruments.oven!.slots).toBe(4);
    expect(registry!.has('problem')).toBe(true);
  });

  it('is as the page shows it', async () => {
    const [shown, named, byHand] = blocksOf(pageText('docs/lab.md')).filter(({ language }) => language === 'yaml');
    const { spec } = await loadLab(await written('shown.yaml', shown!.text));
    expect(Object.keys(spec.instruments)).toEqual(['furnace', 'oven', 'xrd']);
    const { spec: people } = await loadLab(await written('by-hand.yaml', byHand!.text));
    expect(people.instruments['balance-by-hand']).toMatchObject({ adapter: 'person', slots: 2 });
    const step = /`(\{ step: weigh.*?\})`/.exec(pageText('docs/lab.md'))![1]!;
    const weighed = campaign(`recipe: [${step}]`, 'lab: by-hand.yaml')
      .replaceAll('value', 'mass')
      .replace('minimise', 'minimise, unit: g')
      .replace('name: x1, type: continuous', 'name: temperature, type: continuous, unit: °C');
    await loadCampaign(await written('weighed.yaml', weighed));
    const level = /\{ name: baked, instrument: heat/.exec(named!.text);
    expect(level).not.toBeNull();
    await written('lab.yaml', shown!.text);
    const lab = named!.text.split('\n').slice(0, 2).join('\n');
    const { spec: own } = await loadCampaign(await written('shown-campaign.yaml', campaign('instrument: heat', lab)));
    expect(own).toMatchObject({ lab: { name: 'bench' }, priority: 1 });
  });

  it.each([
    ["every: [monday], from: '08:00', until: '10:00', zone: UTC", ["every[0]: 'monday' is not known"]],
    ["every: mon, from: '08:00', until: '10:00', zone: UTC", ["every: 'mon' does not fit"]],
    ["every: [mon], from: '08:00', until: '10:00'", ['zone: missing']],
    ["every: [mon], from: '8:00', until: '10:00', zone: Mars", ["from: '8:00' is not", "zone: 'Mars' is not allowed"]],
    ["from: '2027-01-04', until: '2027-01-08T00:00:00Z'", ["from: '2027-01-04' is not allowed"]],
    ["from: '2027-01-04T00:00:00Z', until: '2027-01-03T00:00:00Z'", [': {"from"']],
  ])('tells of maintenance {%s} what is wrong with it alone', async (maintenance, wanted) => {
    const text = good.replace(/- \{ every.*\}/, `- { ${maintenance} }`);
    const faults = await faultsOf(loadLab(await written('closed.yaml', text)));
    const at = '15 instruments.oven.maintenance[0]';
    expect(faults.map((fault) => fault.slice(at.length).replace(/^\./, ''))).toEqual(
      wanted.map((start) => expect.stringContaining(start)),
    );
  });

  it('has people among its instruments, who are told what to do', async () => {
    const people = (settings: string, more = '') =>
      written('people.yaml', `name: bench\ninstruments:\n  ann: { adapter: person, settings: ${settings}${more} }\n`);
    const wrong = '{ fields: { mass: { unit: g, min: 2, max: 1 } } }, worker: pc';
    expect(await faultsOf(loadLab(await people(wrong)))).toEqual([
      expect.stringMatching(/^3 instruments\.ann\.worker: a worker that drives people/),
      expect.stringMatching(/^3 instruments\.ann\.settings\.instructions: no instructions/),
      expect.stringMatching(/^3 instruments\.ann\.settings\.fields\.mass\.min: 2, above max 1/),
    ]);
    expect(await faultsOf(loadLab(await people('{ instructions: "weigh {x" }')))).toEqual([
      expect.stringMatching(/^3 instruments\.ann\.settings\.instructions: /),
    ]);
    const file = await people(
      "{ instructions: 'weigh {T} K', fields: { value: { unit: g }, T: { unit: mL } } }",
      ', slots: 2',
    );
    expect((await loadLab(file)).spec.instruments.ann).toMatchObject({ adapter: 'person', slots: 2 });
    // What a step does not fill in, and units that its own cannot be told in.
    const step = (filled: string) =>
      written(
        'by-people.yaml',
        campaign(`recipe: [{ step: weigh, on: ann, with: ${filled}, gives: [value] }]`, 'lab: people.yaml'),
      );
    expect(await faultsOf(loadCampaign(await step('{ t: "{x1}" }')))).toEqual([
      expect.stringMatching(/recipe\[0\]\.on: ann: instructions: \{T\}: nothing of that name/),
      expect.stringMatching(/recipe\[0\]\.on: ann: fields\.value\.unit: 'value' has no unit that g could be told in/),
    ]);
    expect(await faultsOf(loadCampaign(await step('{ T: 300 }')))).toEqual([
      expect.stringMatching(/fields\.value\.unit/),
      expect.stringMatching(/recipe\[0\]\.on: ann: fields\.T\.unit: 'T' has no unit that mL/),
    ]);
    // Nobody is there to do it in this process.
    await people("{ instructions: 'weigh {T} K' }");
    await expect(openRunnable(await step('{ T: 300 }'))).rejects.toThrow(
      /recipe\[0\]\.on: step 'weigh' is done by people of the lab: nothing can run it by itself/,
    );
    expect((await openRunnable(await step('{ T: 300 }'), {}, { people: true })).campaign.lab!.name).toBe('bench');
    const tried = { instrument: 'ann', file, requests: undefined, mayMove: false, transcript: undefined };
    await expect(conformByName(tried, { environment: {}, note: () => {}, onLaw: () => {} })).rejects.toThrow(
      /'ann' are people, and the laws are those of adapters/,
    );
  });

  it('has units that nothing converts told: as a fault where something is to be told in one, else as a note', async () => {
    const people = (instructions: string, unit: string) =>
      `name: l\ninstruments: { b: { adapter: person, settings: { instructions: '${instructions}', fields: { m: { unit: ${unit} } } } } }\n`;
    const notes: string[] = [];
    const onNote = (line: string) => void notes.push(line);
    await loadLab(await written('sound.yaml', people('heat to {t as °C}', 'mg')), { onNote });
    expect(notes).toEqual([]);
    await loadLab(await written('unit.yaml', people('heat', 'mgg')), { onNote });
    expect(notes).toEqual([expect.stringMatching(/^'b': fields\.m\.unit: 'mgg' is no unit that is known here/)]);
    const wrong = loadLab(await written('as.yaml', people('heat to {t as °Q}', 'mg')), { onNote });
    await expect(wrong).rejects.toThrow(/instructions.*: \{t as °Q\}: '°Q' is no unit that is known here/);
  });

  it('and a campaign file are told from each other', async () => {
    const lab = await written('good.yaml', good);
    const file = await written('campaign.yaml', campaign('instrument: oven'));
    expect(await faultsOf(loadCampaign(lab))).toEqual([
      expect.stringMatching(/this is a lab file, not a campaign file .*athanor lab check/),
    ]);
    expect(await faultsOf(loadLab(file))).toEqual([
      expect.stringMatching(/this is a campaign file, not a lab file .*athanor validate/),
    ]);
  });

  it('has all its faults told at once, each with its line and what is allowed', async () => {
    const faults = await faultsOf(
      loadLab(
        await written(
          'bad.yaml',
          `name: bench
instruments:
  reactor:
    adapter: problm
    can: [oven]
  oven:
    adapter: problem
    settings: { problem: brannin }
    slot: 2
    uses: { argno: 1 }
  'a/b': { adapter: problem, settings: { problem: branin } }
stock:
  argon: { unit: L, amount: much, at: ovn }
positions:
  oven: { slots: 1 }
`,
        ),
      ),
    );
    expect(faults.length).toBe(9);
    const all = faults.join('\n');
    expect(all).toMatch(/^4 instruments\.reactor\.adapter: no adapter 'problm' \(did you mean problem\?/m);
    expect(all).toMatch(/^5 instruments\.reactor\.can\[0\]: 'oven' is the name of an instrument/m);
    expect(all).toMatch(/^8 instruments\.oven\.settings\.problem: .*brannin.*did you mean branin/m);
    expect(all).toMatch(/^9 instruments\.oven\.slot: unknown key 'slot' \(did you mean slots\?/m);
    expect(all).toMatch(/^10 instruments\.oven\.uses\.argno: no stock 'argno' \(did you mean argon\?/m);
    expect(all).toMatch(/^11 instruments\.a\/b: 'a\/b' cannot be a name \(a letter, then/m);
    expect(all).toMatch(/^13 stock\.argon\.amount: 'much' is not allowed \(a finite number/m);
    expect(all).toMatch(/^13 stock\.argon\.at: no instrument or position 'ovn' \(did you mean oven\?/m);
    expect(all).toMatch(/^15 positions\.oven: 'oven' is also an instrument/m);
  });

  it.each([
    ['empty.yaml', '', 'the file is empty'],
    ['list.yaml', '- a', 'is not a lab'],
  ])('%s is refused in words', async (name, text, words) => {
    expect((await faultsOf(loadLab(await written(name, text)))).join()).toContain(words);
  });

  it('is checked by `athanor lab check`, which says where a fault is, and does nothing else', async () => {
    await written('good.yaml', good);
    const { code, stdout } = await runCli(['lab', 'check', 'good.yaml'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain("good.yaml: valid lab 'bench'");
    expect(stdout).toContain('oven: problem; 4 slots; can anneal; by the worker on lab-pc');
    await written('worse.yaml', good.replace('slots: 12', 'slots: twelve'));
    const worse = await runCli(['lab', 'check', 'worse.yaml', '--json'], { cwd: folder });
    expect(worse.code).toBe(2);
    expect((JSON.parse(worse.stdout) as { faults: { line: number }[] }).faults[0]!.line).toBe(18);
    const schema = await runCli(['schema', 'lab']);
    expect(JSON.parse(schema.stdout)).toHaveProperty('properties.instruments');
  });
});

describe('a campaign in a lab', () => {
  beforeAll(() => written('good.yaml', good));
  const loaded = async (fidelity: string, lab?: string) =>
    loadCampaign(await written('campaign.yaml', campaign(fidelity, lab)));

  it('keeps names alone, with the lab beside it', async () => {
    const { spec, lab } = await loaded('instrument: reactor');
    expect(spec.lab).toEqual({ name: 'bench' });
    expect(spec.fidelities[0]).toMatchObject({ adapter: 'lab', instrument: 'reactor', settings: {} });
    expect(spec.fidelities[0]).not.toHaveProperty('exclusive');
    expect(lab!.instruments.reactor!.settings).toEqual({ problem: 'branin' });
    expect((await loaded('instrument: anneal')).spec.fidelities[0]!.instrument).toBe('anneal');
  });

  it.each([
    [
      'an instrument that there is not',
      'instrument: recator',
      undefined,
      /instrument: no instrument 'recator' \(did you mean reactor\?/,
    ],
    ['an adapter too', 'instrument: reactor, adapter: problem', undefined, /adapter beside an instrument/],
    ['settings too', 'instrument: reactor, settings: { problem: branin }', undefined, /settings beside an instrument/],
    ['no lab', 'instrument: reactor', '', /an instrument, but no lab/],
    ['no such lab file', 'instrument: reactor', 'lab: lost.yaml', /^2 lab: lost\.yaml: cannot be read/],
    ['a lab that is no file', 'instrument: reactor', 'lab: { name: bench }', /^2 lab: no file/],
  ])('is refused with %s', async (_, fidelity, lab, words) => {
    expect((await faultsOf(loaded(fidelity, lab))).join('\n')).toMatch(words);
  });

  it('is told the faults of its lab file, and what an instrument has against its parameters', async () => {
    await written('bad-lab.yaml', 'name: bench\ninstruments: { reactor: { adapter: nothing } }\n');
    const [fault] = await faultsOf(loaded('instrument: reactor', 'lab: bad-lab.yaml'));
    expect(fault).toMatch(/^2 lab: bad-lab\.yaml: line 2, instruments\.reactor\.adapter: no adapter 'nothing'/);
    await written('hartmann.yaml', good.replaceAll('branin', 'hartmann6'));
    const faults = await faultsOf(loaded('instrument: reactor', 'lab: hartmann.yaml'));
    expect(faults.join('\n')).toMatch(/fidelities\[0\]\.instrument: reactor: /);
  });
});
