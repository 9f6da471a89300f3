import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labSchema } from '../../../models/domain/lab.js';
import type { Role } from '../../../models/domain/roles.js';
import { isRunning } from '../../../scripts/local/process.js';
import { keepInstrument, keepLabs } from '../../../scripts/safe-stop/kept-instruments.js';
import { latchedBy, untoldActs } from '../../../scripts/safe-stop/latch.js';
import { endStopd, keepStopd } from '../../../scripts/stopd/keep-stopd.js';
import { checklist } from '../../../scripts/stopd/stop-run.js';
import { sealSession, stopKey } from '../../../scripts/stopd/stop-session.js';
import { stopdPlace } from '../../../scripts/stopd/stopd-place.js';
import { startStopd } from '../../../scripts/stopd/stopd-server.js';
import { temporaryHome } from '../../support/home.js';

let home: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  const made = await temporaryHome();
  home = made.path;
  undo.push(made.remove);
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** An instrument at a server of its own, kept as a worker that drives it keeps it. */
async function instrument(id: string, answer: RequestListener): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const folder = join(home, 'instruments', encodeURIComponent(id));
  await mkdir(folder, { recursive: true });
  const settings = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    submit: { path: '/jobs', body: { key: '{key}' }, job: 'id' },
    status: {
      path: '/jobs/{job}',
      state: 'status',
      states: { running: ['busy'], succeeded: ['done'], failed: ['broken'] },
    },
    result: { path: '/jobs/{job}/result' },
    values: { y: { path: 'y' } },
    safeStop: { path: '/stop' },
  };
  keepInstrument(home, { id, adapter: 'http', settings, modules: [], folder });
  return asked;
}

const page = 'http://127.0.0.1:8750';
/** A browser that is logged in. */
function browser(url: string, role: Role, age = 0) {
  const at = Date.now() - age;
  const cookie = `athanor_stop=${sealSession(stopKey(home), { who: `a ${role}`, role, at, until: at + 86_400_000 })}`;
  return async (
    path: string,
    form?: Record<string, string> | [string, string][],
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      headers: { Cookie: cookie, ...(form === undefined ? {} : { Origin: page }), ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

const released = (reason = 'aired'): [string, string][] => [
  ['reason', reason],
  ...checklist.map((point): [string, string] => ['check', point]),
];

describe('the stop process, without any server', () => {
  it('tells of each instrument, in words what was not confirmed and what to do, and stays so until an operator releases it', async () => {
    const asked = await instrument('wet/furnace', (_, response) => response.end('{}'));
    await instrument('wet/pump', (_, response) => response.writeHead(500).end('valve <stuck>'));
    await instrument('dry/arm', () => undefined);
    const devices = { adapter: 'http', settings: {} };
    const definition = labSchema.parse({
      name: 'wet',
      instruments: { furnace: devices, pump: { ...devices, stopByHand: 'press its red button' }, xrd: devices },
    });
    keepLabs(home, [{ name: 'wet', definition }]);
    const stopd = await startStopd(home, { host: '127.0.0.1', port: 0, names: [], pages: [page] }, () => undefined);
    undo.push(() => stopd.close());
    const viewer = browser(stopd.url, 'viewer');
    const { status, text, headers } = await viewer('/stop', {});
    expect(status).toBe(200);
    expect(headers.get('Content-Security-Policy')).not.toContain('unsafe');
    const lines = text.split('\n').filter((line) => line.startsWith('<li>') && !line.includes('■'));
    const line = (id: string) => lines.findLast((each) => each.includes(id));
    expect(line('wet/furnace')).toMatch(/✓ wet\/furnace: safe in \d+\.\d s/);
    expect(line('wet/pump')).toMatch(/wet\/pump: NOT CONFIRMED\.<\/strong> press its red button \(/);
    expect(line('dry/arm')).toMatch(
      /dry\/arm: NOT CONFIRMED\.<\/strong> Go to it and switch it off .*no answer within 5 s/,
    );
    expect(line('wet/xrd')).toMatch(/wet\/xrd: NOT CONFIRMED.*never driven from here/);
    expect(text).not.toContain('<stuck>');
    expect(asked).toEqual(['POST /stop']);
    expect([latchedBy(home, 'wet/furnace'), latchedBy(home, 'dry/arm')]).toEqual([
      expect.stringContaining('a viewer'),
      expect.stringContaining('STOP LAB'),
    ]);
    // Workers elsewhere are told by the lab's name.
    expect(untoldActs(home).map(({ act }) => [act.act, act.lab])).toEqual([
      ['stop', null],
      ['stop', 'wet'],
      ['stopped', null],
    ]);

    const again = await viewer('/');
    expect(again.text).toContain('wet/pump: NOT CONFIRMED');
    expect(again.text).toContain('An operator may release it.');
    expect((await viewer('/release', released())).status).toBe(403);
    const operator = browser(stopd.url, 'operator');
    expect((await operator('/')).text).toContain('Release stop');
    expect((await operator('/release', { reason: 'aired' })).text).toContain(checklist[0]);
    expect((await operator('/release', released(' '))).status).toBe(422);
    expect((await browser(stopd.url, 'operator', 13 * 3_600_000)('/release', released())).status).toBe(403);
    expect(latchedBy(home, 'dry/arm')).not.toBeNull();
    expect((await operator('/mark', { instrument: 'wet/pump' })).status).toBe(303);
    expect((await operator('/')).text).toContain('wet/pump: stopped by hand, says a operator');
    expect((await operator('/mark', { instrument: 'wet/pump' })).status).toBe(409);
    expect((await operator('/release', released())).status).toBe(303);
    expect([latchedBy(home, 'wet/furnace'), latchedBy(home, 'dry/arm')]).toEqual([null, null]);
    expect((await operator('/release', released())).status).toBe(409);
    const { text: state } = await operator('/state', undefined, { Accept: 'application/json' });
    expect(JSON.parse(state)).toMatchObject({
      stops: [],
      report: { released: { who: 'a operator', why: 'aired' } },
      you: { role: 'operator' },
    });
  });

  it('answers a page in lines of JSON, and whoever presses again joins in', async () => {
    const asked = await instrument('wet/furnace', (_, response) => setTimeout(() => response.end('{}'), 500));
    const stopd = await startStopd(home, { host: '127.0.0.1', port: 0, names: [], pages: [page] }, () => undefined);
    undo.push(() => stopd.close());
    const press = () => browser(stopd.url, 'viewer')('/stop', { reason: 'smoke' }, { Accept: 'application/x-ndjson' });
    const both = await Promise.all([press(), press()]);
    for (const { text, headers } of both) {
      expect(headers.get('Access-Control-Allow-Origin')).toBe(page);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string });
      expect(lines).toMatchObject([
        { type: 'stopping', why: 'smoke' },
        { type: 'row', instrument: 'wet/furnace', confirmed: true, why: null, action: null },
        { type: 'stopped', trouble: null, stops: [{ lab: null, who: 'a viewer', why: 'smoke' }] },
      ]);
    }
    expect(asked).toHaveLength(1);
  });

  it('heeds nobody who is not logged in, and no form of another page', async () => {
    const stopd = await startStopd(home, { host: '127.0.0.1', port: 0, names: [], pages: [page] }, () => undefined);
    undo.push(() => stopd.close());
    const viewer = browser(stopd.url, 'viewer');
    for (const Origin of ['http://evil.example', 'null', 'http://127.0.0.1:8752', 'http://127.0.0.1:87500'])
      expect((await viewer('/stop', {}, { Origin })).status, Origin).toBe(403);
    expect((await fetch(`${stopd.url}/stop`, { method: 'POST', body: new URLSearchParams() })).status).toBe(403);
    for (const Cookie of [
      '',
      'athanor_stop=x.y',
      `athanor_stop=${sealSession(Buffer.alloc(32), { who: 'eve', role: 'admin', at: 0, until: 9e15 })}`,
    ])
      expect((await viewer('/stop', {}, { Cookie })).status, Cookie).toBe(401);
    expect((await viewer('/stop', {}, { Origin: stopd.url })).status).toBe(200);
    expect((await viewer('/stop')).status).toBe(404);
  });

  it('is one for a home, outlives whoever started it, and gives way to one that is wanted otherwise', async () => {
    const environment = {
      ...process.env,
      ATHANOR_HOME: home,
      DATABASE_URL: 'postgresql://u@127.0.0.1:9/x',
      TEMPORAL_ADDRESS: '127.0.0.1:9',
    };
    const wanted = { host: '127.0.0.1', port: 0, names: [], pages: [page] };
    undo.push(() => endStopd(home));
    const first = await keepStopd(home, wanted, environment);
    expect(first.isOwn).toBe(true);
    expect(await keepStopd(home, wanted, environment)).toEqual({ port: first.port, isOwn: false });
    await expect(startStopd(home, wanted, () => undefined)).rejects.toThrow(/has a stop process already, at port \d+/);
    const asked = await instrument('wet/furnace', (_, response) => response.end('{}'));
    const url = `http://127.0.0.1:${first.port}`;
    expect((await browser(url, 'viewer')('/stop', {})).text).toContain('wet/furnace: safe');
    expect(asked).toHaveLength(1);
    const before = stopdPlace(home)!;
    const second = await keepStopd(home, { ...wanted, pages: ['http://lab.example.org'] }, environment);
    expect(second.isOwn).toBe(true);
    expect(await isRunning(before)).toBe(false);
    expect(await endStopd(home)).toBe(true);
    expect(await endStopd(home)).toBe(false);
  });
});
