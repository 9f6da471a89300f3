import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../../lab-adapters/contract.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { isSame, readExchange } from '../../../scripts/lab/exchange-file.js';
import { recordInstrument } from '../../../scripts/lab/record-instrument.js';
import { replay } from '../../../scripts/lab/replay.js';
import { systemClock } from '../../../scripts/simulate/clock.js';
import { startCli } from '../../support/cli.js';
import { type Counterpart, startCounterpart } from '../../support/counterparts.js';
import { measuredBy } from '../../support/devices.js';

const program = (name: string) => fileURLToPath(new URL(`../../counterparts/${name}`, import.meta.url));
const secret = 'correct-horse-battery';
let folder: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-record-'));
  process.env.REACTOR_KEY = secret;
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
  await rm(folder, { recursive: true, force: true });
});

async function device(name: string): Promise<Counterpart> {
  const started = await startCounterpart(process.execPath, [program(name), folder, '0']);
  undo.push(() => started.kill());
  return started;
}

const http = {
  timeout: '5s',
  poll: '20ms',
  headers: { 'X-Key': { from: 'REACTOR_KEY' } },
  submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: '{ms}' }, job: 'id' },
  find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
  status: {
    path: '/jobs/{job}',
    state: 'status',
    states: { running: ['busy'], paused: ['held'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] },
  },
  result: { path: '/jobs/{job}/result' },
  values: { y: { path: 'out.y' } },
};
const lines = {
  ends: { send: '\r', receive: '\r\n' },
  timeout: '2s',
  poll: '20ms',
  identity: { send: 'ID', answer: '^FURNACE' },
  set: [
    { send: 'SP {x, 2 decimals}', answer: '^OK$' },
    { send: 'MS {ms}', answer: '^OK$' },
  ],
  start: [{ send: 'RUN {key}', answer: '^OK$' }],
  done: { send: 'ST?', answer: '^DONE$' },
  values: { y: { send: 'Y?', answer: '^Y=(?<value>\\S+) g$' } },
};

let made = 0;
async function measured(adapter: 'http' | 'lines', place: object, key = 'c/r1/p1/g1/run'): Promise<unknown> {
  const own = join(folder, `jobs${++made}`);
  await mkdir(own);
  const settings = { ...(adapter === 'http' ? http : lines), ...place };
  const one: Adapter = createRegistry().create(adapter, settings, { clock: systemClock, folder: own, log: () => {} });
  const request: JobRequest = {
    design: { x: 2, ms: 50 },
    rowId: null,
    substances: {},
    fidelity: 'f',
    objectives: ['y'],
  };
  return measuredBy(one, key, request);
}

const at = (adapter: 'http' | 'lines', port: number) =>
  adapter === 'http' ? { url: `http://127.0.0.1:${port}` } : { connect: { host: '127.0.0.1', port } };

describe.each(['http', 'lines'] as const)('an exchange with an instrument of adapter %s', (adapter) => {
  const out = () => join(folder, 'exchange.jsonl');
  async function recorded(): Promise<unknown> {
    const real = await device(adapter === 'http' ? 'http-device.mjs' : 'line-device.mjs');
    const place = adapter === 'http' ? { url: `http://127.0.0.1:${real.line}/wet` } : at('lines', Number(real.line));
    const settings = { ...(adapter === 'http' ? http : lines), ...place };
    await writeFile(
      join(folder, 'lab.yaml'),
      JSON.stringify({ name: 'wet', instruments: { reactor: { adapter, settings } } }),
    );
    const recording = await recordInstrument(
      { instrument: 'reactor', file: join(folder, 'lab.yaml'), out: out(), port: 0 },
      process.env,
    );
    const values = await measured(adapter, at(adapter, recording.port));
    await recording.close();
    expect(recording.turns()).toBeGreaterThan(2);
    await real.kill();
    return values;
  }

  test('is recorded without secrets, and played it measures the same without the instrument', async () => {
    const values = await recorded();
    const text = await readFile(out(), 'utf8');
    expect(text).not.toContain(secret);
    expect((await stat(out())).mode & 0o777).toBe(0o600);
    const unexpected: string[] = [];
    const exchange = await readExchange(out());
    const playing = await replay(exchange, { port: 0, pace: false, onUnexpected: (words) => unexpected.push(words) });
    undo.push(() => playing.close());
    expect(await measured(adapter, at(adapter, playing.port))).toEqual(values);
    expect(unexpected).toEqual([]);
  });

  test('is not written over what is there', async () => {
    await recorded();
    await expect(
      recordInstrument({ instrument: 'reactor', file: join(folder, 'lab.yaml'), out: out(), port: 0 }, process.env),
    ).rejects.toThrow(/EEXIST/);
  });

  test('says what it did not expect', async () => {
    const values = await recorded();
    const unexpected: string[] = [];
    const exchange = await readExchange(out());
    const playing = await replay(exchange, { port: 0, pace: false, onUnexpected: (words) => unexpected.push(words) });
    undo.push(() => playing.close());
    if (adapter === 'http') {
      // Another key: what is nearest answers, and is named.
      expect(await measured(adapter, at(adapter, playing.port), 'c/r2/p1/g1/run')).toEqual(values);
      expect(unexpected).toContainEqual(expect.stringContaining('POST /jobs {"key":"c/r2/p1/g1/run"'));
      const nowhere = await fetch(`http://127.0.0.1:${playing.port}/self-destruct`, { method: 'POST' });
      expect([nowhere.status, unexpected.at(-1)]).toEqual([404, 'POST /self-destruct ; nothing was asked there']);
    } else {
      const heard = await new Promise<string>((resolve) => {
        const socket = connect(playing.port, '127.0.0.1', () => socket.write('SELF DESTRUCT\rID\r'));
        socket.once('data', (bytes) => {
          socket.destroy();
          resolve(String(bytes));
        });
      });
      expect([heard, unexpected]).toEqual(['FURNACE 3\r\n', ['SELF DESTRUCT']]);
    }
  });
});

test('a serial line is recorded, and heard on a TCP port', async () => {
  const real = await device('line-device.mjs');
  const bridge = await startCounterpart('python3', [program('pty_bridge.py'), real.line]);
  undo.push(() => bridge.kill());
  const settings = { ...lines, connect: { serial: bridge.line } };
  await writeFile(
    join(folder, 'lab.yaml'),
    JSON.stringify({ name: 'wet', instruments: { reactor: { adapter: 'lines', settings } } }),
  );
  const out = join(folder, 'serial.jsonl');
  const recording = await recordInstrument({ instrument: 'reactor', file: join(folder, 'lab.yaml'), out, port: 0 }, {});
  const values = await measured('lines', at('lines', recording.port));
  await recording.close();
  const playing = await replay(await readExchange(out), { port: 0, pace: true, onUnexpected: () => expect.fail() });
  undo.push(() => playing.close());
  expect(await measured('lines', at('lines', playing.port))).toEqual(values);
});

test('where a secret was taken out anything may stand, and signs of patterns are none', () => {
  expect(isSame('/a?key=***&b=1', '/a?key=x.y&b=1')).toBe(true);
  expect(isSame('/a?key=***&b=1', '/a?key=x&b=2')).toBe(false);
  expect(isSame('/a.c***', '/abc1')).toBe(false);
  expect(isSame('/a', '/a')).toBe(true);
});

test('what cannot be recorded or played is told, with the line', async () => {
  const file = join(folder, 'lab.yaml');
  const settings = { problem: 'branin' };
  await writeFile(file, JSON.stringify({ name: 'wet', instruments: { sim: { adapter: 'problem', settings } } }));
  const record = (instrument: string) => recordInstrument({ instrument, file, out: join(folder, 'x'), port: 0 }, {});
  await expect(record('sim')).rejects.toThrow(/what adapter 'problem' says cannot be recorded/);
  await expect(record('simm')).rejects.toThrow(/no instrument 'simm'/);
  await writeFile(
    join(folder, 'bad.jsonl'),
    '{"format":"athanor-exchange-1","kind":"lines","lab":"a","instrument":"b","adapter":"lines","at":1,"ends":{"send":"x","receive":"y"}}\n{"at":1}\n',
  );
  await expect(readExchange(join(folder, 'bad.jsonl'))).rejects.toThrow(/line 2/);
});

test('the commands say where they listen, and end with Ctrl-C', async () => {
  const real = await device('http-device.mjs');
  const settings = { ...http, url: `http://127.0.0.1:${real.line}/wet` };
  await writeFile(
    join(folder, 'lab.yaml'),
    JSON.stringify({ name: 'wet', instruments: { reactor: { adapter: 'http', settings } } }),
  );
  const options = { cwd: folder, env: { ATHANOR_HOME: join(folder, 'home') } };
  const record = startCli(['lab', 'record', 'reactor', '--out', 'x.jsonl'], options);
  const [, url] = await record.seen(/url: (\S+)/);
  await record.seen(/Ctrl-C ends it/);
  expect(await (await fetch(`${url}/jobs?key=none`)).json()).toEqual({ items: [] });
  record.child.kill('SIGINT');
  expect(await record.done).toMatchObject({ code: 0, stderr: expect.stringContaining('1 requests in x.jsonl') });
  const play = startCli(['lab', 'replay', 'x.jsonl'], options);
  const [, played] = await play.seen(/url: (\S+)/);
  await play.seen(/Ctrl-C ends it/);
  expect(await (await fetch(`${played}/jobs?key=none`)).json()).toEqual({ items: [] });
  await fetch(`${played}/other`);
  play.child.kill('SIGINT');
  expect(await play.done).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('not in the recording: GET /other'),
  });
});
