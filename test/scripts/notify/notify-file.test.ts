import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { formatFaults } from '../../../models/domain/fault.js';
import { destinationsIn } from '../../../scripts/notify/destinations.js';
import { loadNotify } from '../../../scripts/notify/notify-file.js';
import { type TemporaryHome, temporaryHome } from '../../support/home.js';

let home: TemporaryHome;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => home?.remove());

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const environment = { HOOK: secret, MAIL: 'a password', SHORT: 'whsec_AAAA' };

async function written(text: string): Promise<string> {
  const file = join(home.path, 'notify.yaml');
  await writeFile(file, text);
  return file;
}

it('says where people are told, with secrets of the environment', async () => {
  const file = await written(`
remind: 12h
destinations:
  phone:
    webhook: https://ntfy.example/lab
    secret: { from: HOOK }
    kinds: [fault, stop]
    remind: 30min
  group:
    email: [ann@lab.example]
    from: athanor@lab.example
    server: { host: mail.lab.example, user: athanor, password: { from: MAIL } }
`);
  const [phone, group] = await loadNotify(file, environment);
  expect(phone).toMatchObject({ name: 'phone', remindMs: 1_800_000, secrets: { HOOK: secret } });
  expect(group).toMatchObject({ name: 'group', remindMs: 43_200_000, secrets: { MAIL: 'a password' } });
  expect(group!.settings).toMatchObject({ server: { security: 'starttls' }, over: true, designs: false });
});

it('lists every fault with its line, and repeats no secret', async () => {
  const file = await written(`destinations:
  phone:
    webhook: https://me:pass@ntfy.example/lab
    secret: plain
    kinds: [fualt]
  other:
    webhook: ftp://x
`);
  const error = await loadNotify(file, environment).catch((fault: unknown) => fault);
  const text = formatFaults((error as InvalidInputError).faults);
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(text).toMatch(/3.*no name or password in an address/);
  expect(text).toMatch(/4.*secret/);
  expect(text).toMatch(/5.*fault/);
  expect(text).toMatch(/7.*http/);
  const lacking = await written(`destinations:
  phone: { webhook: 'https://ntfy.example/lab', secret: { from: NOBODY } }
  weak: { webhook: 'https://ntfy.example/lab', secret: { from: SHORT } }
  open:
    email: [ann@lab.example]
    from: athanor@lab.example
    server: { host: mail, security: none, user: a, password: { from: MAIL } }
  half:
    email: [ann@lab.example]
    from: athanor@lab.example
    server: { host: mail, user: a, ca: none.pem }
`);
  const faults = await loadNotify(lacking, environment).catch((fault: InvalidInputError) => formatFaults(fault.faults));
  expect(faults).toMatch(/2.*NOBODY is not set/);
  expect(faults).toMatch(/3.*SHORT holds no signing secret/);
  expect(faults).toMatch(/7.*a password without encryption/);
  expect(faults).toMatch(/11.*user and password are given together/);
  expect(faults).toMatch(/11.*none\.pem holds no certificates/);
  expect(faults).not.toContain('AAAA');
  for (const nothing of ['', '5', '[]', 'destinations: {}'])
    await expect(loadNotify(await written(nothing), environment)).rejects.toBeInstanceOf(InvalidInputError);
});

it('is read anew where it changes; while it is wrong nobody is told, which is said once', async () => {
  const words: string[] = [];
  const destinations = destinationsIn(home.path, environment, (line) => void words.push(line));
  await written('destinations: 5');
  expect([await destinations(), await destinations(), words.length]).toEqual([null, null, 1]);
  await written("destinations: { phone: { webhook: 'http://10.0.0.7/x', secret: { from: HOOK } } }");
  expect(await destinations()).toMatchObject([{ name: 'phone', remindMs: null }]);
  expect(await destinationsIn(join(home.path, 'elsewhere'), environment, () => undefined)()).toEqual([]);
});
