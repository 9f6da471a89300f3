import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import { Artefacts, heldArtefacts, recordedArtefacts, writtenArtefacts } from '../../../models/strategy/artefacts.js';

const bytes = Uint8Array.of(0, 1, 254, 255);
const sha256 = sha256Of(bytes);
const member = { weight: 1, score: 0, hyperparameters: [2], logPosterior: 0, jitter: 0 };

describe('the artefacts of a decision', () => {
  it('are those it was made with, by name, and those it made, without them', async () => {
    const artefacts = new Artefacts(async () => bytes);
    const [plain, trained] = await artefacts.earlier([
      { ...member, name: 'gp' },
      { ...member, name: 'trained', artefact: sha256 },
    ]);
    expect(plain).toEqual({ name: 'gp', hyperparameters: [2] });
    expect(trained).toEqual({ name: 'trained', hyperparameters: [2], artefact: bytes });
    expect(artefacts.used).toEqual([{ name: 'surrogate trained', sha256 }]);
    expect(artefacts.keep(bytes)).toBe(sha256);
    expect(artefacts.made.size).toBe(0);
    const other = Uint8Array.of(7);
    const kept = artefacts.keep(other);
    other[0] = 8;
    expect([...artefacts.made]).toEqual([[kept, Uint8Array.of(7)]]);
  });

  it('are refused where nobody holds them, or what is given is another', async () => {
    await expect(new Artefacts().use({ name: 'a', sha256 })).rejects.toMatchObject({ code: 'ARTEFACT' });
    const wrong = new Artefacts(async () => Uint8Array.of(1));
    await expect(wrong.use({ name: 'a', sha256 })).rejects.toThrow(`the bytes given for artefact ${sha256} are others`);
    expect(wrong.used).toEqual([]);
  });

  it('go into a record and a request, and come back; where there are none, nothing is said', async () => {
    const held = new Map([[sha256, bytes]]);
    const written = writtenArtefacts(held);
    expect(written).toEqual({ artefacts: { [sha256]: 'AAH+/w==' } });
    expect(await recordedArtefacts(written)(sha256)).toEqual(bytes);
    expect(await heldArtefacts(held).artefacts!(sha256)).toBe(bytes);
    expect([writtenArtefacts(new Map()), heldArtefacts(new Map())]).toEqual([{}, {}]);
    await expect(recordedArtefacts({})('constructor')).rejects.toThrow('nobody holds the artefact constructor');
  });
});
