import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = (args: readonly string[], cwd: string) => promisify(execFile)('openssl', args, { cwd });

/** Whether certificates can be made on this machine. */
export function hasOpenssl(): Promise<boolean> {
  return openssl(['version'], '/').then(
    () => true,
    () => false,
  );
}

/**
 * Makes an authority `ca.pem`, a certificate of it for localhost (`server`), one for a client (`client`), and one of a
 * stranger's own making (`stranger`): NAME.pem and NAME.key.
 */
export async function makeCertificates(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = async (name: string) =>
    openssl(
      ['req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`],
      folder,
    );
  await authority('ca');
  await authority('stranger');
  for (const [name, extension] of [
    ['server', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    await writeFile(path.join(folder, `${name}.ext`), `${extension}\nbasicConstraints=CA:FALSE\n`);
    await openssl(['req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`], folder);
    const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    await openssl([...sign, '-out', `${name}.pem`, '-days', '2', '-extfile', `${name}.ext`], folder);
  }
}

/** What stands in front of a server and lets in only who may. */
export interface TlsFront {
  /** host:port */
  readonly address: string;
  /** Requests that were let through. */
  passed(): number;
  close(): Promise<void>;
}

/**
 * Mutual TLS, or TLS and an API key, in front of a gRPC server without either: what a company puts there.
 *
 * @param certificates - folder of `makeCertificates`
 * @param to - host:port of the server
 * @param apiKey - asked for in place of a client's certificate
 */
export async function tlsFront(certificates: string, to: string, apiKey: string | null = null): Promise<TlsFront> {
  const read = (name: string) => readFile(path.join(certificates, name));
  const [key, cert, ca] = await Promise.all([read('server.key'), read('server.pem'), read('ca.pem')]);
  const wantsCertificate = apiKey === null;
  const server = http2.createSecureServer({
    key,
    cert,
    ca,
    requestCert: wantsCertificate,
    rejectUnauthorized: wantsCertificate,
  });
  const sessions = new Set<http2.Http2Session>();
  let passed = 0;
  server.on('session', (front) => {
    const back = http2.connect(`http://${to}`);
    for (const [one, other] of [
      [front, back],
      [back, front],
    ] as const) {
      sessions.add(one);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
    front.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if (apiKey !== null && headers.authorization !== `Bearer ${apiKey}`) {
        stream.respond(
          {
            ':status': 200,
            'content-type': 'application/grpc',
            'grpc-status': '16',
            'grpc-message': 'Request unauthorized.',
          },
          { endStream: true },
        );
        return;
      }
      passed += 1;
      forward(stream, back, headers);
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    passed: () => passed,
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(stream: http2.ServerHttp2Stream, back: http2.ClientHttp2Session, headers: http2.IncomingHttpHeaders) {
  const request = back.request({ ...headers, ':scheme': 'http' });
  request.on('error', () => stream.close(http2.constants.NGHTTP2_CANCEL));
  stream.on('aborted', () => request.close(http2.constants.NGHTTP2_CANCEL));
  request.on('response', (answer, flags) => {
    const isOver = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    if (stream.destroyed) return;
    let trailers: http2.IncomingHttpHeaders = {};
    request.on('trailers', (given) => {
      trailers = given;
    });
    stream.respond(withoutPseudo(answer), { endStream: isOver, waitForTrailers: !isOver });
    if (isOver) return;
    stream.on('wantTrailers', () => stream.sendTrailers(withoutPseudo(trailers)));
    request.pipe(stream);
  });
  stream.pipe(request);
}

function withoutPseudo(headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(':') || name === ':status');
  return Object.fromEntries(kept);
}
