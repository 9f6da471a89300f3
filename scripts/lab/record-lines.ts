import { once } from 'node:events';
import net from 'node:net';
import { openPort } from '../../lab-adapters/lines/port.js';
import type { LinesSettings } from '../../lab-adapters/lines/settings.js';
import type { LineTurn } from './exchange-file.js';
import { type Listening, listening } from './listening.js';

const connectMs = 10_000;

/**
 * Stands between an adapter and an instrument that takes commands line by line, on a TCP port here, and tells every command with what
 * the instrument said before the next one. Bytes are passed on as they are.
 */
export function recordLines(
  { connect, ends }: Pick<LinesSettings, 'connect' | 'ends'>,
  port: number,
  onTurn: (turn: LineTurn) => void,
): Promise<Listening> {
  const begun = performance.now();
  // A serial line is opened again once it is shut.
  let free: Promise<unknown> = Promise.resolve();
  const server = net.createServer((host) => {
    const turns = turnsOf(ends, () => performance.now() - begun, onTurn);
    const early: Buffer[] = [];
    host.on('data', (bytes) => {
      turns.sent(bytes.toString('latin1'));
      early.push(bytes);
    });
    const opened = ('serial' in connect ? free : Promise.resolve()).then(() => openPort(connect, connectMs));
    const over = once(host, 'close');
    free = Promise.allSettled([opened, over]).then(async ([line]) => {
      turns.close();
      if (line.status === 'fulfilled') await line.value.shut();
    });
    opened.then(
      ({ stream: device }) => {
        host.removeAllListeners('data');
        host.on('data', (bytes) => {
          turns.sent(bytes.toString('latin1'));
          device.write(bytes);
        });
        device.on('error', () => host.destroy());
        device.on('close', () => host.destroy());
        device.on('data', (bytes: Buffer) => {
          turns.got(bytes.toString('latin1'));
          host.write(bytes);
        });
        for (const bytes of early) device.write(bytes);
      },
      () => host.destroy(),
    );
  });
  return listening(server, port);
}

/** Cuts what goes to and fro into commands and their answers. */
function turnsOf({ send, receive }: LinesSettings['ends'], now: () => number, onTurn: (turn: LineTurn) => void) {
  let [command, answer] = ['', ''];
  let turn: { at: number; ms: number; sent: string; got: string[] } | null = null;
  const close = () => {
    if (turn !== null) onTurn(turn);
    turn = null;
    answer = '';
  };
  return {
    sent: (text: string) => {
      command += text;
      for (let end = command.indexOf(send); end >= 0; end = command.indexOf(send)) {
        close();
        turn = { at: now(), ms: 0, sent: command.slice(0, end), got: [] };
        command = command.slice(end + send.length);
      }
    },
    got: (text: string) => {
      answer += text;
      for (let end = answer.indexOf(receive); end >= 0; end = answer.indexOf(receive)) {
        // What it says unasked, before any command, is an answer to nothing.
        turn ??= { at: now(), ms: 0, sent: '', got: [] };
        turn.got.push(answer.slice(0, end));
        turn.ms = now() - turn.at;
        answer = answer.slice(end + receive.length);
      }
    },
    close,
  };
}
