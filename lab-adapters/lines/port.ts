import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { AdapterError } from '../../models/domain/errors.js';
import type { LinesSettings } from './settings.js';

/** A line that is open. */
export interface OpenLine {
  readonly stream: Duplex;
  /** Closes it, and waits until it is: a serial line can be opened again only then. */
  shut(): Promise<void>;
}

/**
 * Opens the line to an instrument.
 * @throws {AdapterError} if it cannot be opened: nothing was sent then
 */
export function openPort(to: LinesSettings['connect'], timeoutMs: number): Promise<OpenLine> {
  return 'host' in to ? openSocket(to.host, to.port, timeoutMs) : openSerial(to);
}

/** What is talked to, for messages. */
export function nameOf(to: LinesSettings['connect']): string {
  return 'host' in to ? `${to.host}:${to.port}` : to.serial;
}

function openSocket(host: string, port: number, timeoutMs: number): Promise<OpenLine> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const failed = (why: string) => {
      socket.destroy();
      reject(new AdapterError(`${host}:${port} cannot be reached: ${why}`));
    };
    const timer = setTimeout(() => failed(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    socket.once('error', ({ message }) => {
      clearTimeout(timer);
      failed(message);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve({ stream: socket, shut: async () => void socket.destroy() });
    });
  });
}

type Serial = Extract<LinesSettings['connect'], { serial: string }>;

async function openSerial({ serial, baud, dataBits, parity, stopBits }: Serial): Promise<OpenLine> {
  const library = await import('serialport').catch((cause: Error) => {
    throw new AdapterError(`serial lines need the package serialport, which is not installed: ${cause.message}`, {
      cause,
    });
  });
  return new Promise((resolve, reject) => {
    const port = new library.SerialPort(
      { path: serial, baudRate: baud, dataBits, parity, stopBits, hupcl: false },
      (error) =>
        error
          ? reject(new AdapterError(`${serial} cannot be opened: ${error.message}`, { cause: error }))
          : resolve({ stream: port, shut: () => new Promise((done) => port.close(() => done())) }),
    );
  });
}
