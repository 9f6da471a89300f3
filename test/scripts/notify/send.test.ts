import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testMessage } from '../../../scripts/notify/message-text.js';
import type { NotifyDestination } from '../../../scripts/notify/notify-file.js';
import { send } from '../../../scripts/notify/send.js';
import { makeCertificates } from '../../support/tls-front.js';
import { mailServer, proxy, receiver } from './receivers.js';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const former = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const shared = { over: true, designs: false } as const;

let folder: string;
let ca: string;
let server: { key: string; cert: string };
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-notify-'));
  await makeCertificates(folder);
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  ca = await read('ca.pem');
  server = { key: await read('server.key'), cert: await read('server.pem') };
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await rm(folder, { recursive: true, force: true });
});

const opened = async <T extends { close(): Promise<void> }>(making: Promise<T>): Promise<T> => {
  const made = await making;
  open.push(made);
  return made;
};
const destination = (
  settings: NotifyDestination['settings'],
  secrets: Readonly<Record<string, string>>,
  trusted: string | null = null,
): NotifyDestination => ({
  name: 'd',
  settings,
  fingerprint: '',
  secrets,
  ca: trusted,
  remindMs: null,
  alarms: null,
  heartbeatMs: null,
});
const hook = (webhook: string, trusted: string | null = null) =>
  destination({ webhook, secret: { from: 'S' }, ...shared }, { S: secret }, trusted);
const message = testMessage('msg_1', 1_700_000_000_000);
const failed = (words: RegExp, afterMs: number | null = null) => ({
  how: 'failed',
  words: expect.stringMatching(words),
  afterMs,
});

describe('a webhook', () => {
  it('goes by the proxy that the environment names, and not where it names none', async () => {
    const { url, received } = await opened(receiver(secret, server));
    const between = await opened(proxy());
    vi.stubEnv('HTTPS_PROXY', between.url);
    try {
      expect(await send(hook(url, ca), { id: 'msg_1', message })).toEqual({ how: 'taken', words: null });
      vi.stubEnv('NO_PROXY', 'localhost');
      expect(await send(hook(url, ca), { id: 'msg_2', message })).toEqual({ how: 'taken', words: null });
    } finally {
      vi.unstubAllEnvs();
    }
    expect([between.led, received.map(({ id }) => id)]).toEqual([[new URL(url).host], ['msg_1', 'msg_2']]);
  });

  it('is signed as Standard Webhooks says, with the same id in every attempt', async () => {
    const { url, received, answers } = await opened(receiver(secret));
    answers.push(500, 200);
    expect(await send(hook(url), { id: 'msg_1', message })).toEqual(failed(/status 500/));
    expect(await send(hook(url), { id: 'msg_1', message })).toEqual({ how: 'taken', words: null });
    expect(received.map(({ id, valid }) => [id, valid])).toEqual(Array(2).fill(['msg_1', true]));
    expect(received[0]!.body).toMatchObject({ type: 'athanor.test', timestamp: '2023-11-14T22:13:20.000Z' });
    // While one secret takes the place of another both sign.
    const both = destination(
      { webhook: url, secret: [{ from: 'S' }, { from: 'F' }], ...shared },
      { S: former, F: secret },
    );
    await send(both, { id: 'msg_2', message });
    const wrong = destination({ webhook: url, secret: { from: 'S' }, ...shared }, { S: former });
    await send(wrong, { id: 'msg_3', message });
    expect(received.slice(2).map(({ valid }) => valid)).toEqual([true, false]);
  });

  it('heeds what is answered: 410, Retry-After, redirects that are not followed, replies without an end', async () => {
    const { url, received, answers } = await opened(receiver(secret));
    const elsewhere = await opened(receiver(secret));
    answers.push(
      410,
      (response) => response.writeHead(429, { 'retry-after': '120' }).end(),
      (response) => response.writeHead(307, { location: elsewhere.url }).end(),
      (response) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    );
    expect(await send(hook(url), { id: 'a', message })).toMatchObject({ how: 'gone' });
    expect(await send(hook(url), { id: 'b', message })).toEqual(failed(/429/, 120_000));
    expect(await send(hook(url), { id: 'c', message })).toEqual(failed(/307: redirects are not followed/));
    expect(await send(hook(url), { id: 'd', message })).toEqual({ how: 'taken', words: null });
    expect([received.length, elsewhere.received.length]).toEqual([4, 0]);
  });

  it('is given up where nobody answers, or who answers is not who was named', async () => {
    const silent = await opened(receiver(secret));
    silent.answers.push(
      () => undefined,
      (response) => void response.writeHead(200).write('begun'),
    );
    for (const id of ['a', 'b'])
      expect(await send(hook(silent.url), { id, message, attemptMs: 300 })).toEqual(
        failed(/no whole reply within 0.3 s/),
      );
    expect(await send(hook('http://127.0.0.1:9/'), { id: 'c', message })).toEqual(failed(/ECONNREFUSED/));
    const tls = await opened(receiver(secret, server));
    expect(await send(hook(tls.url), { id: 'd', message })).toEqual(failed(/certificate/));
    expect(tls.received).toEqual([]);
    expect(await send(hook(tls.url, ca), { id: 'e', message })).toEqual({ how: 'taken', words: null });
    expect(tls.received[0]).toMatchObject({ valid: true, path: '/hook' });
  });
});

describe('mail', () => {
  const mail = (port: number, more: object = {}, password = 'right: pass', trusted: string | null = ca) => {
    const settings = {
      email: ['ann@lab.example', 'bob@lab.example'],
      from: 'athanor@lab.example',
      server: {
        host: 'localhost',
        port,
        security: 'starttls' as const,
        user: 'athanor',
        password: { from: 'P' },
        ...more,
      },
      ...shared,
    } satisfies NotifyDestination['settings'];
    return destination(settings, { P: password }, trusted);
  };

  it('goes over STARTTLS to who is let in', async () => {
    const { port, mails } = await opened(mailServer({ ...server, secure: false }));
    expect(await send(mail(port), { id: 'msg_7', message })).toEqual({ how: 'taken', words: null });
    expect(mails).toMatchObject([{ to: ['ann@lab.example', 'bob@lab.example'], secure: true }]);
    expect(mails[0]!.text).toMatch(/^Message-ID: <msg_7@lab\.example>/im);
    expect(mails[0]!.text).toMatch(/^Subject: Athanor: a test, nothing has happened/im);
    expect(mails[0]!.text).toContain('Nothing has happened.');
    const refused = await send(mail(port, {}, 'wrong pass'), { id: 'a', message });
    expect(refused).toEqual(failed(/535|Invalid login/));
    expect(JSON.stringify(refused)).not.toMatch(/wrong pass/);
    expect(await send(mail(port, {}, 'right: pass', null), { id: 'b', message })).toEqual(failed(/certificate/));
    expect(mails).toHaveLength(1);
  });

  it('tells no password to a server without encryption', async () => {
    const { port, mails } = await opened(mailServer({ hideSTARTTLS: true, allowInsecureAuth: true }));
    expect(await send(mail(port), { id: 'a', message })).toMatchObject({ how: 'failed' });
    expect(mails).toEqual([]);
  });

  it('goes over TLS, or without either where that is asked for; who is not there is named', async () => {
    const tls = await opened(mailServer({ ...server, secure: true }));
    expect(await send(mail(tls.port, { security: 'tls' }), { id: 'a', message })).toMatchObject({ how: 'taken' });
    const plain = await opened(mailServer({ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'] }));
    const settings = {
      email: ['ann@lab.example', 'nobody@lab.example'],
      from: 'athanor@lab.example',
      server: { host: '127.0.0.1', port: plain.port, security: 'none' as const },
      ...shared,
    } satisfies NotifyDestination['settings'];
    expect(await send(destination(settings, {}), { id: 'b', message })).toEqual({
      how: 'taken',
      words: 'refused for nobody@lab.example',
    });
    expect([tls.mails[0]!.secure, plain.mails[0]!.secure]).toEqual([true, false]);
  });
});
