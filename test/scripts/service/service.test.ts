import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemdUnits, type UnitSettings } from '../../../scripts/service/units.js';
import { callCli, callCliJson } from '../../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-service-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hasSystemd = await promisify(execFile)('systemd-analyze', ['--version']).then(
  () => true,
  () => false,
);

const settings: UnitSettings = {
  ...{ node: '/usr/bin/node', program: '/opt/athanor/cli.js', home: '/home/kim/100% of it', shared: null, user: 'kim' },
  ...{ host: '127.0.0.1', port: 8750, stopPort: 8751, names: ['lab.example.org'], workers: 2, ownServers: true },
  secrets: '/home/kim/100% of it/environment',
};

it('safe stop stands alone, the rest follows the servers, and odd paths stay whole', () => {
  const units = systemdUnits(settings);
  expect(Object.keys(units)).toEqual([
    ...[
      'athanor.target',
      'athanor-servers.service',
      'athanor-worker@.service',
      'athanor-serve.service',
      'athanor-stopd.service',
    ],
  ]);
  expect(units['athanor.target']).toContain('athanor-worker@1.service athanor-worker@2.service');
  expect(units['athanor-stopd.service']).not.toMatch(/^After=.*athanor/m);
  expect(units['athanor-worker@.service']).toMatch(/^After=athanor-servers\.service$/m);
  expect(units['athanor-serve.service']).toMatch(/^After=athanor-servers\.service athanor-stopd\.service$/m);
  expect(units['athanor-serve.service']).toContain('Environment="ATHANOR_HOME=/home/kim/100%% of it"');
  // Pages that 'serve' has, for it to find this one fit.
  expect(units['athanor-stopd.service']).toMatch(
    /--page "http:\/\/\[::1\]:8750" .*--page https:\/\/lab\.example\.org /,
  );
  expect(Object.keys(systemdUnits({ ...settings, ownServers: false }))).not.toContain('athanor-servers.service');
  expect(systemdUnits({ ...settings, user: null })['athanor.target']).toContain('WantedBy=default.target');
});

it.each([[['--system', '--name', 'lab.example.org', '--workers', '2']], [[]]])(
  'units are written and hold before systemd: %j',
  async (args) => {
    const out = join(folder, `units ${args.length}`);
    const env = { ATHANOR_HOME: join(folder, '100% home') };
    const written = (await callCliJson(['service', '--out', out, ...args, '--json'], { env })) as {
      verified: boolean | null;
      faults: string | null;
    };
    expect([written.verified, written.faults]).toEqual(hasSystemd ? [true, ''] : [null, null]);
    expect((await readdir(out)).sort()).toEqual([
      ...[
        'athanor-serve.service',
        'athanor-servers.service',
        'athanor-stopd.service',
        'athanor-worker@.service',
        'athanor.target',
      ],
    ]);
    expect(await readFile(join(out, 'athanor-worker@.service'), 'utf8')).toContain('100%% home');
  },
);

it('a user is named for units of the machine only', async () => {
  const { code, stderr } = await callCli(['service', '--user', 'kim', '--out', join(folder, 'none')], {
    env: { ATHANOR_HOME: folder },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--system')]);
});
