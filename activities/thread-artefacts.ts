import type { ArtefactSource } from '../models/domain/artefact.js';
import { errorOf, type ThreadError } from './thread-error.js';

/** What the pool answers to a thread that asked for an artefact. */
export interface ArtefactAnswer {
  readonly type: 'artefact';
  readonly sha256: string;
  /** The bytes, or why there are none. */
  readonly given: Uint8Array | ThreadError;
}

/** Bytes that a thread remembers beside the artefact used last. */
const bytesKept = 2 ** 26;

/** Artefacts as a decision thread has them: asked of the pool once, and remembered as long as there is room. */
export class ThreadArtefacts {
  /** In the order of last use. */
  private readonly known = new Map<string, Uint8Array>();
  private readonly awaited = new Map<string, ((answer: ArtefactAnswer) => void)[]>();

  /** @param ask - sends the question to the pool */
  constructor(private readonly ask: (sha256: string) => void) {}

  /** The bytes of an artefact, from the pool where they are not known. */
  readonly source: ArtefactSource = async (sha256) => {
    const bytes = this.known.get(sha256) ?? (await this.fetched(sha256));
    this.known.delete(sha256);
    this.known.set(sha256, bytes);
    this.forget();
    return bytes;
  };

  /** Takes in what the pool answered. */
  take(answer: ArtefactAnswer): void {
    for (const resolve of this.awaited.get(answer.sha256) ?? []) resolve(answer);
    this.awaited.delete(answer.sha256);
  }

  private async fetched(sha256: string): Promise<Uint8Array> {
    const { given } = await new Promise<ArtefactAnswer>((resolve) => {
      const waiting = this.awaited.get(sha256);
      if (waiting !== undefined) return waiting.push(resolve);
      this.awaited.set(sha256, [resolve]);
      this.ask(sha256);
    });
    if (given instanceof Uint8Array) return given;
    throw errorOf(given);
  }

  private forget(): void {
    let total = 0;
    for (const [sha256, bytes] of [...this.known].reverse().slice(1)) {
      total += bytes.length;
      if (total > bytesKept) this.known.delete(sha256);
    }
  }
}
