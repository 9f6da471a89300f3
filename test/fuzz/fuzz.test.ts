import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { AdapterError, InvalidInputError } from '../../models/domain/errors.js';
import { everythingKept } from './kept.js';
import { kinds } from './kinds.js';
import { ownCells, ownNumber } from './own-reader.js';
import { refused } from './refusal.js';
import { smaller } from './smaller.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const utf8 = { encoding: 'UTF-8', delimiter: ';', decimal: 'comma' };

/** Inputs of each kind: so many that the whole takes seconds of CPU time. */
const inputs = 40;

test('changed inputs of every kind are taken as they stand or refused in words, each within a second of CPU time', async () => {
  await run(path.join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.fuzz.json'], { cwd: root });
  const command = ['.fuzz/test/fuzz/index.js', '--inputs', String(inputs), '--seed', '1'];
  const { stdout } = await run(process.execPath, command, { cwd: root }).catch((error: { stdout: string }) => {
    throw new Error(`the fuzz has found something:\n${error.stdout}`);
  });
  for (const kind of Object.keys(kinds))
    expect(stdout).toMatch(new RegExp(`^${kind} .* ${inputs} inputs .* 0 finds`, 'm'));
});

test('an input is made smaller as long as it shows the same', async () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const bytes = new TextEncoder().encode('a lot of text, a needle, and more');
  expect(text(await smaller(bytes, async (candidate) => text(candidate).includes('needle'), 200))).toBe('needle');
});

test('only words for people are a refusal', () => {
  const fault = { path: 'a', message: 'wrong', remedy: 'give another' };
  expect(refused(new InvalidInputError('f', [fault]))).toBe('refused');
  expect(() => refused(new TypeError('x is not a function'))).toThrow(TypeError);
  expect(() => refused(new AdapterError('out of reach'))).toThrow('out of reach');
  expect(() => refused(new InvalidInputError('f', []))).toThrow();
  expect(() => refused(new InvalidInputError('f', [{ ...fault, remedy: '' }]))).toThrow();
  expect(() => refused(new InvalidInputError('f', [{ ...fault, message: 'TypeError: x' }]))).toThrow();
});

test('what is accepted has to be kept', () => {
  expect(() => everythingKept({ a: [1, { b: 'c' }] }, { a: [1, { b: 'c' }], more: 1 }, /none/)).not.toThrow();
  for (const kept of [{}, { a: 1 }, { a: [1] }, { a: [1, { b: 'd' }] }, { a: [1, { b: 'c' }, 2] }])
    expect(() => everythingKept({ a: [1, { b: 'c' }] }, kept, /none/)).toThrow();
  expect(() => everythingKept(JSON.parse('{"__proto__": 1}'), {}, /none/)).toThrow();
});

test('the reader beside the product reads quotes, ends of lines and numbers by itself', () => {
  const text = '\uFEFFa;b\r\n"x;""y""";1,5\r\r;\r"z\n";-2';
  expect(ownCells(new TextEncoder().encode(text), utf8)).toEqual([
    ['a', 'b'],
    ['x;"y"', '1,5'],
    ['z', '-2'],
  ]);
  expect(ownCells(new TextEncoder().encode('a\n"b" c'), utf8)).toBeNull();
  expect(ownNumber('1,5', 'comma')).toBe(1.5);
  for (const none of ['1,5', '0x10', '<5', '1 000', '', '5 %']) expect(ownNumber(none, 'point')).toBeNull();
});
