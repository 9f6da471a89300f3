import { setTimeout as rest } from 'node:timers/promises';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { OpenLine } from './port.js';

/** Characters of one answer; more without a line end is none. */
const longest = 4_096;

/** How lines are sent and awaited. */
export interface Manner {
  readonly name: string;
  readonly ends: { readonly send: string; readonly receive: string };
  readonly timeoutMs: number;
  readonly gapMs: number;
}

/**
 * Commands and answers on one line, one after the other. An answer that comes after its time would be taken for that of the next
 * command, and so would one that comes twice: what stands in the way before a command is thrown away, and after an answer that
 * did not come nothing more is said on this line.
 */
export class Conversation {
  private received = '';
  private broken: string | null = null;
  private wake: (() => void) | null = null;
  private first = true;

  constructor(
    private readonly line: OpenLine,
    private readonly manner: Manner,
  ) {
    line.stream.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1');
      this.wake?.();
    });
    for (const event of ['error', 'close', 'end'] as const)
      line.stream.on(event, (error?: Error | boolean) => {
        this.broken ??= error instanceof Error ? error.message : 'the other end closed the line';
        this.wake?.();
      });
  }

  /** Sends a command. @throws {AdapterError} if the line is broken */
  async send(command: string): Promise<void> {
    if (!this.first && this.manner.gapMs > 0) await rest(this.manner.gapMs);
    this.first = false;
    if (this.broken !== null) throw this.trouble(command, this.broken);
    this.received = '';
    await new Promise<void>((resolve, reject) => {
      this.line.stream.write(Buffer.from(command + this.manner.ends.send, 'latin1'), (error) =>
        error ? reject(this.trouble(command, error.message)) : resolve(),
      );
    });
  }

  /** Sends a command and waits for the line that answers it. @throws {AdapterError} if none comes in time */
  async ask(command: string): Promise<string> {
    await this.send(command);
    const { receive } = this.manner.ends;
    const until = Date.now() + this.manner.timeoutMs;
    for (;;) {
      const end = this.received.indexOf(receive);
      if (end >= 0) {
        const answer = this.received.slice(0, end);
        this.received = this.received.slice(end + receive.length);
        return answer;
      }
      if (this.received.length > longest) this.fail(command, `more than ${longest} characters without a line end`);
      if (this.broken !== null) this.fail(command, this.broken);
      const left = until - Date.now();
      if (left <= 0)
        this.fail(
          command,
          `no answer within ${this.manner.timeoutMs / 1000} s${this.received === '' ? '' : `, only ${JSON.stringify(cleanText(this.received, 60))}`}`,
        );
      await this.moreWithin(left);
    }
  }

  /** Whoever waits for an answer waits no more, and nothing more is said. */
  giveUp(): void {
    this.broken ??= 'it was given up';
    this.wake?.();
  }

  /** Says and hears nothing more. */
  async close(): Promise<void> {
    this.broken ??= 'it was closed';
    this.line.stream.removeAllListeners('data');
    await this.line.shut();
  }

  private async moreWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.wake = null;
  }

  private fail(command: string, why: string): never {
    this.broken ??= why;
    throw this.trouble(command, why);
  }

  private trouble(command: string, why: string): AdapterError {
    return new AdapterError(`${this.manner.name}, '${cleanText(command, 100)}': ${why}`);
  }
}
