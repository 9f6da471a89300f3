import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Problem } from '../../models/problems/contract.js';
import { problemNamed } from '../../models/problems/problems.js';
import type { AdapterContext, AdapterType, Caller, JobRequest, Traits } from '../contract.js';
import { SimulatedAdapter } from '../internal/simulated-adapter.js';
import type { SimulatedEnd } from '../internal/simulated-jobs.js';
import { fateOf } from './chance.js';
import { fidelityInputs, inputNames, settingsFaults, spaceFaults } from './check.js';
import type { ProblemSettings } from './settings.js';
import { problemSettings } from './settings.js';

const traits: Traits = {
  resultRetention: 'permanent',
  exclusive: false,
  deterministic: true,
  fenced: true,
  virtualTime: true,
};

/**
 * A laboratory that exists only as a test function, with noise, duration and faults to order.
 *
 * The design's parameters x1 … xd are the function's inputs; the one objective is its value.
 */
export const problem: AdapterType<ProblemSettings, SimulatedAdapter> = {
  name: 'problem',
  description: 'test functions (Branin, Hartmann, Ackley …) with noise, delay and faults to order',
  settings: problemSettings,
  costSetting: 'cost',
  incidental: ['delayMs'],
  check: async (settings, scope) => {
    const faults = settingsFaults(settings);
    if (faults.length > 0 || scope === undefined) return faults;
    return spaceFaults(problemNamed(settings.problem, settings.dims), scope);
  },
  range: (settings) => {
    if (settings.noise > 0 || settingsFaults(settings).length > 0) return { low: null, high: null };
    const of = problemNamed(settings.problem, settings.dims);
    if (fidelityInputs(settings, of).some((value) => value !== 1)) return { low: null, high: null };
    // The published minimum may be above the true one by rounding.
    const slack = 1e-9 * Math.max(1, Math.abs(of.minimum));
    return settings.negate ? { low: null, high: slack - of.minimum } : { low: of.minimum - slack, high: null };
  },
  create: (settings, context) => new ProblemLab(settings, context),
};

class ProblemLab extends SimulatedAdapter {
  readonly traits: Traits;
  private readonly of: Problem;

  constructor(
    private readonly settings: ProblemSettings,
    context: AdapterContext,
  ) {
    super(context, {
      durationMs: (key, request) => fateOf(settings, key, request).durationMs,
      end: async (key, request) => this.end(key, request),
      cancelledCost: 0,
    });
    const faults = settingsFaults(settings);
    if (faults.length > 0) throw new ContractError(`settings of problem: ${faults[0]!.message} (${faults[0]!.remedy})`);
    this.of = problemNamed(settings.problem, settings.dims);
    this.traits = { ...traits, deterministic: settings.vary === 'design' };
  }

  private get cost(): number {
    return this.settings.cost ?? 1;
  }

  async validate(request: JobRequest): Promise<readonly Fault[]> {
    const faults: Fault[] = [];
    inputNames(this.of).forEach((name, i) => {
      const value = request.design[name];
      const [low, high] = this.of.bounds[i]!;
      if (typeof value === 'number' && value >= low && value <= high) return;
      const given = value === undefined ? 'missing' : `${JSON.stringify(value)} is outside ${this.of.name}`;
      faults.push({ path: `design.${name}`, message: given, remedy: `a number from ${low} to ${high}` });
    });
    if (request.objectives.length > 1)
      faults.push({
        path: 'objectives',
        message: `${request.objectives.length} asked for`,
        remedy: 'one at most: a test function has one value',
      });
    return faults;
  }

  override async submit(key: string, request: JobRequest, caller: Caller): Promise<string> {
    const known = await this.jobs.find(key);
    const job = await super.submit(key, request, caller);
    if (known === null && fateOf(this.settings, key, request).replyLost)
      throw new AdapterError(`the reply to '${key}' was lost, as ordered by faults.lostReplyRate`);
    return job;
  }

  private end(key: string, request: JobRequest): SimulatedEnd {
    const { fate, noise } = fateOf(this.settings, key, request);
    const cost = this.cost;
    if (fate === 'failed' || fate === 'unknown') {
      const cause = {
        class: fate === 'failed' ? this.settings.faults.failClass : 'unknown',
        code: fate === 'failed' ? 'orderedFailure' : 'orderedUnknown',
        message: `as ordered by faults.${fate === 'failed' ? 'failRate' : 'unknownRate'}`,
      } as const;
      return { state: fate, result: { values: {}, cost, cause } };
    }
    const x = inputNames(this.of).map((name) => Number(request.design[name]));
    const truth = this.of.evaluate(x, fidelityInputs(this.settings, this.of));
    const sign = this.settings.negate ? -1 : 1;
    const value = fate === 'nan' ? Number.NaN : sign * truth + this.settings.noise * noise;
    const [objective] = request.objectives;
    if (objective === undefined) return { state: 'succeeded', result: { values: {}, cost } };
    const values = { [objective]: value };
    if (!this.settings.tellNoise) return { state: 'succeeded', result: { values, cost } };
    return { state: 'succeeded', result: { values, noise: { [objective]: this.settings.noise }, cost } };
  }

  async health() {
    return { ok: true, message: `${this.of.name}, ${this.of.bounds.length} inputs, computed in this process` };
  }
}
