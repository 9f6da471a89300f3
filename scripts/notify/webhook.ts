import { getProxyForUrl } from 'proxy-from-env';
import { Webhook } from 'standardwebhooks';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { NotifyDestination, WebhookSettings } from './notify-file.js';
import type { Outgoing, Sent } from './outgoing.js';

/** Of a reply no more is read, bytes. */
const mostOfReply = 64 * 2 ** 10;

/**
 * Posts a message, signed as Standard Webhooks has it, by the proxy of the environment. Redirects are not followed, as what they lead to is not what the person named.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws {Error} where no reply came
 */
export async function postWebhook(
  { secrets, ca }: NotifyDestination,
  { webhook, secret }: WebhookSettings,
  { id, message, attemptMs }: Outgoing,
): Promise<Sent> {
  const body = JSON.stringify(message.payload);
  const now = new Date();
  const signatures = [secret].flat().map(({ from }) => new Webhook(secrets[from]!).sign(id, now, body));
  const agent = agentFor(webhook, { timeout: attemptMs / 2, ...(ca === null ? {} : { ca }) });
  const over = AbortSignal.timeout(attemptMs);
  try {
    const reply = await request(webhook, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'athanor',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': signatures.join(' '),
      },
      body,
      dispatcher: agent,
      signal: over,
    });
    await drain(reply.body);
    return verdictOf(reply.statusCode, reply.headers['retry-after']);
  } catch (error) {
    if (over.aborted) return { how: 'failed', words: `no whole reply within ${attemptMs / 1_000} s`, afterMs: null };
    throw error;
  } finally {
    await agent.destroy();
  }
}

/** Goes by the proxy that the environment names for the address, as other programs do (`HTTPS_PROXY`, `NO_PROXY`). */
function agentFor(url: string, connect: { readonly timeout: number; readonly ca?: string }): Dispatcher {
  const proxy = getProxyForUrl(url);
  return proxy === '' ? new Agent({ connect }) : new ProxyAgent({ uri: proxy, requestTls: connect, proxyTls: connect });
}

function verdictOf(status: number, retryAfter: string | string[] | undefined): Sent {
  const words = `it answers with status ${status}`;
  if (status >= 200 && status < 300) return { how: 'taken', words: null };
  if (status === 410) return { how: 'gone', words: `${words}: it wants no more messages` };
  if (status >= 300 && status < 400)
    return { how: 'failed', words: `${words}: redirects are not followed, give the address itself`, afterMs: null };
  const seconds = Number([retryAfter].flat()[0]);
  return { how: 'failed', words, afterMs: Number.isFinite(seconds) && seconds > 0 ? 1_000 * seconds : null };
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    // What it says beyond is left unread; it has taken the message, or has not.
    if (read > mostOfReply) return;
  }
}
