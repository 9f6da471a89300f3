import type { NotifyDestination } from './notify-file.js';
import type { Outgoing, Sent } from './outgoing.js';

/** How long one attempt may take, milliseconds. */
const attemptMs = 30_000;

/** Sends a message to a destination once; never throws, and no secret stands in what it says. */
export async function send(
  destination: NotifyDestination,
  given: Omit<Outgoing, 'attemptMs'> & Partial<Outgoing>,
): Promise<Sent> {
  const outgoing = { attemptMs, ...given };
  const { settings } = destination;
  try {
    if ('webhook' in settings) {
      const { postWebhook } = await import('./webhook.js');
      return withoutSecrets(await postWebhook(destination, settings, outgoing), destination);
    }
    const { mail } = await import('./email.js');
    return withoutSecrets(await mail(destination, settings, outgoing), destination);
  } catch (error) {
    return withoutSecrets({ how: 'failed', words: wordsOf(error), afterMs: null }, destination);
  }
}

function wordsOf(error: unknown): string {
  const { message, cause, code } = error as { message?: string; cause?: { message?: string }; code?: string };
  const words = cause?.message ?? message ?? code ?? 'no reason given';
  return words.replace(/\s+/g, ' ').slice(0, 300);
}

function withoutSecrets<T extends Sent>(sent: T, { secrets }: NotifyDestination): T {
  const clean = (words: string) =>
    Object.values(secrets).reduce(
      (left, secret) =>
        [secret, Buffer.from(secret).toString('base64')].reduce((text, form) => text.replaceAll(form, '***'), left),
      words,
    );
  return sent.words === null ? sent : { ...sent, words: clean(sent.words) };
}
