/** What units are written for. */
export interface UnitSettings {
  /** Absolute path of node, and of the program. */
  readonly node: string;
  readonly program: string;
  /** Campaign home, and the folder that homes share; null where there is none. */
  readonly home: string;
  readonly shared: string | null;
  /** Who runs them; null for units of a user (`systemctl --user`). */
  readonly user: string | null;
  /** Address and ports of the API and of safe stop. */
  readonly host: string;
  readonly port: number;
  readonly stopPort: number;
  /** By which the API is called from elsewhere. */
  readonly names: readonly string[];
  /** Workers that do the work of campaigns. */
  readonly workers: number;
  /** Whether PostgreSQL and Temporal are the home's own, and so are kept by a unit. */
  readonly ownServers: boolean;
  /** Hidden from other users: secrets of instruments and destinations, a `NAME=value` a line. */
  readonly secrets: string;
}

/** Units by the name of their files. */
export type Units = Readonly<Record<string, string>>;

/**
 * systemd units: servers, workers, API with page, and safe stop, each by itself so that one that fails takes no other with it. Safe stop
 * needs none of the others, and is stopped last.
 */
export function systemdUnits(settings: UnitSettings): Units {
  const { user, host, port, stopPort, names, workers, ownServers } = settings;
  const called = names.flatMap((name) => ['--name', name]);
  const pages = [
    `${host}:${port}`,
    `localhost:${port}`,
    `127.0.0.1:${port}`,
    `[::1]:${port}`,
    ...names.map((name) => name.toLowerCase()).flatMap((name) => [name, `${name}:${port}`]),
  ];
  const servers = ownServers ? ['athanor-servers.service'] : [];
  const each = Array.from({ length: workers }, (_, i) => `athanor-worker@${i + 1}.service`);
  const wantedBy = user === null ? 'default.target' : 'multi-user.target';
  const unit = (text: UnitText) => unitText(settings, { ...text, wantedBy: 'athanor.target' });
  return {
    'athanor.target': [
      '[Unit]',
      'Description=Athanor: campaigns, their API and safe stop',
      `Wants=${['athanor-stopd.service', ...servers, ...each, 'athanor-serve.service'].join(' ')}`,
      '',
      '[Install]',
      `WantedBy=${wantedBy}`,
      '',
    ].join('\n'),
    ...(ownServers
      ? {
          'athanor-servers.service': unit({
            what: 'PostgreSQL and Temporal of the home',
            words: ['service', 'servers'],
            stopSeconds: 90,
          }),
        }
      : {}),
    'athanor-worker@.service': unit({ what: 'worker %i', words: ['worker'], after: servers, stopSeconds: 60 }),
    'athanor-serve.service': unit({
      ...{ what: 'API and page', after: [...servers, 'athanor-stopd.service'], stopSeconds: 20 },
      words: ['serve', '--host', host, '--port', `${port}`, '--stop-port', `${stopPort}`, ...called],
    }),
    'athanor-stopd.service': unit({
      ...{ what: 'safe stop', stopSeconds: 20 },
      words: [
        ...['stopd', '--host', host, '--port', `${stopPort}`, ...names.flatMap((name) => ['--name', hostOf(name)])],
        ...[...new Set(pages)].flatMap((page) => ['--page', `http://${page}`, '--page', `https://${page}`]),
      ],
    }),
  };
}

interface UnitText {
  readonly what: string;
  readonly words: readonly string[];
  readonly after?: readonly string[];
  readonly stopSeconds: number;
  readonly wantedBy?: string;
}

function unitText(
  { node, program, home, shared, user, secrets }: UnitSettings,
  { what, words, after = [], stopSeconds, wantedBy }: UnitText,
): string {
  const lines = [
    '[Unit]',
    `Description=Athanor: ${what}`,
    'PartOf=athanor.target',
    ...(user === null ? [] : ['After=network-online.target', 'Wants=network-online.target']),
    ...(after.length === 0 ? [] : [`After=${after.join(' ')}`]),
    '# It is started again however often it fails.',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    ...(user === null ? [] : [`User=${user}`]),
    `Environment=${quoted(`ATHANOR_HOME=${home}`)}`,
    ...(shared === null ? [] : [`Environment=${quoted(`ATHANOR_SHARED=${shared}`)}`]),
    `EnvironmentFile=-${escaped(secrets)}`,
    `ExecStart=${[node, program, ...words].map(quoted).join(' ')}`,
    'Restart=always',
    'RestartSec=5',
    '# What it started besides, as servers, guard and safe stop, ends by its own unit or when told.',
    'KillMode=process',
    `TimeoutStopSec=${stopSeconds}`,
    'UMask=0077',
    'NoNewPrivileges=yes',
    '',
    '[Install]',
    `WantedBy=${wantedBy}`,
    '',
  ];
  return lines.join('\n');
}

/** A word of a command line of a unit. */
function quoted(word: string): string {
  const text = escaped(word).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A percent sign stands for something else in units. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

function hostOf(name: string): string {
  return new URL(`http://${name}`).hostname;
}
