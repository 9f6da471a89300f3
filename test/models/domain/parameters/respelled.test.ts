import { describe, expect, it } from 'vitest';
import { respelled } from '../../../../models/domain/parameters/respelled.js';

describe('entries in two spellings', () => {
  const of = (entries: string[]) =>
    respelled(entries, { path: 'p', what: 'word', keyOf: (entry) => (entry === '' ? null : entry.toLowerCase()) });

  it('are named in pairs, the first ones of them', () => {
    expect(of(['a', 'b', '', ''])).toEqual([]);
    expect(of(['a', 'A', 'b'])[0]).toMatchObject({ path: 'p', message: "one word in two spellings: 'A' and 'a'" });
    expect(of([...'abcdefghijklmnopqrstu'].flatMap((one) => [one, one.toUpperCase()]))[0]!.message).toMatch(
      /and 1 more$/,
    );
  });
});
