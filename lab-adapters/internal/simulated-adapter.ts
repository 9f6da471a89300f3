import type { Fault } from '../../models/domain/fault.js';
import type { Adapter, AdapterContext, Caller, Health, JobRequest, Traits } from '../contract.js';
import { type Fences, fencesIn } from './fences.js';
import { nameOfJob } from './job-record.js';
import { type SimulatedDevice, SimulatedJobs } from './simulated-jobs.js';

/** An adapter whose jobs are simulated: what is left to a kind is what it can measure, and how a job ends. */
export abstract class SimulatedAdapter implements Adapter {
  readonly pollMs = 200;
  protected readonly jobs: SimulatedJobs;
  private readonly fences: Fences;
  abstract readonly traits: Traits;

  constructor(context: AdapterContext, device: SimulatedDevice) {
    this.jobs = new SimulatedJobs(context, device);
    this.fences = fencesIn(context.folder);
  }

  abstract validate(request: JobRequest): Promise<readonly Fault[]>;
  abstract health(): Promise<Health>;

  async submit(key: string, request: JobRequest, caller: Caller): Promise<string> {
    await this.fences.heed(nameOfJob(key), caller);
    return this.jobs.submit(key, request);
  }

  async find(key: string, caller: Caller): Promise<string | null> {
    await this.fences.heed(nameOfJob(key), caller);
    return this.jobs.find(key);
  }

  status(job: string) {
    return this.jobs.status(job);
  }

  result(job: string) {
    return this.jobs.result(job);
  }

  async cancel(job: string, caller: Caller): Promise<void> {
    await this.fences.heed(job, caller);
    return this.jobs.cancel(job);
  }

  async pause(job: string, caller: Caller): Promise<void> {
    await this.fences.heed(job, caller);
    return this.jobs.pause(job);
  }

  async resume(job: string, caller: Caller): Promise<void> {
    await this.fences.heed(job, caller);
    return this.jobs.resume(job);
  }

  safeStop() {
    return this.jobs.cancelAll();
  }

  async close(): Promise<void> {}
}
