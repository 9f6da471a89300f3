import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endStopd } from '../../../scripts/stopd/keep-stopd.js';
import { callCli, callCliJson } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase, testTemporal } from '../../support/services.js';

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-serve-'));
  database = await createTestDatabase();
  const { address } = await testTemporal();
  env = { ATHANOR_HOME: join(folder, 'home'), DATABASE_URL: database.url, TEMPORAL_ADDRESS: address };
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const athanor = (...args: string[]) => callCli(args, { cwd: folder, env });

/** What a server answers that is called by a name. */
async function statusAs(url: string, name: string): Promise<number> {
  const asked = request(`${url}/healthz`, { headers: { Host: name }, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode!;
}

it('a token is given once, used, listed without its secret, and ended', async () => {
  expect(await athanor('serve', '--host', '0.0.0.0', '--port', '0')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('token add'),
  });
  const strange = await athanor('serve', '--port', '0', '--name', 'lab.example.org', 'https://lab.example.org/');
  expect(strange).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("'https://lab.example.org/' is no name of"),
  });
  expect(strange.stderr).not.toContain("'lab.example.org'");
  const { token } = (await callCliJson(
    ['token', 'add', '--name', 'night', '--role', 'operator', '--for', 'kim', '--json'],
    {
      env,
    },
  )) as { token: string };
  expect(token).toMatch(/^athanor_token_[\w-]{43}$/);
  expect(await athanor('token', 'add', '--name', 'night')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("'night'"),
  });
  const { stdout } = await athanor('token', 'list');
  expect(stdout).toMatch(/^token {2}night {2}kim \(operator\) {2}until .*, never used$/m);
  expect(stdout).not.toContain(token);

  const program = fileURLToPath(new URL('../../../dist/scripts/cli.js', import.meta.url));
  const server = spawn(process.execPath, [program, 'serve', '--port', '0', '--name', 'lab.example.org'], {
    env: { ...process.env, ...env },
    cwd: folder,
  });
  try {
    const urls: string[] = [];
    for await (const line of createInterface({ input: server.stderr })) {
      urls.push(...(/http:\S+?(?=;|$)/.exec(line) ?? []));
      if (urls.length === 2) break;
    }
    const [base, login] = urls as [string, string];
    const ask = (secret: string) =>
      fetch(`${base}/api/v1/campaigns`, { headers: { Authorization: `Bearer ${secret}` } });
    expect(await (await ask(token)).json()).toEqual({ items: [], next: null });
    expect(await statusAs(base, 'lab.example.org')).toBe(200);
    expect(await statusAs(base, 'evil.example')).toBe(421);
    expect(await (await fetch(login)).text()).toContain('Log in');
    expect((await athanor('token', 'end', 'night')).code).toBe(0);
    expect((await ask(token)).status).toBe(401);
    expect((await athanor('token', 'end', 'night')).code).toBe(3);
    const { stdout: events } = await athanor('events', '--json');
    expect(events).toMatch(/"kind":"access\.given".*"subject":"kim"/);
    expect(events).toMatch(/"kind":"access\.ended"/);
    expect(events).not.toContain(token);
  } finally {
    server.kill('SIGINT');
    expect(await once(server, 'exit')).toEqual([0, null]);
  }
});

it('safe stop goes on where the server was killed and its database is gone', async () => {
  const home = join(folder, 'stopped');
  const other = await createTestDatabase();
  const own = { ...env, ATHANOR_HOME: home, DATABASE_URL: other.url };
  const program = fileURLToPath(new URL('../../../dist/scripts/cli.js', import.meta.url));
  const server = spawn(process.execPath, [program, 'serve', '--port', '0'], { env: { ...process.env, ...own } });
  try {
    const urls: string[] = [];
    for await (const line of createInterface({ input: server.stderr })) {
      urls.push(...(/http:\S+?(?=;|$)/.exec(line) ?? []));
      if (urls.length === 3) break;
    }
    const [base, login, stop] = urls as [string, string, string];
    const entered = await fetch(`${base}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ code: new URL(login).searchParams.get('code')! }),
    });
    const Cookie = entered.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0]!)
      .join('; ');
    const { body, headers } = {
      body: await fetch(`${base}/api/v1/stop`, { headers: { Cookie } }),
      headers: entered.headers,
    };
    expect(await body.json()).toMatchObject({ url: stop, stops: [], report: null });
    expect(headers.get('Content-Security-Policy')).toContain(`form-action 'self' ${stop}`);
    server.kill('SIGKILL');
    await once(server, 'exit');
    await other.drop();
    const stopped = await fetch(`${stop}/stop`, {
      method: 'POST',
      headers: { Cookie, Origin: base },
      body: new URLSearchParams(),
    });
    expect(await stopped.text()).toContain('Nothing begins until this is released');
    const { stdout } = await callCli(['lab', 'clear', '--why', 'a test'], { env: own });
    expect(stdout).toContain('STOP LAB');
  } finally {
    server.kill('SIGKILL');
    await endStopd(home);
  }
});
