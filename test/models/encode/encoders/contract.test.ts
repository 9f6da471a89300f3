import { expect, it } from 'vitest';
import { encoderKey } from '../../../../models/encode/encoders/contract.js';

it('codes are known by the name, version and weights of their encoder', () => {
  const of = (name: string, version: number, weights?: string) =>
    encoderKey(weights === undefined ? { name, version } : { name, version, weights });
  expect(of('net', 1)).toBe('net@1');
  expect(new Set([of('net', 1), of('net', 2), of('nets', 1), of('net', 1, 'ab'), of('net', 1, 'cd')]).size).toBe(5);
});
