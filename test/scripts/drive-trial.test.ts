import { VirtualClock } from '../../scripts/simulate/clock.js';
import { driveTrial } from '../../scripts/simulate/drive-trial.js';
import { VirtualLane } from '../../scripts/simulate/lane.js';
import { describeTrialLife, impatientMs, type TrialLifeHost } from '../laws/trial-life.js';

const request = { design: { x: 1 }, rowId: null, substances: {}, fidelity: 'exact', objectives: ['value'] };

const host: TrialLifeHost = {
  run: async (make, impatient = false) => {
    const cancel = new AbortController();
    const { device } = make({ cancel: () => cancel.abort() });
    const clock = new VirtualClock();
    const lane = new VirtualLane(clock);
    const terms = { outcomes: ['value'], statedCost: null };
    const patience = impatient ? { callTimeoutMs: impatientMs } : {};
    const bench = { adapter: device.adapter, lane, clock, cancelled: cancel.signal, terms, ...patience };
    let over = false;
    const trial = driveTrial(bench, 'c/r1/p1', request).finally(() => {
      over = true;
      lane.notify();
    });
    await lane.until(() => over);
    return trial;
  },
};

describeTrialLife('in this process, in virtual time', host, { crashes: false });
