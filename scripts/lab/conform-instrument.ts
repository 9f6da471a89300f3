import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Conformance, type ConformanceFixture, conform, type LawOutcome } from '../../lab-adapters/conformance.js';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { systemClock } from '../simulate/clock.js';
import type { ConformRequests } from './conform-requests.js';
import type { Transcript } from './transcript.js';

/** How far the laws may go on an instrument. */
export interface ConformInstrument {
  /** The instrument's adapter on a folder of its own. */
  readonly open: (folder: string) => Adapter;
  /** What may be asked of it; without it only what needs no request is tried. */
  readonly requests: ConformRequests | null;
  /** Whether jobs may be begun. */
  readonly mayMove: boolean;
  readonly transcript: Transcript;
  readonly onLaw: (outcome: LawOutcome) => void;
}

/** In place of a request where there is none; no law that asks with it is tried. */
const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: 'conformance', objectives: [] };

/**
 * Tries the laws of adapters on an instrument. Nothing of it is asked, begun or moved that was not allowed. Keys begin with a word
 * drawn for this run, as devices remember them.
 */
export async function conformInstrument(options: ConformInstrument): Promise<Conformance> {
  const { open, requests, mayMove, transcript, onLaw } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'athanor-conformance-'));
  const { succeeds = nothing, another = nothing, fails, refused, runsLong, begunByHand, limitMs } = requests ?? {};
  const scenario = (request: JobRequest) => ({ open, request });
  const fixture: ConformanceFixture = {
    newFolder: () => mkdtemp(path.join(folder, 'law-')),
    clock: systemClock,
    succeeds: scenario(succeeds),
    another,
    ...(fails && { fails: scenario(fails) }),
    ...(refused && { refused: scenario(refused) }),
    ...(runsLong && { runsLong: scenario(runsLong) }),
    ...(begunByHand !== undefined && { beginByHand: async () => begunByHand }),
    ...(limitMs !== undefined && { limitMs }),
  };
  try {
    return await conform(fixture, {
      upTo: requests === null ? 'adapter' : mayMove ? 'device' : 'request',
      because: requests === null ? 'no requests were given (--requests)' : 'it begins jobs (--may-move)',
      run: `conformance-${randomBytes(4).toString('hex')}`,
      onCall: (law, call) => transcript.add({ law, ...call }),
      onLaw: (outcome) => {
        transcript.add(outcome);
        onLaw(outcome);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
