import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { secretForms } from '../../models/domain/secret-forms.js';
import { RedactingStream } from './redacting-stream.js';

/**
 * Entry of the process between a program and the file with what it says: `node redact-child.js head|tail BYTES NAME…`
 * copies standard input without the values of the variables NAME…, the first or the last BYTES of it. So no secret
 * reaches the disk, whatever becomes of the worker, and none is cut in two.
 */
async function main([part, bytes, ...names]: readonly string[]): Promise<void> {
  const limit = Number(bytes);
  const secrets = names.flatMap((name) => process.env[name] ?? []);
  // Byte by byte, as what programs say need not be UTF-8.
  const forms = secretForms(secrets).map((form) => Buffer.from(form, 'utf8').toString('latin1'));
  const stream = new RedactingStream(forms.sort((a, b) => b.length - a.length));
  let left = limit;
  let end = '';
  const copy = (text: string) => {
    if (part === 'tail') {
      end = (end + text).slice(-limit);
      return;
    }
    writeAll(Buffer.from(text.slice(0, left), 'latin1'));
    left -= text.length;
    // Whoever writes more loses its reader.
    if (left <= 0) process.exit(0);
  };
  for await (const piece of process.stdin) copy(stream.push((piece as Buffer).toString('latin1')));
  copy(stream.end());
  writeAll(Buffer.from(end, 'latin1'));
}

function writeAll(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
