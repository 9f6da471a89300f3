import type { Fault } from '../../models/domain/fault.js';
import type { Adapter, AdapterContext, Health, JobRequest, Traits } from '../contract.js';
import { type SimulatedDevice, SimulatedJobs } from './simulated-jobs.js';

/** An adapter whose jobs are simulated: what is left to a kind is what it can measure, and how a job ends. */
export abstract class SimulatedAdapter implements Adapter {
  readonly pollMs = 200;
  protected readonly jobs: SimulatedJobs;
  abstract readonly traits: Traits;

  constructor(context: AdapterContext, device: SimulatedDevice) {
    this.jobs = new SimulatedJobs(context, device);
  }

  abstract validate(request: JobRequest): Promise<readonly Fault[]>;
  abstract estimate(request: JobRequest): Promise<{ cost: number; durationMs: number }>;
  abstract health(): Promise<Health>;

  submit(key: string, request: JobRequest): Promise<string> {
    return this.jobs.submit(key, request);
  }

  find(key: string) {
    return this.jobs.find(key);
  }

  status(job: string) {
    return this.jobs.status(job);
  }

  result(job: string) {
    return this.jobs.result(job);
  }

  cancel(job: string) {
    return this.jobs.cancel(job);
  }

  pause(job: string) {
    return this.jobs.pause(job);
  }

  resume(job: string) {
    return this.jobs.resume(job);
  }

  safeStop() {
    return this.jobs.cancelAll();
  }

  async close(): Promise<void> {}
}
