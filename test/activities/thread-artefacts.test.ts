import { describe, expect, it } from 'vitest';
import { ThreadArtefacts } from '../../activities/thread-artefacts.js';
import { asThreadError } from '../../activities/thread-error.js';
import { AthanorError } from '../../models/domain/errors.js';

/** A thread's artefacts, with what it asked for; each answer is that many bytes. */
function threadOf(sizes: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const artefacts = new ThreadArtefacts((sha256) => {
    asked.push(sha256);
    const size = sizes[sha256];
    const given =
      size === undefined ? asThreadError(new AthanorError('ARTEFACT', `no ${sha256}`)) : new Uint8Array(size);
    queueMicrotask(() => artefacts.take({ type: 'artefact', sha256, given }));
  });
  return { artefacts, asked };
}

describe('the artefacts of a thread', () => {
  it('are asked for once, also by two at a time', async () => {
    const { artefacts, asked } = threadOf({ a: 3 });
    const [one, two] = await Promise.all([artefacts.source('a'), artefacts.source('a')]);
    expect(one).toBe(two);
    expect(await artefacts.source('a')).toBe(one);
    expect(asked).toEqual(['a']);
  });

  it('are forgotten when those used later need the room', async () => {
    const { artefacts, asked } = threadOf({ a: 2 ** 25, b: 2 ** 25, c: 2 ** 25, d: 2 ** 25 });
    for (const sha of ['a', 'b', 'c', 'a', 'd', 'a', 'c', 'b']) await artefacts.source(sha);
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  it('that are not to be had are an error with its code, and asked for again', async () => {
    const { artefacts, asked } = threadOf({});
    for (let i = 0; i < 2; i++)
      await expect(artefacts.source('x')).rejects.toMatchObject({ code: 'ARTEFACT', message: 'no x' });
    expect(asked).toEqual(['x', 'x']);
  });
});
