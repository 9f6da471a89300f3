import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-names-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A module whose adapter is named so, and answers with x; a campaign and a lab that bring it. */
async function files(name: string, level = `adapter: ${name}`) {
  await writeFile(
    join(folder, `${name}.mjs`),
    `const settings = { safeParse: (data) => ({ success: true, data }), parse: (data) => data };
const traits = { resultRetention: 'process', exclusive: false, deterministic: true, virtualTime: true };
const asked = new Map();
const create = () => ({
  traits, pollMs: 1, validate: async () => [], close: async () => {}, status: async () => ({ state: 'succeeded' }),
  submit: async (key, { design }) => { asked.set(key, design.x); return key; },
  result: async (key) => ({ values: { y: asked.get(key) }, cost: 1, durationMs: 1 }),
});
export const adapters = [{ name: '${name}', description: 'd', settings, create }];
`,
  );
  await writeFile(
    join(folder, 'c.yaml'),
    `name: c
adapters: [./${name}.mjs]
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities:
  - { name: f, ${level === '' ? '' : `${level}, `}cost: 1 }
budget: { trials: 2 }
`,
  );
  const instruments = { one: { adapter: name, settings: {} } };
  await writeFile(join(folder, 'lab.yaml'), JSON.stringify({ name: 'l', adapters: [`./${name}.mjs`], instruments }));
}
const athanor = (...args: string[]) => callCli(args, { cwd: folder, env: { ATHANOR_HOME: join(folder, 'home') } });

it("a module's adapter with the name of one that is there already is refused by that name", async () => {
  await files('files');
  const commands = [
    ['validate', 'c.yaml', '--trust'],
    ['simulate', 'c.yaml'],
    ['run', 'c.yaml'],
    ['lab', 'check', 'lab.yaml', '--trust'],
  ];
  for (const command of commands) {
    const { code, stderr } = await athanor(...command);
    expect({ code, stderr }, command.join(' ')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("two adapters are named 'files'; rename the one that is not built in"),
    });
  }
});

it("one that is named 'lab' is nothing special", async () => {
  await files('lab');
  expect(await athanor('validate', 'c.yaml', '--trust')).toMatchObject({ code: 0 });
  expect(await athanor('simulate', 'c.yaml', '--seeds', '1')).toMatchObject({ code: 0 });
  expect(await athanor('lab', 'check', 'lab.yaml', '--trust')).toMatchObject({ code: 0 });
});

it("one that is named 'person' is never taken for people, nor people for it", async () => {
  await files('person');
  const validated = await athanor('validate', 'c.yaml', '--trust');
  expect(validated).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/'f': 'person' is an adapter of a module here.*'athanor run' refuses/),
  });
  expect(await athanor('simulate', 'c.yaml', '--seeds', '1')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2'),
  });
  expect(await athanor('run', 'c.yaml')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "'f' names an adapter 'person' of a module, which is the word for what people measure",
    ),
  });
  expect(await athanor('lab', 'check', 'lab.yaml', '--trust')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /adapters.*a module brings an adapter 'person', which is the word for what people measure/,
    ),
  });
  await files('person', '');
  for (const command of [
    ['validate', 'c.yaml', '--trust'],
    ['simulate', 'c.yaml'],
    ['run', 'c.yaml'],
  ])
    expect(await athanor(...command), command.join(' ')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /line 6, fidelities\[0\]: no adapter is named, which is the word for what people measure/,
      ),
    });
});
