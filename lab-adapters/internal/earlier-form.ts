import type { Adapter, Caller, Runs, Traits } from '../contract.js';

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

const verbsOfAll = ['validate', 'submit', 'status', 'result', 'close'] as const satisfies readonly (keyof Runs)[];
const declared = { lookupByKey: ['find'], cancel: ['cancel'], pause: ['pause', 'resume'] } as const;

/** What every adapter has and this one has not, and what it declares in the earlier form without having it; in words. */
export function lacking(adapter: Adapter | EarlierAdapter): readonly string[] {
  const isThere = (verb: keyof Adapter) => typeof (adapter as Adapter)[verb] === 'function';
  const verbs = verbsOfAll.filter((verb) => !isThere(verb)).map((verb) => `'${verb}'`);
  if (!isEarlier(adapter)) return isObject((adapter as Adapter).traits) ? verbs : ["'traits'", ...verbs];
  const { capabilities } = adapter;
  if (!isObject(capabilities)) return ["'capabilities'", ...verbs];
  const undone = Object.entries(declared).flatMap(([name, wanted]) =>
    capabilities[name as keyof typeof declared]
      ? wanted.filter((verb) => !isThere(verb)).map((verb) => `'${verb}', declared by capabilities.${name}`)
      : [],
  );
  return [...verbs, ...undone];
}

function isEarlier(adapter: Adapter | EarlierAdapter): adapter is EarlierAdapter {
  return 'capabilities' in adapter && !('traits' in adapter);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** An adapter of either form in the present one: verbs that the earlier form has but does not declare are left out. */
export function presentForm(adapter: Adapter | EarlierAdapter): Adapter {
  if (!isEarlier(adapter)) return adapter;
  const { lookupByKey, cancel, pause, ...traits } = adapter.capabilities;
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
    ...(adapter.safeStop && { safeStop: () => adapter.safeStop() }),
    ...(adapter.health && { health: () => adapter.health() }),
    ...(lookupByKey ? { find: (key: string, caller: Caller) => adapter.find(key, caller) } : {}),
    ...(cancel ? { cancel: (job: string, caller: Caller) => adapter.cancel(job, caller) } : {}),
    ...(pause
      ? {
          pause: (job: string, caller: Caller) => adapter.pause(job, caller),
          resume: (job: string, caller: Caller) => adapter.resume(job, caller),
        }
      : {}),
  };
}
