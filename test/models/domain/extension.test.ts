import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { type Extension, extensionBytes, extensionText, readExtension } from '../../../models/domain/extension.js';

const extension: Extension = {
  by: {
    version: '1.2',
    name: 'mutations',
    seed: 7,
    parents: ['r3'],
    settings: { rate: 0.5, deep: { b: [1], a: null } },
  },
  rows: [{ design: { x: 0.1, molecule: 'CCO' }, id: 'g1' }],
};
const told = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

describe('an extension', () => {
  it('has one text, whatever the order of its keys, and reads back from it', () => {
    const text =
      '{"by":{"name":"mutations","parents":["r3"],"seed":7,"settings":{"deep":{"a":null,"b":[1]},"rate":0.5},"version":"1.2"},' +
      '"rows":[{"design":{"molecule":"CCO","x":0.1},"id":"g1"}]}';
    expect(extensionText(extension)).toBe(text);
    expect(readExtension(extensionBytes(extension), 'one')).toEqual(extension);
  });

  it('keeps every number and text', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ unit: 'binary' }));
    const designs = fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      value,
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(fc.array(designs, { minLength: 1 }), (all) => {
        const given = { by: extension.by, rows: all.map((design, i) => ({ id: `g${i}`, design })) };
        const read = readExtension(extensionBytes(given), 'one');
        expect(JSON.stringify(read.rows.map(({ design }) => Object.entries(design).sort()))).toBe(
          JSON.stringify(all.map((design) => Object.entries(design).sort())),
        );
        expect(extensionText(read)).toBe(extensionText(given));
      }),
      { seed: 15, numRuns: 200 },
    );
  });

  it('is refused where it is none, with everything that is wrong', () => {
    const wrong = { by: { name: '', version: 'a\nb' }, rows: [{ id: '', design: { x: Number.NaN } }], more: 1 };
    expect(told(() => extensionText(wrong as unknown as Extension)).map((line) => line.split(':')[0])).toEqual([
      'by.name',
      'by.version',
      'rows[0].id',
      'rows[0].design.x',
      '',
    ]);
    expect(told(() => extensionText({ ...extension, rows: [] }))).toHaveLength(1);
    const settings = { long: 'x'.repeat(10_001) };
    expect(told(() => extensionText({ ...extension, by: { ...extension.by, settings } }))).toEqual([
      'by.settings: more than 10000 characters',
    ]);
  });

  it('is read from its own text alone', () => {
    const read = (text: string) => told(() => readExtension(new TextEncoder().encode(text), 'one'));
    const text = extensionText(extension);
    expect(read(text)).toEqual([]);
    expect(read(`${text} `)).toEqual([': not written as extensions are']);
    expect(read(text.replace('"x":0.1', '"x":0.10'))).toEqual([': not written as extensions are']);
    expect(read('[]')).toHaveLength(1);
    expect(read('{')[0]).toMatch(/^: no extension: /);
    expect(read(text.replace('"id":"g1"', '"id":"g1","id":"g2"'))[0]).toMatch(/given more than once/);
    expect(told(() => readExtension(Uint8Array.of(0xff), 'one'))[0]).toMatch(/^: no extension: /);
  });
});
