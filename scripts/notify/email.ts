import { hostname } from 'node:os';
import { createTransport } from 'nodemailer';
import type { EmailSettings, NotifyDestination } from './notify-file.js';
import type { Outgoing, Sent } from './outgoing.js';

const ports = { starttls: 587, tls: 465, none: 25 } as const;

/**
 * Mails a message to all of a destination at once. The id stands in the Message-ID, so that mail programs show a second copy as the same.
 * @throws {Error} where the server did not take it
 */
export async function mail(
  { secrets, ca }: NotifyDestination,
  { email, from, server }: EmailSettings,
  { id, message, attemptMs }: Outgoing,
): Promise<Sent> {
  const { host, security, port = ports[security], user, password } = server;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: secrets[password.from]! } }),
    connectionTimeout: attemptMs / 3,
    greetingTimeout: attemptMs / 3,
    socketTimeout: attemptMs / 3,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`it did not take the mail within ${attemptMs / 1_000} s`)), attemptMs);
  });
  try {
    const sending = transport.sendMail({
      from,
      to: email,
      subject: message.title.replace(/[\r\n]+/g, ' '),
      text: `${message.text}\n\n-- \nAthanor on ${hostname()}`,
      messageId: `<${id}@${from.split('@')[1]}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Athanor-Id': id },
    });
    const { rejected } = await Promise.race([sending, tooLate]);
    return { how: 'taken', words: rejected.length === 0 ? null : `refused for ${rejected.join(', ')}` };
  } finally {
    clearTimeout(late);
    transport.close();
  }
}
