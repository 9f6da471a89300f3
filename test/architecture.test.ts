import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const engine = ['workflows', 'activities', 'models', 'lab-adapters', 'scripts'];
const folders = [...engine, 'dashboard'];

interface Import {
  /** Target file from the root without its ending, for ours; the package or built-in module, for others'. */
  readonly to: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

interface Source {
  /** From the root, with its ending. */
  readonly file: string;
  readonly text: string;
  /** Without comments and template texts. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const sources: readonly Source[] = folders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.join(folder, name))
    .map((file) => parse(file, readFileSync(path.join(root, file), 'utf8'))),
);

function parse(file: string, text: string): Source {
  const code = codeOnly(text);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const ours = specifier.startsWith('.');
    const to = ours
      ? path.join(path.dirname(file), specifier).replace(/\.js$/, '')
      : specifier.startsWith('node:')
        ? specifier
        : specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/');
    imports.push({ to, ours, typeOnly });
  };
  for (const [, clause = '', specifier = ''] of code.matchAll(
    /^(?:import|export)\s+((?:type\s+)?(?:\*(?:\s+as\s+\w+)?|[\w$]*,?\s*(?:\{[^}]*\})?)\s+from\s+)'([^']+)'/gm,
  )) {
    const names = /\{([^}]*)\}/
      .exec(clause)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const onlyTypes = names !== undefined && /^\{/.test(clause) && names.every((name) => name.startsWith('type '));
    add(specifier, /^type\s/.test(clause) || onlyTypes);
  }
  for (const [, specifier = ''] of code.matchAll(/^import\s+'([^']+)'/gm)) add(specifier, false);
  // import('x') as an expression loads; as a type, after a colon or `typeof`, it does not.
  for (const [, before = '', specifier = ''] of code.matchAll(/(typeof\s+|:\s*)?\bimport\(\s*'([^']+)'\s*\)/g)) {
    add(specifier, before !== '');
  }
  return { file, text, code, imports };
}

/** Every import of the files in a folder that is not allowed, as a line to read. */
function offences(folder: string, allowed: (imported: Import, source: Source) => boolean): string[] {
  return sources
    .filter(({ file }) => file.startsWith(`${folder}/`))
    .flatMap((source) =>
      source.imports
        .filter((imported) => !allowed(imported, source))
        .map(({ to, typeOnly }) => `${source.file} imports ${typeOnly ? 'type ' : ''}${to}`),
    );
}

const inside = (to: string, ...places: string[]) => places.some((place) => to === place || to.startsWith(`${place}/`));

describe('imports', () => {
  it('are seen by this test, in every form', () => {
    const text = [
      "import { a, type B } from './a.js';",
      "import type { C } from '../c.js';",
      "import {\n  type D,\n  type E,\n} from '@scope/d/part';",
      "import * as fs from 'node:fs';",
      "import papa, { f } from 'papaparse';",
      "import './effect.js';",
      "export * from './all.js';",
      "export { g } from './g.js';",
      "// import { no } from './commented.js';",
      "/* import { no } from './commented.js'; */",
      'const script = `',
      "import { no } from './text.js';",
      '$'.concat("{await import('./lazy.js')} `;"),
      "let h: typeof import('./h.js');",
    ].join('\n');
    const show = ({ to, typeOnly }: Import) => `${typeOnly ? 'type ' : ''}${to}`;
    expect(parse('models/x/y.ts', text).imports.map(show).sort()).toEqual(
      ['models/x/a', 'type models/c', 'type @scope/d', 'node:fs', 'papaparse', 'models/x/effect', 'models/x/all']
        .concat(['models/x/g', 'models/x/lazy', 'type models/x/h'])
        .sort(),
    );
    expect(sources.length).toBeGreaterThan(40);
  });

  it('lead to files that exist', () => {
    const known = new Set(sources.map(({ file }) => file.replace(/\.tsx?$/, '')));
    const lost = sources.flatMap(({ file, imports }) =>
      imports
        .filter(({ to, ours }) => ours && !known.has(to) && !to.endsWith('.css'))
        .map(({ to }) => `${file} imports ${to}`),
    );
    expect(lost).toEqual([]);
  });

  it('of models/domain are zod and itself, and one for hashes', () => {
    const bad = offences('models/domain', ({ to, ours }, { file }) =>
      ours ? inside(to, 'models/domain') : to === 'zod' || (to === 'node:crypto' && file === 'models/domain/sha256.ts'),
    );
    expect(bad).toEqual([]);
  });

  it('of models are models, ml-matrix, simple-statistics, and RDKit, ONNX Runtime and readers of tables in one folder each', () => {
    const own: Record<string, string> = {
      '@rdkit/rdkit': 'models/encode',
      'onnxruntime-node': 'models/onnx',
      highs: 'models/feasible',
      papaparse: 'models/table',
      'read-excel-file': 'models/table',
      fflate: 'models/table',
      saxen: 'models/table',
      // Hashes, which are pure.
      'node:crypto': 'models/domain/sha256.ts',
      '@huggingface/tokenizers': 'models/pretrained/tokenizers',
    };
    const bad = offences('models', ({ to, ours }, { file }) => {
      if (ours) return inside(to, 'models');
      if (own[to] !== undefined) return inside(file, own[to]);
      return (
        ['ml-matrix', 'simple-statistics'].includes(to) ||
        (to === 'zod' && inside(file, 'models/domain', 'models/pretrained'))
      );
    });
    expect(bad).toEqual([]);
  });

  it('of readers of tables come from one folder', () => {
    const readers = ['papaparse', 'read-excel-file', 'fflate', 'saxen'];
    const bad = folders.flatMap((folder) =>
      offences(folder, ({ to }, { file }) => !readers.includes(to) || inside(file, 'models/table')),
    );
    expect(bad).toEqual([]);
  });

  it('of adapters are the contract, the domain and their own; problem alone has models/problems', () => {
    const bad = offences('lab-adapters', ({ to, ours }, { file }) => {
      if (!ours) return !to.startsWith('@temporalio/') && to !== 'pg';
      if (
        inside(
          to,
          'lab-adapters/contract',
          'models/domain',
          'models/table',
          'lab-adapters/internal',
          'lab-adapters/table-file',
        )
      )
        return true;
      const [, adapter = ''] = file.split('/');
      if (adapter.endsWith('.ts')) return inside(to, 'lab-adapters');
      if (adapter === 'problem' && inside(to, 'models/problems', 'models/random')) return true;
      return inside(to, `lab-adapters/${adapter}`);
    });
    expect(bad).toEqual([]);
    // The registry alone knows adapters by name; the conformance suite is split into files of its own.
    const known = sources.filter(
      ({ file, imports }) =>
        /^lab-adapters\/[^/]+\.ts$/.test(file) &&
        imports.some(({ to }) => /^lab-adapters\/(?!internal|conformance)[^/]+\//.test(to)),
    );
    expect(known.map(({ file }) => file)).toEqual(['lab-adapters/registry.ts']);
  });

  it('of activities are models, the adapter contract, both reducers and the store, never an adapter', () => {
    const packages = ['@temporalio/activity', '@temporalio/common', 'luxon', 'zod'];
    const bad = offences('activities', ({ to, ours }, { file }) => {
      if (ours)
        return inside(
          to,
          'activities',
          'models',
          'lab-adapters/contract',
          'lab-adapters/step-values',
          'workflows/recipe-state',
          'workflows/recipe-positions',
          'workflows/loop',
          'workflows/campaign-state',
          'workflows/changes',
          'workflows/lease-life',
          'workflows/trial-life',
          'workflows/trial-state',
        );
      return isBuiltin(to) || packages.includes(to) || (to === 'pg' && inside(file, 'activities/store'));
    });
    expect(bad).toEqual([]);
  });

  /** Pure and without a schema, which would be bundled, so that the reducer asks it as everybody does. */
  const worth = ['models/domain/standing', 'models/domain/merit', 'models/domain/verdicts', 'models/domain/step-name'];

  it('of workflows are @temporalio/workflow, each other, what trials are worth and may be held to be, and types', () => {
    const bad = offences('workflows', ({ to, ours, typeOnly }) => {
      if (!ours) return to === '@temporalio/workflow';
      return (
        inside(to, 'workflows', ...worth) || (typeOnly && inside(to, 'activities', 'models', 'lab-adapters/contract'))
      );
    });
    expect(bad).toEqual([]);
  });

  it('of scripts by others are none', () => {
    const bad = folders
      .filter((folder) => folder !== 'scripts' && folder !== 'dashboard')
      .flatMap((folder) => offences(folder, ({ to, ours }) => !(ours && inside(to, 'scripts'))));
    expect(bad).toEqual([]);
  });

  it('of the page are its own, and types of what the API answers', () => {
    const packages = ['preact', '@preact/signals', 'uplot'];
    const bad = offences('dashboard', ({ to, ours, typeOnly }) => {
      if (!ours) return packages.includes(to) || (typeOnly && to === 'zod');
      return inside(to, 'dashboard') || (typeOnly && inside(to, 'scripts/serve', 'scripts/stopd', 'models/domain'));
    });
    expect(bad).toEqual([]);
    expect(engine.flatMap((folder) => offences(folder, ({ to }) => !inside(to, 'dashboard')))).toEqual([]);
  });

  it('of x/internal come from x', () => {
    const bad = sources.flatMap(({ file, imports }) =>
      imports
        .filter(
          ({ to, ours }) => ours && to.includes('/internal/') && !file.startsWith(`${to.split('/internal/')[0]}/`),
        )
        .map(({ to }) => `${file} imports ${to}`),
    );
    expect(bad).toEqual([]);
  });

  it('of packages are in the dependencies that are installed with ours', () => {
    const description = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    const known = { ...description.dependencies, ...description.optionalDependencies };
    // The page is built with what it needs.
    const bad = engine.flatMap((folder) =>
      offences(folder, ({ to, ours, typeOnly }, { file }) => {
        if (file === 'scripts/build-page.ts' && to === 'vite') return true;
        return ours || isBuiltin(to) || typeOnly || known[to] !== undefined;
      }),
    );
    expect(bad).toEqual([]);
  });

  it('of built-in modules say node:', () => {
    const bad = folders.flatMap((folder) =>
      offences(folder, ({ to, ours }) => ours || !isBuiltin(to) || to.startsWith('node:')),
    );
    expect(bad).toEqual([]);
  });

  it('make no cycle, not even of types', () => {
    const next = new Map(
      sources.map(({ file, imports }) => [
        file.replace(/\.tsx?$/, ''),
        imports.filter(({ ours }) => ours).map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, above: readonly string[]) => {
      if (above.includes(file)) {
        cycles.push([...above.slice(above.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...above, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** Files that are started as programs or threads, and so do something when they are loaded. */
const programs = [
  /^scripts\/cli\.ts$/,
  /^scripts\/(build|build-wasm|complete-lock)\.ts$/,
  /^scripts\/bench\/index\.ts$/,
  /^dashboard\/main\.tsx$/,
  /-(thread|child)\.ts$/,
];

describe('files', () => {
  it('do nothing when imported', () => {
    // The formatter puts what is at the top level, and only that, at the start of a line.
    const statement = /^(?:(?:await|if|for|while|switch|try|throw|new|void)\b|[\w$]+(?:\.[\w$]+)*\().*/gm;
    const outside =
      /^(?:export )?(?:const|let)\b.*(process\.(env|argv|cwd)|Date\.now\(|Math\.random\(|set(Timeout|Interval)\(|readFileSync\(|console\.|await )/gm;
    const bad = sources
      .filter(({ file }) => !programs.some((program) => program.test(file)))
      .flatMap(({ file, code }) => {
        return [...code.matchAll(statement), ...code.matchAll(outside)].map(([line]) => `${file}: ${line}`);
      });
    expect(bad).toEqual([]);
  });

  it('of models and the pure ones of workflows read no clock and draw no unseeded number', () => {
    // Where the workflow SDK is imported, the clock is the SDK's own and replays.
    const bad = sources
      .filter(({ file }) => /^(models|workflows)\//.test(file))
      .filter(({ imports }) => !imports.some(({ to }) => to === '@temporalio/workflow'))
      .filter(({ code }) => /\b(Date\.now\(|Math\.random\(|new Date\(\)|performance\.now\()/.test(code))
      .map(({ file }) => file);
    expect(bad).toEqual([]);
  });

  it('have kebab-case names that say what is in them', () => {
    const bad = sources
      .map(({ file }) => file)
      .filter((file) => {
        const last =
          path
            .basename(file)
            .replace(/\.tsx?$/, '')
            .split('-')
            .at(-1) ?? '';
        const vague = ['util', 'utils', 'helper', 'helpers', 'manager', 'service', 'common', 'misc'];
        return !/^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(path.basename(file)) || vague.includes(last);
      });
    expect(bad).toEqual([]);
  });

  it('have no default export, enum or namespace', () => {
    const bad = sources
      .filter(({ text }) => /^(export default|export (const )?enum|(export )?namespace)\b/m.test(text))
      .map(({ file }) => file);
    expect(bad).toEqual([]);
  });

  it('are not barrels, but for the entries', () => {
    const entries = [
      'workflows/index.ts',
      'activities/index.ts',
      'lab-adapters/conformance.ts',
      'models/linalg/assembly/kernel.ts',
      'scripts/library.ts',
    ];
    const bad = sources
      .filter(({ text }) => /^export\s+(type\s+)?(\*|\{[^}]*\})\s+from\s/m.test(text))
      .map(({ file }) => file)
      .filter((file) => !entries.includes(file));
    expect(bad).toEqual([]);
  });

  it('are at most 300 lines long', () => {
    const bad = sources
      .filter(({ text }) => text.split('\n').length > 301)
      .map(({ file, text }) => `${file}: ${text.split('\n').length - 1} lines`);
    expect(bad).toEqual([]);
  });

  /**
   * What no program reaches, and why it is there: constraints and several outcomes over joint draws, tested against the
   * reference values, wait for campaigns of several outcomes; the next is read by tests of faults alone, and keys by whoever leases
   * instruments; what follows are the steps of recipes, which come after it. Looking up rows waits for embeddings that learn.
   */
  const waiting = [
    'models/acquisition/feasible-improvement.ts: logFeasibleEi',
    'models/acquisition/feasible-improvement.ts: qLogFeasibleEi',
    'models/acquisition/internal/joint-losses.ts: drawJointLosses',
    'models/acquisition/internal/monte-carlo-improvement.ts: qLogNei',
    'models/onnx/selecting.ts: gather',
    'activities/store/submission.ts: listSubmissions',
  ];

  it('export nothing that no program reaches', () => {
    const named = new Set<string>();
    for (const { file, code } of sources) {
      const place = (specifier: string) => {
        const at = path.join(path.dirname(file), specifier).replace(/\.js$/, '.ts');
        return textOf(at) === '' ? `${at}x` : at;
      };
      for (const [, names = '', specifier = ''] of code.matchAll(
        /^(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/gm,
      ))
        for (const name of names.split(','))
          named.add(
            `${place(specifier)}: ${
              name
                .replace(/^\s*type\s/, '')
                .trim()
                .split(/\s+as\s/)[0]
            }`,
          );
      for (const [, specifier = ''] of code.matchAll(
        /(?:^(?:import|export)\s+(?:type\s+)?\*(?:\s+as\s+\w+)?\s+from\s+|\bimport\(\s*)'(\.[^']+)'/gm,
      ))
        named.add(place(specifier));
    }
    const unreached = sources
      .filter(({ file }) => !file.startsWith('models/linalg/assembly/') && !named.has(file))
      .flatMap(({ file, code }) =>
        [...code.matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm)]
          .map(([, name = '']) => name)
          .filter((name) => !named.has(`${file}: ${name}`))
          // Used in its own file, exported for tests.
          .filter((name) => (code.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length === 1)
          .map((name) => `${file}: ${name}`),
      );
    expect(unreached.sort()).toEqual([...waiting].sort());
  });

  it('document what they export', () => {
    const bad = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/^export (?:declare |abstract |async )*(?:const|function|class|interface|type) (\w+)/gm)]
        .filter(({ index }) => !/(\*\/|\boverload\b.*)\s*$/.test(text.slice(0, index)))
        // Overloads after the first, and a type named like the schema above it.
        .filter(({ 1: name, index }) => !new RegExp(`^export .*\\b${name}\\b`, 'm').test(text.slice(0, index)))
        .map(({ 1: name }) => `${file}: ${name}`),
    );
    expect(bad).toEqual([]);
  });
});

/** The folders of models, each above those it may import. Those of one line know nothing of each other. */
const layers: readonly (readonly string[])[] = [
  ['domain'],
  ['stats', 'table', 'problems', 'pareto'],
  ['random', 'linalg', 'onnx'],
  ['pretrained'],
  ['encode', 'finetune'],
  ['kernel', 'optimiser', 'feasible'],
  ['surrogate'],
  ['acquisition', 'screen'],
  ['search'],
  ['start'],
  ['strategy'],
];

describe('models', () => {
  it('import what lies in their own folder or in a layer below', () => {
    const level = (file: string) => layers.findIndex((folders) => folders.includes(file.split('/')[1] ?? ''));
    const bad = offences('models', ({ to, ours }, { file }) => {
      return !ours || to.split('/')[1] === file.split('/')[1] || (level(to) >= 0 && level(to) < level(file));
    });
    expect(bad).toEqual([]);
    const table = readFileSync(path.join(root, 'models/README.md'), 'utf8').matchAll(/^\| `(\w+)\/` /gm);
    expect([...table].map(([, folder]) => folder)).toEqual(layers.flat());
  });

  /** Files whose behaviour is tested through another file's test, and which. Files of types alone need none. */
  const exceptions: Readonly<Record<string, string>> = {
    'models/acquisition/acquisitions.ts': 'acquisition/laws',
    'models/acquisition/kg-per-cost.ts': 'acquisition/laws',
    'models/acquisition/internal/log-ei.ts': 'acquisition/log-ei-per-cost',
    'models/acquisition/goals/conditional-draws.ts': 'acquisition/goals/goal-acquisition',
    'models/acquisition/goals/hypervolume-improvement.ts': 'acquisition/goals/goal-acquisition',
    'models/acquisition/goals/scalar-improvement.ts': 'acquisition/goals/goal-acquisition',
    'models/search/goals-surface.ts': 'acquisition/goals/goal-acquisition',
    'models/problems/several/branin-currin.ts': 'problems/several/several',
    'models/problems/several/dtlz2.ts': 'problems/several/several',
    'models/problems/several/vehicle-safety.ts': 'problems/several/several',
    'models/acquisition/mes-per-cost.ts': 'acquisition/laws',
    'models/acquisition/pending.ts': 'acquisition/log-nei',
    'models/acquisition/q-log-ei.ts': 'acquisition/log-nei',
    'models/acquisition/thompson.ts': 'acquisition/laws',
    'models/search/acquisition-surface.ts': 'acquisition/laws',
    'models/encode/space-columns.ts': 'encode/space-encoder',
    'models/optimiser/block.ts': 'optimiser/polytope',
    'models/search/alternating-climb.ts': 'search/maximise-acquisition',
    'models/search/climb.ts': 'search/maximise-acquisition',
    'models/search/changes.ts': 'search/region',
    'models/search/free-numbers.ts': 'search/region',
    'models/search/neighbours.ts': 'search/region',
    'models/search/repair.ts': 'search/region',
    'models/search/sample-stream.ts': 'search/region',
    'models/search/sampled-designs.ts': 'search/region',
    'models/domain/start.ts': 'start/screening',
    'models/start/basis.ts': 'start/optimal',
    'models/start/candidates.ts': 'start/optimal',
    'models/start/efficiency.ts': 'start/optimal',
    'models/start/exchange.ts': 'start/optimal',
    'models/start/model-terms.ts': 'start/optimal',
    'models/start/refine.ts': 'start/optimal',
    'models/start/start.ts': 'start/optimal',
    'models/start/vertices.ts': 'start/optimal',
    'models/start/fraction.ts': 'start/screening',
    'models/start/latin-hypercube.ts': 'start/screening',
    'models/start/levels.ts': 'start/screening',
    'models/start/plackett-burman.ts': 'start/screening',
    'models/domain/parameters/any-composition.ts': 'domain/parameters/composition',
    'models/search/raw-designs.ts': 'strategy/decide',
    'models/domain/codes-version.ts': 'strategy/versions',
    'models/domain/constraints/affine.ts': 'domain/constraints/formula',
    'models/domain/constraints/condition.ts': 'domain/constraints/exclude',
    'models/domain/constraints/constraint.ts': 'domain/constraints/dependency',
    'models/domain/constraints/contract.ts': 'domain/constraints/linear',
    'models/domain/constraints/formula-asks.ts': 'domain/constraints/formula',
    'models/domain/properties.ts': 'domain/campaign',
    'models/domain/constraints/mixture-means.ts': 'domain/constraints/formula',
    'models/domain/constraints/terms.ts': 'domain/constraints/linear',
    'models/domain/expression/check.ts': 'domain/constraints/formula',
    'models/domain/expression/functions.ts': 'domain/expression/evaluate',
    'models/domain/expression/tokens.ts': 'domain/expression/evaluate',
    'models/domain/expression/tree.ts': 'domain/expression/evaluate',
    'models/domain/expression/parse.ts': 'domain/expression/evaluate',
    'models/domain/finetune.ts': 'domain/tuning',
    'models/domain/outcome-spec.ts': 'domain/campaign',
    'models/domain/contexts.ts': 'strategy/contexts',
    'models/domain/replicates.ts': 'strategy/replicates',
    'models/pretrained/learned.ts': 'strategy/tuning/campaign-tuning',
    'models/strategy/tuning/foreteller.ts': 'strategy/tuning/judge',
    'models/strategy/tuning/version.ts': 'strategy/tuning/campaign-tuning',
    'models/strategy/best-candidate.ts': 'acquisition/campaigns',
    'models/strategy/explain/factors.ts': 'strategy/explain/outlook',
    'models/strategy/explain/reason.ts': 'strategy/decide',
    'models/encode/near-design.ts': 'strategy/exact-outcomes',
    'models/surrogate/exact.ts': 'strategy/exact-outcomes',
    'models/strategy/explain/expected-worth.ts': 'strategy/explain/outlook',
    'models/strategy/explain/slices.ts': 'strategy/explain/insight',
    'models/strategy/explain/outcomes-behind.ts': 'strategy/explain/insight',
    'models/strategy/recorded-round.ts': 'strategy/explain/why',
    'models/strategy/rules/rivals.ts': 'strategy/explain/why',
    'models/acquisition/joint-draws.ts': 'acquisition/internal/monte-carlo-improvement',
    'models/acquisition/per-cost.ts': 'acquisition/log-ei-per-cost',
    'models/encode/fingerprint.ts': 'encode/molecules',
    'models/kernel/combined.ts': 'kernel/kernels',
    'models/kernel/linear-column.ts': 'surrogate/process/icm-likelihood',
    'models/linalg/radial/matern.ts': 'linalg/radial/radial-kernels',
    'models/linalg/radial/matern32.ts': 'linalg/radial/radial-kernels',
    'models/kernel/radial-block.ts': 'kernel/kernels',
    'models/kernel/radial-cross.ts': 'kernel/kernels',
    'models/kernel/radial-training.ts': 'kernel/kernels',
    'models/linalg/radial/rbf.ts': 'linalg/radial/radial-kernels',
    'models/kernel/same-design.ts': 'kernel/kernels',
    'models/kernel/scaled-columns.ts': 'kernel/kernels',
    'models/linalg/assembly/radial.ts': 'linalg/plain-radial',
    'models/linalg/dot.ts': 'linalg/cholesky',
    'models/linalg/in-place.ts': 'linalg/blocked',
    'models/linalg/kernel-bytes.ts': 'linalg/assembly/kernel',
    'models/linalg/kernels.ts': 'linalg/cholesky',
    'models/linalg/plain-kernel.ts': 'linalg/blocked',
    'models/linalg/wasm-kernel.ts': 'linalg/blocked',
    'models/feasible/boxes.ts': 'feasible/clash',
    'models/feasible/draws.ts': 'feasible/clash',
    'models/feasible/encode-constraint.ts': 'feasible/clash',
    'models/feasible/solver.ts': 'feasible/clash',
    'models/feasible/space-program.ts': 'feasible/clash',
    'models/finetune/boundary.ts': 'finetune/tail-forward',
    'models/finetune/judge.ts': 'finetune/fine-tuning',
    'models/finetune/merge.ts': 'finetune/fine-tuning',
    'models/finetune/state.ts': 'finetune/fine-tuning',
    'models/finetune/tail-model.ts': 'finetune/fine-tuning',
    'models/finetune/tail-weights.ts': 'finetune/tail-forward',
    'models/onnx/activations.ts': 'onnx/operators',
    'models/onnx/expression.ts': 'onnx/operators',
    'models/onnx/node-reader.ts': 'onnx/replay',
    'models/onnx/rewrite-model.ts': 'onnx/stored-model',
    'models/onnx/selecting.ts': 'onnx/operators',
    'models/onnx/stored-tensor.ts': 'onnx/stored-model',
    'models/onnx/model-bytes.ts': 'onnx/graph-builder',
    'models/onnx/shaping.ts': 'onnx/operators',
    'models/screen/screen-graph.ts': 'screen/screen',
    'models/onnx/tensor.ts': 'onnx/graph-builder',
    'models/pretrained/golden-schema.ts': 'pretrained/read-manifest',
    'models/pretrained/manifest.ts': 'pretrained/read-manifest',
    'models/pretrained/manifest-faults.ts': 'pretrained/read-manifest',
    'models/pretrained/outputs.ts': 'pretrained/read-manifest',
    'models/pretrained/ports.ts': 'pretrained/read-manifest',
    'models/pretrained/tokenizer-schema.ts': 'pretrained/read-manifest',
    'models/pretrained/token-feeds.ts': 'pretrained/embed',
    'models/pretrained/tokenizers/length.ts': 'pretrained/tokenizers/smiles-vocabulary',
    'models/pretrained/tokenizers/tokenizers.ts': 'pretrained/tokenizers/hf-json',
    'models/random/sobol-directions.ts': 'random/sobol',
    'models/stats/erfcx.ts': 'stats/normal',
    'models/strategy/rules/acquisition-round.ts': 'strategy/decide',
    'models/strategy/rules/outset.ts': 'strategy/decide',
    'models/strategy/rules/initial-plan.ts': 'strategy/decide',
    'models/strategy/tuning/model-molecules.ts': 'strategy/tuning/tune',
    'models/pretrained/lineage.ts': 'pretrained/read-manifest',
    'models/pretrained/version-act.ts': 'pretrained/read-manifest',
    'models/strategy/decision.ts': 'strategy/explain/assurance',
    'models/strategy/purse.ts': 'strategy/decide',
    'models/table/builder.ts': 'table/read-table',
    'models/table/formula-cell.ts': 'table/write-table',
    'models/table/kind.ts': 'table/read-table',
    'models/table/table.ts': 'table/read-table',
    'models/surrogate/contract.ts': 'surrogate/laws',
    'models/surrogate/process/view-posterior.ts': 'surrogate/laws',
    'models/surrogate/row-order.ts': 'surrogate/laws',
    'models/surrogate/noise/out-of-bag.ts': 'surrogate/trees/forest',
    'models/surrogate/kinds/gp.ts': 'surrogate/laws',
    'models/surrogate/networks/bagged-networks.ts': 'surrogate/kinds/deep-ensemble',
    'models/surrogate/process/icm-anchored.ts': 'surrogate/laws',
    'models/surrogate/process/icm-hyperparameters.ts': 'surrogate/process/icm-likelihood',
    'models/surrogate/process/icm-local.ts': 'surrogate/laws',
    'models/surrogate/process/icm-posterior.ts': 'surrogate/process/icm-golden',
    'models/surrogate/kinds/with-contexts.ts': 'strategy/contexts',
    'models/surrogate/kinds/icm.ts': 'surrogate/process/icm-golden',
    'models/surrogate/levels/level-correlation.ts': 'surrogate/process/icm-likelihood',
    'models/surrogate/levels/level-feature.ts': 'surrogate/kinds/linear-term',
    'models/surrogate/levels/level-fit.ts': 'surrogate/laws',
    'models/surrogate/levels/level-terms.ts': 'surrogate/levels/truncated-structure',
    'models/surrogate/process/linear-term-posterior.ts': 'surrogate/kinds/linear-term',
    'models/surrogate/outputs/output-transform.ts': 'surrogate/outputs/output-transforms',
    'models/surrogate/levels/single-level.ts': 'surrogate/laws',
    'models/surrogate/outputs/standardise.ts': 'surrogate/outputs/output-transforms',
    'models/surrogate/surrogates.ts': 'surrogate/laws',
    'models/surrogate/levels/weighted-structure.ts': 'surrogate/process/icm-likelihood',
    'models/surrogate/outputs/yeo-johnson.ts': 'surrogate/outputs/output-transforms',
  };

  it('have a test file each', () => {
    const tests = new Set(readdirSync(path.join(root, 'test/models'), { recursive: true, encoding: 'utf8' }));
    const bad = sources
      .map(({ file }) => file)
      .filter((file) => file.startsWith('models/') && /^export (async )?(const|function|class)\b/m.test(textOf(file)))
      .filter((file) => !tests.has(file.slice('models/'.length).replace(/\.ts$/, '.test.ts')))
      .filter((file) => !tests.has(`${exceptions[file]}.test.ts`));
    expect(bad).toEqual([]);
    // An exception that is no longer one goes.
    const idle = Object.keys(exceptions).filter(
      (file) => textOf(file) === '' || tests.has(file.slice('models/'.length).replace(/\.ts$/, '.test.ts')),
    );
    expect(idle).toEqual([]);
  });
});

function textOf(file: string): string {
  return sources.find((source) => source.file === file)?.text ?? '';
}

/** The code without comments and without what template texts hold, which may be programs in other languages. */
function codeOnly(text: string): string {
  let code = '';
  let at = 0;
  // What the innermost open bracket belongs to: a template's `${`, or ordinary code.
  const braces: boolean[] = [];
  const skipTemplate = () => {
    while (at < text.length && text[at] !== '`') {
      if (text[at] === '\\') at += 2;
      else if (text.startsWith('${', at)) {
        at += 2;
        braces.push(true);
        return;
      } else at += 1;
    }
    at += 1;
    code += '`';
  };
  while (at < text.length) {
    const plain = /^[^/'"`{}]+/.exec(text.slice(at, at + 4096))?.[0];
    const skipped = /^(?:\/\*[\s\S]*?\*\/|\/\/[^\n]*)/.exec(text.slice(at))?.[0];
    const quoted = /^(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/.exec(text.slice(at))?.[0];
    if (plain !== undefined || quoted !== undefined) {
      code += plain ?? quoted;
      at += (plain ?? quoted ?? '').length;
    } else if (skipped !== undefined) {
      at += skipped.length;
    } else {
      const sign = text[at] ?? '';
      at += 1;
      if (sign === '{') braces.push(false);
      if (sign === '`') {
        code += '`';
        skipTemplate();
      } else if (sign === '}' && braces.pop() === true) {
        skipTemplate();
      } else {
        code += sign;
      }
    }
  }
  return code;
}
