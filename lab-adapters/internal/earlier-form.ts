import type { Adapter, Traits } from '../contract.js';

/** What an adapter said of itself before its verbs did: it had them all, and those not declared here were refused. */
export interface EarlierCapabilities extends Traits {
  readonly lookupByKey: boolean;
  readonly cancel: boolean;
  readonly pause: boolean;
}

/** An adapter as it was written for version 0.1.0: `capabilities` in place of `traits`, and every verb there. */
export interface EarlierAdapter extends Required<Omit<Adapter, 'traits'>> {
  readonly capabilities: EarlierCapabilities;
}

/** An adapter of either form in the present one: verbs that the earlier form has but does not declare are left out. */
export function presentForm(adapter: Adapter | EarlierAdapter): Adapter {
  if (!('capabilities' in adapter) || 'traits' in adapter) return adapter as Adapter;
  const { lookupByKey, cancel, pause, ...traits } = Object(adapter.capabilities) as EarlierCapabilities;
  return {
    traits,
    get pollMs() {
      return adapter.pollMs;
    },
    validate: (request) => adapter.validate(request),
    submit: (key, request, caller) => adapter.submit(key, request, caller),
    status: (job) => adapter.status(job),
    result: (job) => adapter.result(job),
    close: () => adapter.close(),
    estimate: (request) => adapter.estimate(request),
    safeStop: () => adapter.safeStop(),
    health: () => adapter.health(),
    ...(lookupByKey ? { find: (key: string) => adapter.find(key) } : {}),
    ...(cancel ? { cancel: (job: string) => adapter.cancel(job) } : {}),
    ...(pause ? { pause: (job: string) => adapter.pause(job), resume: (job: string) => adapter.resume(job) } : {}),
  };
}
