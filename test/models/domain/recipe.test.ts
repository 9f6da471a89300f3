import { describe, expect, it } from 'vitest';
import { orderOf, recipeSchema } from '../../../models/domain/recipe.js';

const recipe = recipeSchema.parse([
  { step: 'make', on: 'reactor', with: { T: '{t as K}', stir: 400 }, undo: { with: { clean: 'yes' } } },
  { step: 'move', on: 'arm', at: 'shelf', undo: { on: 'bin', with: {} } },
  { step: 'measure', on: 'balance', gives: ['mass'], uses: { vials: 1 } },
]);

describe('a recipe', () => {
  it('has steps with what they are given, take, measure and leave', () => {
    expect(orderOf(recipe, 'measure')).toEqual({
      step: 'measure',
      on: 'balance',
      like: null,
      with: {},
      uses: { vials: 1 },
      gives: ['mass'],
    });
    expect(orderOf(recipe, 'weigh')).toBeNull();
    expect(orderOf(recipe, 'measure~undo')).toBeNull();
  });

  it('takes a step back on the instrument on which it ran, unless another is named', () => {
    expect(orderOf(recipe, 'make~undo')).toMatchObject({
      on: 'reactor',
      like: 'make',
      with: { clean: 'yes' },
      gives: [],
    });
    expect(orderOf(recipe, 'move~undo')).toMatchObject({ on: 'bin', like: null });
  });

  it.each([
    [[]],
    [[{ step: 'a/b', on: 'x' }]],
    [[{ step: 'a~undo', on: 'x' }]],
    [[{ step: 'a' }]],
    [[{ step: 'a', on: 'x', with: { T: true } }]],
    [[{ step: 'a', on: 'x', undo: { step: 'b' } }]],
  ])('is not %j', (given) => expect(recipeSchema.safeParse(given).success).toBe(false));
});
