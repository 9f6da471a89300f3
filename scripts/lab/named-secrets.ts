import { type Redact, redactorOf } from '../../models/domain/redaction.js';
import { secretForms } from '../../models/domain/secret-forms.js';

/** Names of variables that settings take secrets from: `{from: NAME}`, wherever it stands. */
export function variablesIn(settings: unknown): readonly string[] {
  if (typeof settings !== 'object' || settings === null) return [];
  const { from, ...rest } = settings as Readonly<Record<string, unknown>>;
  const own = typeof from === 'string' && Object.keys(rest).length === 0 ? [from] : [];
  return [...new Set([...own, ...Object.values(settings).flatMap(variablesIn)])];
}

/** Takes out of texts what lets us in: to our own servers, and to the instruments of these settings. */
export function redactorFor(settings: unknown, environment: Readonly<Record<string, string | undefined>>): Redact {
  const forms = secretForms(variablesIn(settings).map((name) => environment[name] ?? ''));
  const ours = redactorOf(environment);
  return (text) => forms.reduce((left, form) => left.replaceAll(form, '***'), ours(text));
}
