import { expect, it } from 'vitest';
import { encoderKey } from '../../../../models/encode/encoders/contract.js';

it('codes are known by the name and version of their encoder, and by what it computes with', () => {
  const keys = [1, 2].flatMap((version) =>
    [undefined, 'aa', 'ab'].map((artefact) => encoderKey({ name: 'net', version }, artefact)),
  );
  expect(keys[0]).toBe('net@1');
  expect(new Set(keys).size).toBe(6);
});
