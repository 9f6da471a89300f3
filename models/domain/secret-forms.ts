/** A secret with fewer characters would be taken for one wherever it stands by chance. */
export const leastLength = 8;

/** Texts by which secrets may be repeated: as they are, line by line, in JSON, in an address. Longest first. */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]);
  const forms = lines.flatMap((secret) => {
    const json = JSON.stringify(secret).slice(1, -1);
    const ascii = json.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return [secret, secret.trim(), json, ascii, json.replaceAll('/', '\\/'), encodeURIComponent(secret)];
  });
  return [...new Set(forms)].filter((form) => form.length >= leastLength).sort((a, b) => b.length - a.length);
}
