/** Takes secrets out of what people and logs are told. */
export type Redact = (text: string) => string;

/** A secret shorter than this is taken out of addresses only: as a piece of prose it is likely to be something else. */
const leastLength = 4;
const secretParameter = /^(?:.*(?:password|passwd|passphrase|secret|token)|pwd|pass|.*api_?key)$/i;
/** Variables whose value is a secret of Athanor's own: what lets it in to its servers. `DATABASE_URL` holds one. */
export const secretVariable =
  /^(?:PGPASSWORD|PGSSLPASSWORD|TEMPORAL_(?:\w*(?:KEY|TOKEN|SECRET|PASSWORD|KEY_DATA)|GRPC_META_\w+))$/;

/**
 * The one redaction of everything that Athanor says: the passwords of the environment (`DATABASE_URL`, `PGPASSWORD`,
 * Temporal's keys) in every spelling, and whatever stands as a password in any other address.
 */
export function redactorOf(environment: Readonly<Record<string, string | undefined>>): Redact {
  const url = environment.DATABASE_URL ?? '';
  const variables = Object.entries(environment).filter(([name]) => secretVariable.test(name));
  const secrets = [...passwordsOf(url), ...variables.map(([, value]) => value ?? '')];
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= leastLength)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = url === '' ? text : text.replaceAll(url, withoutPassword(url));
    for (const form of forms) shown = shown.replaceAll(form, '***');
    return withoutPasswords(shown);
  };
}

/** A connection string as it may be shown: passwords replaced by stars, also where it is not a valid one. */
export function withoutPassword(url: string): string {
  let shown = url;
  for (const password of passwordsOf(url).sort((a, b) => b.length - a.length)) {
    shown = shown.replaceAll(`:${password}@`, ':***@');
    shown = shown.replaceAll(`=${password}`, '=***');
  }
  return withoutPasswords(shown);
}

/** Passwords of a connection string as they are written in it: before the host, in its parameters, or as `password=`. */
function passwordsOf(url: string): string[] {
  const found: string[] = [];
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null) found.push(parsed.password);
  const start = /^[^\s:]*:\/*/.exec(url)?.[0].length ?? 0;
  const query = url.indexOf('?', start);
  // An @ in a parameter does not end a password; one that is not written as %40 in front of the host does not, either.
  const authority = parsed !== null && query >= 0 && url.lastIndexOf('@') > query ? url.slice(0, query) : url;
  const end = authority.lastIndexOf('@');
  const colon = url.indexOf(':', start);
  if (colon >= 0 && colon < end) found.push(url.slice(colon + 1, end));
  for (const [, name, value] of url.matchAll(/([\w-]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^&#\s]*)/g))
    if (secretParameter.test(name!)) found.push(value!, value!.replace(/^'|'$/g, ''));
  return found.filter((password) => password !== '');
}

/** A secret in the spellings in which servers and libraries give it back. */
function formsOf(secret: string): string[] {
  const plain = decoded(secret);
  const quoted = JSON.stringify(plain).slice(1, -1);
  return [secret, plain, quoted, encodeURI(plain), encodeURIComponent(plain), plain.replaceAll(' ', '+')];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Stars for what stands as a password in any address or list of settings, whosever it is. */
function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):(?!\*{3}@)[^\s'"]*@/gi, '$1:***@')
    .replace(
      /((?:^|[\s?&;,{("'])["']?([\w-]+)["']?\s*=\s*)('(?:[^'\\]|\\.)*'|"[^"]*"|[^\s&;,)}'"]+)/g,
      (all, before, name) => (secretParameter.test(String(name)) ? `${String(before)}***` : String(all)),
    );
}

/** The same of every text in a value, names too. */
export function redacted<T>(value: T, redact: Redact): T {
  const walk = (inner: unknown): unknown => {
    if (typeof inner === 'string') return redact(inner);
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [redact(key), walk(item)]));
  };
  return walk(value) as T;
}
