import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableSource } from '../../lab-adapters/dataset/table.js';
import { resolveAdapterModule } from '../../lab-adapters/modules.js';
import { readGeometries } from '../../lab-adapters/xtb/geometry-store.js';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { recordOf, recordsOf } from '../../scripts/commands/record-source.js';
import { processTerminal } from '../../scripts/commands/terminal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-encoding-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const yaml = `name: solvents
space:
  parameters:
    - {name: solvent, type: categorical, levels: [Äther, Öl]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: lab, cost: 1}]
budget: {trials: 2}
`;
const json = JSON.stringify({
  name: 'solvents',
  space: { parameters: [{ name: 'solvent', type: 'categorical', levels: ['Äther', 'Öl'] }] },
  objectives: [{ name: 'yield', direction: 'maximise' }],
  fidelities: [{ name: 'lab', cost: 1 }],
  budget: { trials: 2 },
});

async function placed(name: string, text: string, encoding: BufferEncoding): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, Buffer.from(text, encoding));
  return file;
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: InvalidInputError) => error,
  );

describe('a campaign file', () => {
  it.each([
    ['campaign.yaml', yaml, 4],
    ['campaign.json', json, 1],
  ])('in Windows-1252 is refused with its line: %s', async (name, text, line) => {
    const error = await refusal(loadCampaign(await placed(name, text, 'latin1')));
    expect(error!.faults).toEqual([
      expect.objectContaining({
        line,
        message: expect.stringMatching(/^not UTF-8 \(as Windows-1252 it would be: /),
        remedy: expect.stringContaining('save it as UTF-8'),
      }),
    ]);
    expect(error!.message).toContain(`${name}: 1 fault\n  line ${line}: not UTF-8`);
  });

  it.each([
    ['UTF-8', yaml, 'utf8'],
    ['UTF-8 with its mark', `\uFEFF${yaml}`, 'utf8'],
    ['UTF-16 with its mark', `\uFEFF${yaml}`, 'utf16le'],
    ['JSON with its mark', `\uFEFF${json}`, 'utf8'],
    ['JSON in UTF-16 with its mark', `\uFEFF${json}`, 'utf16le'],
  ] as const)('is read in %s', async (_, text, encoding) => {
    const { space } = await loadCampaign(await placed('good.yaml', text, encoding));
    expect(space.parameters).toMatchObject([{ name: 'solvent', levels: ['Äther', 'Öl'] }]);
  });
});

describe('other texts that are not UTF-8', () => {
  const meta = '{\n"columns": [{"name": "Öl", "role": "parameter"}]}';

  it('are refused as records, and passed over in a folder of them', async () => {
    const terminal = processTerminal(process);
    const file = await placed('record.json', '{"campaign":\n"Öl"}', 'latin1');
    expect((await refusal(recordOf(terminal, file)))!.message).toMatch(/record\.json: 1 fault\n {2}line 2: not UTF-8/);
    expect(await refusal(recordsOf(terminal, [`${folder}/`]))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('are refused as descriptions of data sets', async () => {
    await mkdir(join(folder, 'set'));
    await placed('set/meta.json', meta, 'latin1');
    const told = /meta\.json.*\s+line 2: not UTF-8 .*save it as UTF-8/;
    expect((await refusal(loadCampaign(join(folder, 'set'))))!.message).toMatch(told);
    const settings = { folder: join(folder, 'set'), delayMs: 0 };
    await expect(tableSource(settings)).rejects.toThrow(told);
    await placed('set/meta.json', `\uFEFF${meta}`, 'utf16le');
    expect((await tableSource(settings)).design).toEqual({ Öl: 'Öl' });
  });

  it('are refused as start geometries', async () => {
    const file = await placed('start.jsonl', '\n\n{"idcode": "é"}\n', 'latin1');
    await expect(readGeometries(file)).rejects.toThrow(/start\.jsonl: line 3: not UTF-8/);
  });

  it('are refused as the description of a module', async () => {
    await mkdir(join(folder, 'node_modules/meter'), { recursive: true });
    await placed('node_modules/meter/package.json', '{"name": "meter",\n"main": "zähler.js"}', 'latin1');
    expect(() => resolveAdapterModule('meter', folder)).toThrow(/package\.json .*line 2: not UTF-8/);
  });
});
