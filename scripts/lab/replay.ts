import http from 'node:http';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { bodyOf, bytesOf, type Exchange, type HttpTurn, isSame, type LineTurn } from './exchange-file.js';
import { type Listening, listening } from './listening.js';

/** How an exchange is played. */
export interface ReplayOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Whether replies take as long as they did. */
  readonly pace: boolean;
  /** Told what was asked that is not in the recording, in words. */
  readonly onUnexpected: (words: string) => void;
}

/**
 * Plays a recorded exchange as the instrument: each request gets the reply of the next one of the same content, in the order of the recording; one
 * that was answered as often as it was recorded gets its last reply again, as looks are repeated at will.
 */
export function replay(exchange: Exchange, options: ReplayOptions): Promise<Listening> {
  return exchange.head.kind === 'http'
    ? replayHttp(exchange.turns as readonly HttpTurn[], options)
    : replayLines(exchange.turns as readonly LineTurn[], exchange.head.ends!, options);
}

/** Gives out turns in their order. */
class Turns<T> {
  private readonly used = new Set<T>();

  constructor(private readonly all: readonly T[]) {}

  /** The next that fits and was not given out; else the last that fits; null where none does. */
  next(fits: (turn: T) => boolean): T | null {
    const fitting = this.all.filter(fits);
    const turn = fitting.find((one) => !this.used.has(one)) ?? fitting.at(-1) ?? null;
    if (turn !== null) this.used.add(turn);
    return turn;
  }
}

function replayHttp(all: readonly HttpTurn[], { port, pace, onUnexpected }: ReplayOptions): Promise<Listening> {
  const turns = new Turns(all);
  const server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = { method: request.method!, path: request.url!, body: bodyOf(Buffer.concat(parts)) };
    const isPlace = (turn: HttpTurn) =>
      turn.method === asked.method && isSame(pathname(turn.path), pathname(asked.path));
    const isWhole = (turn: HttpTurn) =>
      turn.method === asked.method &&
      isSame(turn.path, asked.path) &&
      isSame(comparable(turn.body), comparable(asked.body));
    const found = turns.next(isWhole);
    const turn = found ?? turns.next(isPlace);
    if (found === null) onUnexpected(`${asked.method} ${asked.path} ${comparable(asked.body)}${otherwise(turn)}`);
    if (turn === null) {
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ error: 'not in the recording' }));
    }
    if (pace) await wait(turn.ms);
    if (turn.reply === null) return request.socket.destroy();
    const { status, type, body } = turn.reply;
    response.writeHead(status, type === null ? {} : { 'content-type': type });
    return response.end(bytesOf(body));
  });
  return listening(server, port);
}

function otherwise(turn: HttpTurn | null): string {
  if (turn === null) return '; nothing was asked there';
  return `; answered as ${turn.path} ${comparable(turn.body)} was`;
}

function pathname(path: string): string {
  return path.split('?')[0]!;
}

/**
 * A body as text that two have in common exactly when they say the same: of JSON neither spaces nor the order of names count,
 * and of a form with files not what stands between its parts.
 */
function comparable(body: HttpTurn['body']): string {
  if (body === null) return '';
  const text = 'text' in body ? body.text : bytesOf(body).toString('latin1');
  const [, between] = /^--([^\r\n]{1,200})\r\n/.exec(text) ?? [];
  if (between !== undefined && text.includes(`--${between}--`)) return text.replaceAll(between, 'boundary');
  if ('base64' in body) return text;
  try {
    return JSON.stringify(sorted(parsedJson(body.text)));
  } catch {
    return body.text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function replayLines(
  all: readonly LineTurn[],
  { send, receive }: { readonly send: string; readonly receive: string },
  { port, pace, onUnexpected }: ReplayOptions,
): Promise<Listening> {
  const turns = new Turns(all);
  const server = net.createServer((host) => {
    let text = '';
    let last: Promise<unknown> = Promise.resolve();
    const greeting = turns.next(({ sent }) => sent === '');
    for (const line of greeting?.got ?? []) host.write(Buffer.from(`${line}${receive}`, 'latin1'));
    const answer = async (command: string) => {
      const turn = turns.next(({ sent }) => isSame(sent, command));
      // As an instrument that does not know the command: no answer.
      if (turn === null) return onUnexpected(command);
      if (pace) await wait(turn.ms);
      for (const line of turn.got) host.write(Buffer.from(`${line}${receive}`, 'latin1'));
    };
    host.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf(send); end >= 0; end = text.indexOf(send)) {
        const command = text.slice(0, end);
        text = text.slice(end + send.length);
        last = last.then(() => answer(command));
      }
    });
  });
  return listening(server, port);
}
