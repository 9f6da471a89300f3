import { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { exitCodes } from '../exit-codes.js';
import type { Verb } from '../verb.js';
import { untilInterrupted } from './until-interrupted.js';

/** `athanor lab replay FILE`: a recorded exchange in place of the instrument. */
export const labReplayCommand: Verb = (terminal, end) =>
  new Command('replay')
    .description('play a recorded exchange in place of the instrument')
    .argument('<file>', "that 'lab record' wrote")
    .option('--port <n>', 'where to listen on 127.0.0.1; any that is free where 0', wholeNumber(0, 65_535), 0)
    .option('--pace', 'let replies take as long as they did; at once where not given')
    .addHelpText(
      'after',
      `
Requests are answered by their content, in the order of the recording. What is not in it is named; Ctrl-C ends it, with 5 if there was any.

Example:
  athanor lab replay furnace.jsonl --port 8080`,
    )
    .action(async (file: string, { port, pace = false }: { port: number; pace?: boolean }) => {
      const { readExchange } = await import('../../lab/exchange-file.js');
      const { replay } = await import('../../lab/replay.js');
      const exchange = await readExchange(file);
      let unexpected = 0;
      const playing = await replay(exchange, {
        port,
        pace,
        onUnexpected: (words) => {
          unexpected += 1;
          terminal.note(`not in the recording: ${words}`);
        },
      });
      const { kind, instrument } = exchange.head;
      const place =
        kind === 'http' ? `url: http://127.0.0.1:${playing.port}` : `connect: {host: 127.0.0.1, port: ${playing.port}}`;
      await terminal.write(`${place}\n`);
      await untilInterrupted(terminal, `playing ${instrument}: ${exchange.turns.length} requests; Ctrl-C ends it`);
      await playing.close();
      if (unexpected > 0) end(exitCodes.noResult);
    });
