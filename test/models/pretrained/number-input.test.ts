import { expect, it } from 'vitest';
import { numberInput } from '../../../models/pretrained/number-input.js';

it('is the only input of float32, of any number of rows and a width', () => {
  const of = (inputs: Record<string, string>) => numberInput({ inputs });
  expect(of({ x: 'float32 [batch, 12]' })).toEqual({ name: 'x', width: 12 });
  expect(of({ x: 'float32 [batch, 12]', y: 'float32 [batch, 12]' })).toBeNull();
  for (const port of ['int64 [batch, 12]', 'float32 [2, 12]', 'float32 [batch, n]', 'float32 [batch, 3, 4]'])
    expect(of({ x: port })).toBeNull();
});
