import { AthanorError } from '../../domain/errors.js';
import { isElement } from '../../domain/formula.js';
import { elementPropertyNames, elementStatistics, statisticNames } from '../elements.js';
import type { Encoder } from './contract.js';
import { fractionsIn } from './reading-texts.js';

/**
 * Compositions by statistics of the properties of their elements (see `elementStatistics`), not standardised. Columns of formulas and
 * compositions hold them, too, beside the fractions; here they are told apart from these.
 */
export const elementEncoder: Encoder<'numbers'> = {
  name: 'elements',
  version: 1,
  takes: 'compositions',
  gives: 'numbers',
  width: elementPropertyNames.length * statisticNames.length,
  encode: async (texts) =>
    texts.map((text) => {
      const fractions = fractionsIn(text);
      const strange = Object.keys(fractions).filter((name) => !isElement(name));
      if (strange.length === 0) return elementStatistics(fractions);
      throw new AthanorError('INVALID_INPUT', `'${text}' holds ${strange.join(', ')}: elements from H to Cm`);
    }),
};
