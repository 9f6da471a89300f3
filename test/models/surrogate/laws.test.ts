import { surrogates } from '../../../models/surrogate/surrogates.js';
import { describeSurrogateLaws } from '../../laws/surrogate.js';

for (const surrogate of surrogates) describeSurrogateLaws(surrogate);
