import tls from 'node:tls';
import type { TemporalAccess } from '../durable/temporal-access.js';

const probeMs = 3_000;

/**
 * Why a server and we do not agree on TLS, in words with the variable that helps; null if that is not the trouble. The gRPC
 * library only says that time ran out.
 *
 * @param address - host:port
 */
export async function tlsTrouble(address: string, { tls: given }: TemporalAccess): Promise<string | null> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  const wanted = typeof given === 'object' && given !== null ? given : {};
  const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes));
  const options: tls.ConnectionOptions = {
    host,
    port: Number(port),
    ALPNProtocols: ['h2'],
    servername: wanted.serverNameOverride ?? (/^[\d.]+$|:/.test(host) ? undefined : host),
    ca: text(wanted.serverRootCACertificate),
    cert: text(wanted.clientCertPair?.crt),
    key: text(wanted.clientCertPair?.key),
  };
  const isTls = given !== undefined && given !== null && given !== false;
  const reason = await handshake(isTls ? options : { ...options, rejectUnauthorized: false });
  if (!isTls) {
    const speaks =
      reason !== null && (reason === '' || reason === closed || /alert|certificate required/i.test(reason));
    return speaks ? 'it speaks TLS; set TEMPORAL_TLS=true, or the certificates by TEMPORAL_TLS_…' : null;
  }
  if (reason === null || reason === '') return null;
  if (reason === closed || /alert/i.test(reason))
    return wanted.clientCertPair === undefined
      ? `it lets nobody in without a certificate (${reason}); set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH`
      : `it does not accept the certificate of TEMPORAL_TLS_CLIENT_CERT_PATH (${reason})`;
  if (/wrong version|packet length|ECONNRESET|socket hang up|disconnected before/i.test(reason))
    return `it does not speak TLS (${reason}); unset TEMPORAL_TLS and its kin`;
  if (/altname|does not match/i.test(reason))
    return `its certificate is for another name (${reason}); set TEMPORAL_TLS_SERVER_NAME, or correct the address`;
  if (/certificate|self.signed/i.test(reason))
    return `its certificate cannot be verified (${reason}); name who signed it by TEMPORAL_TLS_SERVER_CA_CERT_PATH`;
  return null;
}

const closed = 'it closes the connection';

/** What goes wrong in setting up TLS: nothing where empty; null if nobody says. */
function handshake(options: tls.ConnectionOptions): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = tls.connect(options);
    let agreed = false;
    const done = (reason: string | null) => {
      clearTimeout(timer);
      resolve(reason);
      socket.destroy();
    };
    const timer = setTimeout(() => done(null), probeMs);
    socket.once('secureConnect', () => {
      agreed = true;
    });
    // A server that speaks HTTP/2 speaks first; one that refuses a certificate does so only after the handshake.
    socket.once('data', () => done(''));
    socket.on('close', () => done(agreed ? closed : null));
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      done(code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? null : message),
    );
  });
}
