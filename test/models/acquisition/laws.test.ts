import { acquisitions } from '../../../models/acquisition/acquisitions.js';
import { describeAcquisitionLaws } from '../../laws/acquisition.js';

for (const acquisition of acquisitions) describeAcquisitionLaws(acquisition);
