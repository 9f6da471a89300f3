import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Counterpart, freePort, startCounterpart } from '../../support/counterparts.js';
import { type InstrumentName, simulatedLab } from './lab.js';
import { Line } from './line.js';
import { eventually } from './wait.js';

const own = (file: string) => import(pathToFileURL(join(simulatedLab, file)).href);

/** Why the broker of one of the instruments cannot be had; null where it can. */
export async function brokerLacking(): Promise<string | null> {
  const { findMosquitto } = await own('broker.mjs');
  return findMosquitto().then(
    () => null,
    ({ message }: Error) => message,
  );
}

/** What is ordered of a device, as `orders.mjs` has it. */
export interface Order {
  readonly fault: string;
  readonly on: string;
  readonly moment?: string;
  readonly ms?: number;
}

/** A line of a device's ledger. */
export interface LedgerLine {
  readonly word: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly key?: string;
  readonly on?: string;
  readonly told?: Readonly<Record<string, number>>;
}

/** A simulated instrument: a process of its own with a ledger, and the line to it. */
export class BenchDevice {
  /** Where it is reached. */
  line!: Line;
  private process: Counterpart | null = null;
  private broker: ChildProcess | null = null;
  private port = 0;

  constructor(
    readonly name: InstrumentName,
    private readonly folder: string,
  ) {}

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    if (this.name === 'furnace') await this.openBroker();
    await this.start();
    this.line = new Line(this.port);
    await this.line.open();
  }

  /** Another program may take a port between its choice and its use: then another is tried. */
  private async openBroker(): Promise<void> {
    const { startBroker } = await own('broker.mjs');
    for (let tries = 5; ; tries--) {
      this.port = await freePort();
      const broker: ChildProcess = await startBroker(join(this.folder, 'broker'), this.port);
      this.broker = broker;
      let said = '';
      broker.stderr!.on('data', (data) => {
        said += String(data);
      });
      const isOver = () => Promise.resolve(/running/.test(said) || broker.exitCode !== null);
      await eventually(isOver, 20);
      if (broker.exitCode === null) return;
      if (tries <= 1) throw new Error(`the broker does not come up: ${said}`);
    }
  }

  /** Starts its process, again, at the port that it had. */
  async start(): Promise<void> {
    const where = this.name === 'furnace' ? `mqtt://127.0.0.1:${this.port}` : String(this.port);
    const program = join(simulatedLab, `${this.name}.mjs`);
    this.process = await startCounterpart(process.execPath, [program, this.folder, where], { ready: /^ready/ });
    if (this.name !== 'furnace') this.port = Number(this.process.line.split(' ')[1]);
  }

  /** Ends its process with SIGKILL. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  async close(): Promise<void> {
    await this.kill();
    await this.line?.refuse();
    this.broker?.kill('SIGKILL');
  }

  /** Orders something of it, of so many calls. */
  async order(what: Order, times = 1): Promise<void> {
    const { order } = await own('orders.mjs');
    order(this.folder, what, times);
  }

  /** What happened to it, in order. */
  async ledger(): Promise<readonly LedgerLine[]> {
    const text = await readFile(join(this.folder, 'device.jsonl'), 'utf8').catch(() => '');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LedgerLine);
  }

  /** What it began for a campaign, in order. */
  async starts(id: string): Promise<readonly (LedgerLine & { readonly key: string })[]> {
    return (await this.ledger()).flatMap((line) =>
      line.word === 'start' && line.key?.startsWith(`${id}/`) === true ? [{ ...line, key: line.key }] : [],
    );
  }
}
