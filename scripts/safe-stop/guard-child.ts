import { cleanText } from '../../models/domain/clean-text.js';
import { redactorFor } from '../lab/named-secrets.js';
import { guard } from './guard.js';
import { keptInstruments } from './kept-instruments.js';

// The process that guards a home; started with its folder and since when it is wanted, it writes its log to standard output.
const jobs = process.argv[2]!;
const log = (line: string) => {
  const redact = redactorFor(
    keptInstruments(jobs).map(({ settings }) => settings),
    process.env,
  );
  process.stdout.write(`${new Date().toISOString()} ${cleanText(redact(line))}\n`);
};
// A device's adapter that throws where nobody waits must not leave the home without its guard.
process.on('uncaughtException', (error) => log(`uncaught: ${error.message}`));
process.on('unhandledRejection', (error) => log(`unhandled: ${String(error)}`));
process.on('SIGINT', () => undefined);
await guard(jobs, { environment: process.env, log, since: Number(process.argv[3]) });
process.exit(0);
