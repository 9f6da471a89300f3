import { expect, it } from 'vitest';
import { outputNamed } from '../../../models/domain/output-name.js';

const artefacts = { 'measure/a.csv': '1', 'weigh/a.csv': '2', 'weigh/b.csv': '3' };

it('finds what a step gave, and without a step what one alone did', () => {
  expect(outputNamed({ artefacts }, 'a.csv', 'weigh')).toBe('2');
  expect(outputNamed({ artefacts }, 'a.csv', 'none')).toBeNull();
  expect(outputNamed({ artefacts }, 'b.csv')).toBe('3');
  expect(outputNamed({ artefacts }, 'a.csv')).toBeNull();
});

it('finds that of a trial that is one job, whose step is `run`', () => {
  expect(outputNamed({ artefacts: { 'a.csv': '1' } }, 'a.csv')).toBe('1');
  expect(outputNamed({ artefacts: { 'a.csv': '1' } }, 'a.csv', 'run')).toBe('1');
  expect(outputNamed({ artefacts: { 'run/a.csv': '1' } }, 'a.csv', 'run')).toBe('1');
  expect(outputNamed({ artefacts }, 'b.csv', 'run')).toBeNull();
});
