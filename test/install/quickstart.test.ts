import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { temporalProgramForTests } from '../support/services.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What the shell scripts and the commands they run need of a machine, without a package manager or xtb. */
const tools = ['dirname', 'id', 'mktemp', 'rm', 'tail', 'date', 'env', 'sh', 'cat', 'useradd'];

let machine: string;
let home: TemporaryHome;

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a script on a machine that has only the programs of the folder `bin` in `machine`. */
function on(bin: string, script: string, args: readonly string[] = [], cwd = root): Promise<Ended> {
  const env = { HOME: home.path, ATHANOR_HOME: home.path, PATH: path.join(machine, bin) };
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: 600_000, maxBuffer: 2 ** 26 };
    const child = execFile(path.join(cwd, script), [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
    child.stdin?.end();
  });
}

/** A folder of programs: links to those of this machine, and scripts given as text. */
async function makeBin(
  name: string,
  links: readonly string[],
  scripts: Readonly<Record<string, string>>,
): Promise<void> {
  const bin = path.join(machine, name);
  await mkdir(bin);
  for (const tool of links) {
    for (const folder of ['/usr/bin', '/bin', '/usr/sbin']) {
      await symlink(path.join(folder, tool), path.join(bin, tool)).catch(() => undefined);
    }
  }
  for (const [file, text] of Object.entries(scripts)) {
    await writeFile(path.join(bin, file), text);
    await chmod(path.join(bin, file), 0o755);
  }
}

beforeAll(async () => {
  machine = await mkdtemp(path.join(os.tmpdir(), 'athanor-machine-'));
  home = await temporaryHome();
  const nodeFolder = path.dirname(process.execPath);
  const node = `#!/bin/sh\nexec '${process.execPath}' "$@"\n`;
  const npm = `#!/bin/sh\nexec '${process.execPath}' '${path.join(nodeFolder, 'npm')}' "$@"\n`;
  await makeBin('bare', tools, {});
  await makeBin('old', tools, {
    node: '#!/bin/sh\n[ "$1" = --version ] && echo v18.19.0\nexit 1\n',
    npm: '#!/bin/sh\n',
  });
  await makeBin('plain', tools, { node, npm });
  const program = await temporalProgramForTests();
  await mkdir(path.join(home.path, 'bin'));
  await symlink(program.file, path.join(home.path, 'bin', 'temporal'));
});

afterAll(async () => {
  await home.remove();
  await rm(machine, { recursive: true, force: true });
});

describe('quickstart', () => {
  it.each(['quickstart', 'check'])('%s says how to get Node.js where there is none, or an old one', async (script) => {
    const none = await on('bare', script);
    expect(none.code).toBe(1);
    expect(none.output).toMatch(
      /Node\.js 20\.3 or later \(with npm\) is needed.*https:\/\/nodejs\.org.*apt-get install -y nodejs/s,
    );
    const old = await on('old', script);
    expect(old.code).toBe(1);
    expect(old.output).toMatch(/Node\.js v18\.19\.0 is too old/);
  });

  it('runs an analytic example, and says so, where xtb cannot be had; again at once', async () => {
    const first = await on('plain', 'quickstart');
    expect(first.output).toMatch(/Cannot install xtb: there is no apt-get/);
    expect(first.output).toMatch(/NOTE: .*xtb cannot be had.*ANALYTIC example.*not of any simulation/s);
    expect(first.output).toMatch(/Temporal: a local server at 127\.0\.0\.1:\d+/);
    expect(first.output).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(first.output).toMatch(/\.html/);
    expect(first.code).toBe(0);

    const best = /^.*\bbest\b.*$/im.exec(first.output)?.[0];
    expect(best).toBeDefined();
    const second = await on('plain', 'quickstart');
    expect(second.code).toBe(0);
    expect(second.output).not.toMatch(/Installing npm packages|Building/);
    expect(second.output).toContain(/\d\.\d+/.exec(best ?? '')?.[0] ?? 'a value');
  });
});

describe('check', () => {
  it('ends with one plain line of counts and the right exit code', async () => {
    const project = path.join(machine, 'project');
    await mkdir(path.join(project, 'scripts'), { recursive: true });
    await copyFile(path.join(root, 'check'), path.join(project, 'check'));
    await mkdir(path.join(project, 'test/support'), { recursive: true });
    for (const name of ['scripts/setup.sh', 'test/support/summary.mjs', 'package-lock.json'])
      await copyFile(path.join(root, name), path.join(project, name));
    await symlink(path.join(root, 'node_modules'), path.join(project, 'node_modules'));
    await writeFile(path.join(project, 'package.json'), JSON.stringify({ scripts: { test: 'vitest run' } }));
    const tests = (last: string) => `import { expect, it } from 'vitest';
      it('a', () => {}); it('b', () => {}); it.skip('c', () => {}); ${last}`;
    await writeFile(path.join(project, 'one.test.js'), tests(''));
    const good = await on('plain', 'check', [], project);
    expect(good.output).toMatch(/check: PASSED: 2 passed, 0 failed, 1 skipped \(\d+ s\)\n/);
    expect(good.code).toBe(0);

    await writeFile(path.join(project, 'one.test.js'), tests("it('d', () => expect(1).toBe(2));"));
    const bad = await on('plain', 'check', [], project);
    expect(bad.output).toMatch(/check: FAILED: 2 passed, 1 failed, 1 skipped \(\d+ s\)\n/);
    expect(bad.code).toBe(1);

    await writeFile(path.join(project, 'package.json'), JSON.stringify({ scripts: { test: 'false' } }));
    const early = await on('plain', 'check', [], project);
    expect(early.output).toMatch(/check: FAILED: no tests ran: lint, types or build failed \(above\) \(\d+ s\)\n/);
    expect(early.code).toBe(1);
  });
});
