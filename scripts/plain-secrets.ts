import type { AdapterRegistry } from '../lab-adapters/registry.js';
import type { CampaignSpec } from '../models/domain/campaign.js';
import { type Fault, formatPath } from '../models/domain/fault.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { redactorOf } from '../models/domain/redaction.js';

type Path = readonly PropertyKey[];

/** What stands in the place of a secret. */
const hidden = '***';
const passwordsInAddresses = redactorOf({});

/**
 * Secrets that stand in a campaign's settings as they are, and so are kept with it: values whose names look like it, what
 * follows such an option of a command, passwords in addresses. No value is repeated.
 */
export function plainSecrets({ fidelities }: CampaignSpec): readonly Fault[] {
  const faults: Fault[] = [];
  fidelities.forEach(({ settings, adapter }, i) => {
    walk(settings, ['fidelities', i, 'settings'], (path, value) => {
      const name = String(path.at(-1));
      const remedy =
        adapter === 'command'
          ? typeof path.at(-1) === 'number'
            ? 'let the program read it from its environment, set by env: {NAME: {from: NAME}}'
            : `write ${name}: {from: ${name}} and set the variable ${name} for the worker`
          : 'keep it where only the worker can read it, if the adapter has a way to';
      faults.push({
        path: formatPath(path),
        message: 'looks like a secret, and is kept in the store as it stands; reports and exports leave it out',
        remedy,
      });
      return value;
    });
  });
  return faults;
}

/** A specification as reports and exports show it: with stars for what looks like a secret in its settings. */
export function withoutPlainSecrets<Spec extends CampaignSpec>(spec: Spec): Spec {
  const fidelities = spec.fidelities.map((fidelity, i) => ({
    ...fidelity,
    settings: walk(fidelity.settings, ['fidelities', i, 'settings'], (_, __, shown) => shown),
  }));
  return { ...spec, fidelities };
}

/** A record as it may leave the store. */
export function shownRecord(record: CampaignRecord): CampaignRecord {
  return { ...record, campaign: { ...record.campaign, spec: withoutPlainSecrets(record.campaign.spec) } };
}

/** What the environment lacks for the trials of a campaign to be started in it. */
export function lackingIn(
  { fidelities }: CampaignSpec,
  registry: Pick<AdapterRegistry, 'has' | 'get'>,
  environment: NodeJS.ProcessEnv,
): readonly Fault[] {
  return fidelities.flatMap(({ adapter, settings }, i) => {
    const type = registry.has(adapter) ? registry.get(adapter) : null;
    const parsed = type?.settings.safeParse(settings);
    const faults = parsed?.success === true ? (type?.lacks?.(parsed.data, environment) ?? []) : [];
    return faults.map((fault) => ({ ...fault, path: `fidelities[${i}].settings.${fault.path}` }));
  });
}

/** Whether a name is that of a secret. @param variable - of an environment, where a KEY is one; elsewhere many are not */
function isSecretName(name: string, variable: boolean): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  if (
    /PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|API[_.-]?KEY|(?:^|[_.-])(?:[A-Z]*TOKEN|PASS|AUTHORIZATION)$/.test(
      words,
    )
  )
    return true;
  if (/[_.-]PWD$/.test(words)) return true;
  return variable
    ? /(?:^|_)KEY$/.test(words)
    : /(?:ACCESS|PRIVATE|AUTH|LICEN[CS]E|SIGNING|ACCOUNT)[_.-]?KEY$/.test(words);
}

/** Goes through settings; each text that holds a secret becomes what `found` makes of it. */
function walk<T>(value: T, path: Path, found: (path: Path, value: string, shown: string) => string, secret = false): T {
  const visit = (inner: unknown, at: Path, isSecret: boolean, variable: boolean): unknown => {
    if (typeof inner === 'string') {
      const shown = isSecret && inner !== '' ? hidden : shownText(inner);
      return shown === inner || inner === hidden ? inner : found(at, inner, shown);
    }
    if (typeof inner === 'number' && isSecret) return found(at, String(inner), hidden);
    if (Array.isArray(inner))
      return inner.map((item, i) => visit(item, [...at, i], isSecret || isSecretOption(inner[i - 1]), false));
    if (typeof inner !== 'object' || inner === null) return inner;
    // What names a variable of the worker is no secret.
    if (isSecret && Object.keys(inner).every((key) => key === 'from')) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, item]) => {
        const name = isSecretName(key, variable);
        return [key, visit(item, [...at, key], isSecret || name, key === 'env')];
      }),
    );
  };
  return visit(value, path, secret, false) as T;
}

/** An option such as `--token`, whose value stands next. */
function isSecretOption(argument: unknown): boolean {
  return (
    typeof argument === 'string' && /^--?[\w-]+$/.test(argument) && isSecretName(argument.replace(/^-+/, ''), false)
  );
}

function shownText(text: string): string {
  return passwordsInAddresses(text).replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`);
}
