import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-made-'));
  await writeFile(
    join(folder, 'lab.mjs'),
    `import { appendFileSync } from 'node:fs';
const settings = { safeParse: (data) => ({ success: true, data }), parse: (data) => data };
const said = (word) => appendFileSync(${JSON.stringify(join(folder, 'said'))}, word + ' ');
const type = (name, create) => ({ name, description: 'd', settings, create });
const traits = { resultRetention: 'process', exclusive: false, deterministic: true, virtualTime: false };
const verb = (name) => ({ [name]: async () => said(name) });
export const adapters = [
  type('bare', () => ({})),
  type('half', () => ({ traits, ...verb('validate'), ...verb('close'), ...verb('status') })),
  type('dark', () => { throw new Error('no light on the bus'); }),
  type('whole', () => ({ traits, ...verb('validate'), ...verb('submit'), ...verb('status'), ...verb('result'), ...verb('close') })),
];
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function validated(adapters: readonly string[], ...more: readonly string[]) {
  const fidelities = adapters.map((name, i) => `  - { name: f${i}, adapter: ${name}, settings: {}, cost: ${i + 1} }`);
  const text = `name: c
adapters: [./lab.mjs]
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities:
${fidelities.join('\n')}
budget: { trials: 5 }
`;
  await writeFile(join(folder, 'c.yaml'), text);
  return runCli(['validate', 'c.yaml', ...more], { cwd: folder });
}

it('adapters that lack what all have are refused together by validate --trust, with their lines', async () => {
  const { code, stderr } = await validated(['bare', 'half', 'whole'], '--trust');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /line 6.*fidelities\[0\]\.adapter.*'traits', 'validate', 'submit', 'status', 'result', 'close'/,
  );
  expect(stderr).toMatch(/line 7.*fidelities\[1\]\.adapter.*'submit', 'result'/);
  expect(stderr).not.toContain('fidelities[2]');
});

it('one that cannot be made here and now is named, and nothing is asked of one that can', async () => {
  const { code, stderr } = await validated(['dark', 'whole'], '--trust');
  expect(code).toBe(0);
  expect(stderr).toMatch(/'f0': .*no light on the bus.*; its trials wait for a worker that can make the adapter/);
  const { readFile } = await import('node:fs/promises');
  expect((await readFile(join(folder, 'said'), 'utf8')).trim().split(' ')).toEqual(['close', 'close']);
});

it('without --trust none is made', async () => {
  expect(await validated(['bare'])).toMatchObject({ code: 0, stderr: expect.stringContaining('not run') });
});
