import { expect, it } from 'vitest';
import { encoderKey } from '../../../../models/encode/encoders/contract.js';

it('codes are known by the name and version of their encoder', () => {
  const of = (name: string, version: number) => encoderKey({ name, version });
  expect(of('net', 1)).toBe('net@1');
  expect(new Set([of('net', 1), of('net', 2), of('nets', 1)]).size).toBe(3);
});
