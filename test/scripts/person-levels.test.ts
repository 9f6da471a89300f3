import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { openRunnable } from '../../scripts/commands/open-campaign.js';
import { loopSettings } from '../../scripts/loop-settings.js';

const text = (settings: string) => `name: bench
space: {parameters: [{name: t, type: continuous, bounds: [20, 120], unit: °C}]}
objectives: [{name: mass, direction: maximise, unit: g}]
outcomes: [{name: colour}]
fidelities: [{name: bench, adapter: person, cost: 1, settings: ${settings}}]
budget: {trials: 30}
`;
const read = (settings: string) => readCampaignText(text(settings), { file: 'c.yaml', baseDir: '.' });
const faults = (settings: string) =>
  read(settings).then(
    () => [],
    (error: InvalidInputError) => error.faults.map(({ path, message }) => `${path}: ${message}`),
  );

it('a level that people measure says what is to be done, and what is checked', async () => {
  const settings =
    "{instructions: 'heat to {t as K, 1 decimal}', fields: {mass: {unit: mg, min: 0}}, file: the spectrum}";
  const { spec } = await read(settings);
  expect(loopSettings(spec).people).toEqual(['bench']);
  expect(spec.fidelities[0]!.settings).toMatchObject({ file: 'the spectrum' });
});

it('everything that is wrong with its settings is told at once', async () => {
  expect(await faults('{instruction: x}')).toEqual([expect.stringContaining('instruction')]);
  const wrong =
    "{instructions: 'heat to {p}', fields: {mass: {unit: mL, min: 2, max: 1}, colour: {unit: g}, yield: {}}}";
  const told = (await faults(wrong)).join('\n');
  for (const part of ['instructions', 'fields.mass.unit', 'fields.mass.min', 'fields.colour.unit', 'fields.yield'])
    expect(told).toContain(`fidelities[0].settings.${part}`);
});

it('runs durably, and not by itself', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'athanor-person-')), 'campaign.yaml');
  await writeFile(file, text('{}'));
  await expect(openRunnable(file)).rejects.toThrow(/measured by a person/);
  expect((await openRunnable(file, {}, { people: true })).campaign.id).toBe('bench');
});
