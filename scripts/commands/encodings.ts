import os from 'node:os';
import path from 'node:path';
import { useEncodingFolder } from '../../activities/encoding-cache.js';
import { watchEncodings } from '../../models/encode/encodings.js';
import type { Terminal } from './terminal.js';

/** Milliseconds of silence before people are told, and between two such lines. */
const patience = { first: 1000, next: 5000 } as const;

/** Keeps encodings of large pools in the campaign home, and tells how far they are where they take more than a second. */
export function keepEncodingsInHome(terminal: Terminal): void {
  const { ATHANOR_HOME: home } = terminal.environment;
  const own = home === undefined || home === '' ? path.join(os.homedir(), '.athanor') : path.resolve(home);
  useEncodingFolder(path.join(own, 'encodings'));
  let due = 0;
  let isTold = false;
  watchEncodings((done, total) => {
    const now = Date.now();
    if (done === 1) [due, isTold] = [now + patience.first, false];
    if (now < due && !(isTold && done === total)) return;
    due = now + patience.next;
    isTold = true;
    terminal.note(`athanor: encoding molecules, ${done} of ${total}`);
  });
}
