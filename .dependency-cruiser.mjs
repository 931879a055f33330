/**
 * Who may import whom: the table of docs/architecture.md as data, made into dependency-cruiser's
 * rules. What a row does not name is forbidden. Test files are free to import what they need, and
 * nobody may import them.
 */
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Row
 * @property {string} path which files belong to the layer, as a regular expression
 * @property {readonly string[]} mayImport other layers
 * @property {readonly string[]} [types] layers of which only types may be imported
 * @property {readonly string[]} [packages] packages of npm
 * @property {boolean} [pure] no module of Node either
 */

const ADAPTERS = ['local', 'container', 'kubernetes', 'memory', 'conformance'];
const PORT = 'environments';
const ADDRESSES = 'environments/addresses';
const IMAGES = 'environments/images';
const PACKET_LINKS = 'environments/packet-links';
/** @type {Readonly<Record<string, readonly string[]>>} */
const CLIENTS_OF = {
  container: ['testcontainers', 'tar-stream'],
  kubernetes: ['@kubernetes/client-node'],
};
const MIDDLE = [
  ...['core', 'record', 'record/disk', 'leases', PORT, 'clients', 'systems', 'workloads', 'load'],
  ...['probes', 'faults', 'maintenance', 'checkers', 'manifests'],
];
const adapterNames = ADAPTERS.map((name) => `environments/${name}`);

/** @type {Readonly<Record<string, Row>>} */
const TABLE = {
  core: { path: '^src/core/', mayImport: [] },
  record: { path: '^src/record/(?!disk/)', mayImport: ['core'] },
  'record/disk': {
    path: '^src/record/disk/',
    mayImport: ['core', 'record'],
    packages: ['zod'],
  },
  leases: { path: '^src/leases/', mayImport: ['core'] },
  [PORT]: { path: '^src/environments/[^/]+$', mayImport: ['core', 'leases'] },
  // What is the same of images wherever they are started.
  [IMAGES]: { path: '^src/environments/images/', mayImport: ['core', PORT] },
  // Blocks of addresses and ports, which runs of several environments take from one another.
  [ADDRESSES]: { path: '^src/environments/addresses/', mayImport: ['core', 'leases', PORT] },
  // Links of environments whose nodes have network namespaces of their own.
  [PACKET_LINKS]: {
    path: '^src/environments/packet-links/',
    mayImport: ['core', 'leases', PORT, ADDRESSES],
  },
  ...Object.fromEntries(
    ADAPTERS.map((name) => [
      `environments/${name}`,
      {
        path: `^src/environments/${name}/`,
        mayImport: ['core', 'leases', PORT, ADDRESSES, IMAGES, PACKET_LINKS],
        packages: CLIENTS_OF[name] ?? [],
      },
    ]),
  ),
  clients: {
    path: '^src/clients/',
    mayImport: ['core', 'record'],
    packages: ['kafkajs', '@platformatic/kafka'],
  },
  // A system is asked in the words of the record: names of topics, partitions and nodes.
  systems: {
    path: '^src/systems/',
    mayImport: ['core', 'record', PORT, 'clients'],
    packages: ['zod'],
  },
  workloads: {
    path: '^src/workloads/',
    mayImport: ['core', 'record', 'clients', 'systems'],
    packages: ['zod'],
  },
  load: {
    path: '^src/load/',
    mayImport: ['core', 'record'],
    types: ['workloads', 'clients'],
    packages: ['hdr-histogram-js'],
  },
  probes: { path: '^src/probes/', mayImport: ['core', 'record', PORT, 'clients', 'systems'] },
  faults: {
    path: '^src/faults/',
    mayImport: ['core', 'record', PORT, 'systems', 'clients', 'probes'],
  },
  maintenance: {
    path: '^src/maintenance/',
    mayImport: ['core', 'record', PORT, 'systems', 'clients', 'probes'],
  },
  checkers: { path: '^src/checkers/', mayImport: ['core', 'record'], pure: true },
  manifests: { path: '^src/manifests/', mayImport: ['core'] },
  sizing: { path: '^src/sizing/', mayImport: ['core', 'record'], pure: true },
  report: {
    path: '^src/report/',
    mayImport: ['core', 'record', 'record/disk'],
    types: ['checkers'],
    packages: ['hdr-histogram-js', 'uplot'],
  },
  scenario: { path: '^src/scenario/', mayImport: MIDDLE, packages: ['zod', 'hdr-histogram-js'] },
  registry: {
    path: '^src/registry(\\.ts$|/)',
    mayImport: [...MIDDLE, ADDRESSES, ...adapterNames, 'report', 'scenario'],
  },
  // The entry of a load worker: finds its workload in the registry, hands it to the loop of load.
  worker: { path: '^src/worker\\.ts$', mayImport: ['registry', 'load', 'core'] },
  index: { path: '^src/index\\.ts$', mayImport: [...MIDDLE, 'report', 'scenario', 'registry'] },
  vitest: {
    path: '^src/vitest/',
    mayImport: ['registry', 'scenario', 'report', 'leases', 'manifests', 'record', 'core'],
    packages: ['vitest'],
  },
  'public testcontainers': {
    path: '^src/testcontainers\\.ts$',
    mayImport: [
      ...['registry', 'scenario', 'report', 'checkers', 'clients', 'core', PORT],
      'environments/container',
    ],
  },
  'public vitest': { path: '^src/vitest\\.ts$', mayImport: ['vitest'] },
  cli: {
    path: '^src/cli/',
    mayImport: [
      ...['registry', 'scenario', 'report', 'leases', 'manifests', 'record', 'record/disk'],
      ...['core', 'sizing'],
    ],
    packages: ['commander'],
  },
  suites: { path: '^suites/', mayImport: ['index'] },
};

const TESTS = '\\.test\\.ts$|^test/';
const OURS = '^(src|suites|test|scripts)/';
const NODE_MODULES = '(^|/)node_modules/';

/** @param {readonly string[]} names */
const pathsOf = (names) => names.map((name) => /** @type {Row} */ (TABLE[name]).path);

/** @param {[string, Row]} entry */
function rulesOf([name, row]) {
  const types = row.types ?? [];
  const packages = (row.packages ?? []).map((each) => `${NODE_MODULES}${each}/`);
  const from = { path: row.path, pathNot: TESTS };
  const severity = 'error';
  return [
    {
      name: `${name}: layers`,
      comment: `may import ${[...row.mayImport, ...types].join(', ') || 'nothing of ours'}`,
      severity,
      from,
      to: { path: OURS, pathNot: [row.path, ...pathsOf(row.mayImport), ...pathsOf(types)] },
    },
    {
      name: `${name}: packages`,
      comment: `may import of npm: ${row.packages?.join(', ') ?? 'nothing'}`,
      severity,
      from,
      to: { path: NODE_MODULES, pathNot: packages },
    },
    ...types.map((each) => ({
      name: `${name}: types of ${each} only`,
      severity,
      from,
      to: { path: pathsOf([each]), dependencyTypesNot: ['type-only'] },
    })),
    ...(row.pure
      ? [{ name: `${name}: pure`, severity, from, to: { dependencyTypes: ['core'] } }]
      : []),
  ];
}

export default {
  forbidden: [
    ...Object.entries(TABLE).flatMap(rulesOf),
    {
      name: 'every file has a layer',
      comment: 'a new folder needs a row in the table',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, ...pathsOf(Object.keys(TABLE))] },
      to: {},
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody imports a test',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: TESTS },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: fileURLToPath(new URL('tsconfig.json', import.meta.url)) },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
