import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../models/domain/roles.js';
import { type TestApi, testApi } from '../../support/api-server.js';
import { benchFile } from '../../support/bench-file.js';
import { type DurableHost, durableHost } from '../../workflows/durable-host.js';

let host: DurableHost;
let api: TestApi;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  api = await testApi(host);
});
afterAll(async () => {
  await api?.close();
  await host?.close();
});

const send = (path: string, body: unknown, as: Role = 'scientist', headers = {}) =>
  api.call('POST', `/campaigns${path}`, { as, body, headers });

const table = 'name,t,yield\na,20,\nb,40,\nc,60,\n';
const pooled = (file: string) => ({
  name: 'pooled',
  space: {
    pool: { file, id: 'name', designColumns: [{ name: 't', column: 't', type: 'continuous' }] },
  },
  objectives: [{ name: 'value', direction: 'maximise' }],
  fidelities: [{ name: 'exact', adapter: 'person', cost: 1 }],
  budget: { trials: 2 },
});
const files = [{ name: 'pool.csv', base64: btoa(table) }];

describe('a campaign that is sent', () => {
  it('is started once, with the tables that it names, and attached to when it is sent again', async () => {
    const id = host.id('sent');
    const sent = { campaign: pooled('pool.csv'), id, files };
    expect(await send('', sent, 'operator')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const started = await send('', sent);
    expect(started).toMatchObject({ status: 201, body: { id, outcome: 'started' } });
    expect((await send('', sent)).body.outcome).toBe('attached');
    expect((await host.control.record(id)).campaign.space.pool?.ids).toEqual(['a', 'b', 'c']);
    const other = { ...sent, campaign: { ...pooled('pool.csv'), budget: { trials: 3 } } };
    expect(await send('', other)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const keyed = { 'Idempotency-Key': 'begin' };
    const again = { campaign: benchFile(host.id('text')) };
    const all = await Promise.all(Array.from({ length: 5 }, () => send('', again, 'scientist', keyed)));
    expect(all.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect((await send('', again, 'scientist', keyed)).body.outcome).toBe('started');
    const folders = await readdir(join(host.settings.home, 'sent'));
    const kept = await Promise.all(
      folders.map((name) => readFile(join(host.settings.home, 'sent', name, 'pool.csv'), 'utf8').catch(() => '')),
    );
    expect(kept).toContain(table);
  });

  it('is refused with everything that is wrong with it, and leaves nothing', async () => {
    const before = await readdir(join(host.settings.home, 'sent'));
    const wrong = `name: w\nspace: {parameters: [{name: t, type: continuous, bounds: [3, 1]}]}\nbudgt: {trials: 2}\n`;
    const told = await send('/validate', { campaign: wrong });
    expect(told.body).toMatchObject({ valid: false, id: null });
    expect(told.body.faults.length).toBeGreaterThan(2);
    expect(told.body.faults).toContainEqual(expect.objectContaining({ path: 'space.parameters[0].bounds', line: 2 }));
    const refused = await send('', { campaign: wrong });
    expect([refused.status, refused.body.faults]).toEqual([422, told.body.faults]);
    const lost = await send('/validate', { campaign: pooled('nowhere.csv') });
    expect(JSON.stringify(lost.body)).toContain('nowhere.csv');
    expect(JSON.stringify(lost.body)).not.toContain(host.settings.home);
    const unfit = await send('', { campaign: wrong, files: [{ name: '../x', base64: '' }], more: 1 });
    expect([unfit.status, unfit.body.faults.length]).toEqual([422, 2]);
    expect(await readdir(join(host.settings.home, 'sent'))).toEqual(before);
  });

  it('is checked without being started', async () => {
    const { body } = await send('/validate', { campaign: pooled('pool.csv'), files });
    expect(body).toEqual({
      ...{ valid: true, faults: [], notes: [], id: 'pooled', poolSize: 3 },
      parameters: [{ name: 't', type: 'continuous' }],
      objectives: [{ name: 'value', direction: 'maximise' }],
      fidelities: [{ name: 'exact', adapter: 'person', cost: 1 }],
    });
    expect((await host.control.list()).map(({ id }) => id)).not.toContain('pooled');
  });

  it('runs no programs, loads no modules and reads no files of the server, but for an admin', async () => {
    const { fidelities, ...rest } = pooled('pool.csv');
    const command = [{ name: 'exact', adapter: 'command', cost: 1, settings: { command: ['true'] } }];
    for (const campaign of [
      { ...rest, fidelities: command },
      { ...rest, fidelities, adapters: ['./mine.mjs'] },
      { ...rest, fidelities: [{ name: 'exact', instrument: 'furnace', cost: 1 }], lab: 'lab.yaml' },
    ])
      for (const path of ['', '/validate'])
        expect(await send(path, { campaign, files })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const folder = join(host.settings.home, 'elsewhere');
    await mkdir(folder);
    await writeFile(join(folder, 'pool.csv'), table);
    for (const file of [join(folder, 'pool.csv'), '../../elsewhere/pool.csv'])
      expect(await send('', { campaign: pooled(file) })).toMatchObject({
        status: 422,
        body: { faults: [{ path: 'space.pool.file', message: `'${file}' is no file that was sent` }] },
      });
    const own = await send('/validate', { campaign: pooled(join(folder, 'pool.csv')) }, 'admin');
    expect(own.body).toMatchObject({ valid: true, poolSize: 3 });
    expect((await send('/validate', { campaign: { ...rest, fidelities: command }, files }, 'admin')).body.valid).toBe(
      true,
    );
  });
});
