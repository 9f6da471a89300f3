import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign, runInProcess } from '../../scripts/library.js';
import { lackingIn, plainSecrets, withoutPlainSecrets } from '../../scripts/plain-secrets.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { renderReport } from '../../scripts/report/render.js';
import { runCli } from '../support/cli.js';
import { problemCampaign } from '../workflows/durable-host.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-plain-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { spec: usual } = problemCampaign('c');
const specOf = (settings: Record<string, unknown>, adapter = 'command') => ({
  ...usual,
  fidelities: [{ ...usual.fidelities[0]!, adapter, settings }],
});
const secret = 'gEheim-4711';

describe('secrets in settings', () => {
  it.each([
    [{ env: { API_KEY: secret } }, 'env.API_KEY'],
    [{ env: { labToken: secret } }, 'env.labToken'],
    [{ env: { KEY: secret } }, 'env.KEY'],
    [{ env: { DB_PWD: secret } }, 'env.DB_PWD'],
    [{ env: { MYSQL_PASSWORD: secret } }, 'env.MYSQL_PASSWORD'],
    [{ env: { URL: `postgres://u:${secret}@h/d` } }, 'env.URL'],
    [{ command: ['curl', '-H', `Authorization: Bearer ${secret}`] }, 'command[2]'],
    [{ command: ['measure', '--api-key', secret] }, 'command[2]'],
    [{ command: ['measure', `--password=${secret}`] }, 'command[1]'],
    [{ connection: { clientSecret: secret } }, 'connection.clientSecret'],
    [{ login: [{ user: 'ann', password: secret }] }, 'login[0].password'],
    [{ accessKey: { id: secret } }, 'accessKey.id'],
  ])('%j are found, and left out of what is shown', (settings, path) => {
    const spec = specOf(settings);
    expect(plainSecrets(spec).map((fault) => fault.path)).toEqual([`fidelities[0].settings.${path}`]);
    expect(JSON.stringify(plainSecrets(spec))).not.toContain(secret);
    const shown = JSON.stringify(withoutPlainSecrets(spec));
    expect(shown).toContain('***');
    expect(shown).not.toContain(secret);
    // What was shown once is shown again as it is.
    expect(withoutPlainSecrets(withoutPlainSecrets(spec))).toEqual(withoutPlainSecrets(spec));
    expect(plainSecrets(withoutPlainSecrets(spec))).toEqual([]);
  });

  it('are no names of variables, and nothing that only sounds like it', () => {
    const settings = {
      env: {
        API_KEY: { from: 'LAB_KEY' },
        GRID: '4',
        KEYBOARD: 'de',
        PWD: '/tmp',
        MONKEY: 'x',
        TOKENS: '5',
        PATH: '/bin',
      },
      command: ['python3', 'key.py', '--key-column', 'id', 'https://h:8233/x', 'me@lab.org'],
      key: 'id',
      keyColumn: 'row',
      tokens: 12,
    };
    expect(plainSecrets(specOf(settings))).toEqual([]);
    expect(withoutPlainSecrets(specOf(settings))).toEqual(specOf(settings));
  });
});

it('says what the environment lacks', () => {
  const spec = specOf({ command: ['x'], env: { KEY: { from: 'LAB_KEY' }, B: 'b' } });
  const registry = createRegistry();
  expect(lackingIn(spec, registry, {})).toMatchObject([
    { path: 'fidelities[0].settings.env.KEY', message: expect.stringContaining('LAB_KEY, which is not set') },
  ]);
  expect(lackingIn(spec, registry, { LAB_KEY: 'long enough' })).toEqual([]);
  const told = JSON.stringify(lackingIn(spec, registry, { LAB_KEY: 'brief' }));
  expect(told).toContain('8 characters');
  expect(told).not.toContain('brief');
});

describe('a campaign with secrets', () => {
  const campaignText = (env: string) => `name: secrets
seed: 1
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities:
  - { name: f, adapter: command, cost: 1, settings: { command: [/bin/sh, -c, 'echo "{\\"values\\": {\\"y\\": 1}}"'], env: ${env} } }
budget: { trials: 2 }
`;
  const fileWith = async (env: string) => {
    const own = await mkdtemp(join(folder, 'file-'));
    await mkdir(join(own, 'home'));
    await writeFile(join(own, 'campaign.yaml'), campaignText(env));
    return { file: join(own, 'campaign.yaml'), own };
  };

  it('shows none of them in exports and reports, and can be verified all the same', async () => {
    const { file } = await fileWith(`{ API_KEY: ${secret} }`);
    const record = await runInProcess(await loadCampaign(file), { registry: createRegistry(), seed: 1 });
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'measured']);
    const text = exportJson(record);
    expect(text).not.toContain(secret);
    expect(await renderReport(record)).not.toContain(secret);
    const read = parseRecord(text, 'record');
    expect(read.campaign.spec.fidelities[0]!.settings.env).toEqual({ API_KEY: '***' });
    expect((await verifyRecord(read)).mismatches).toEqual([]);
  });

  it('is remarked on by validate, and still valid', async () => {
    const { file } = await fileWith(`{ API_KEY: ${secret}, OTHER: { from: LAB_TEST_OTHER } }`);
    const { code, stdout, stderr } = await runCli(['validate', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true });
    expect(stderr).toContain('write API_KEY: {from: API_KEY}');
    expect(stderr).toContain('LAB_TEST_OTHER, which is not set; trials wait until then');
    expect(stdout + stderr).not.toContain(secret);
  });

  it('is not simulated where a variable is missing, and nothing of them is left where it is not', async () => {
    const { file, own } = await fileWith('{ API_KEY: { from: LAB_TEST_KEY } }');
    const missing = await runCli(['simulate', file]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/fidelities\[0\]\.settings\.env\.API_KEY: .*LAB_TEST_KEY, which is not set/);
    const env = { LAB_TEST_KEY: secret, ATHANOR_HOME: join(own, 'home') };
    const { code, stdout, stderr } = await runCli(
      ['simulate', file, '--save', join(own, 'runs'), '--report', join(own, 'r.html')],
      { env },
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout + stderr).not.toContain(secret);
    const { execFile } = await import('node:child_process');
    const found = await new Promise((resolve) => execFile('grep', ['-rl', secret, own], (_, out) => resolve(out)));
    expect(found).toBe('');
  });
});
