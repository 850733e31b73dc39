// Who may import whom (docs/architecture.md). Layers: domain 0; config log nomad store channels demo 1; jobs scheduler 2; views metrics 3; http 4; app 5; main cli 6.
const layer = [
  '^src/domain/',
  '^src/(config/|log\\.ts|nomad/|store/|channels/|demo/)',
  '^src/(jobs/|scheduler\\.ts)',
  '^src/(metrics|views)/',
  '^src/http/',
  '^src/app/',
  '^src/(main\\.ts|cli/)',
];

const upward = layer.slice(0, -1).map((from, index) => ({
  name: `layer-${index}-imports-upward`,
  comment: 'Imports stay level or go down, so that each layer can be read without the ones above it.',
  severity: 'error',
  from: { path: from },
  to: { path: layer.slice(index + 1) },
}));

const owners = {
  croner: '^src/scheduler\\.ts$',
  nodemailer: '^src/channels/(mail|smtp-probe)\\.ts$',
  got: '^src/(nomad/client|channels/http)\\.ts$',
  'prom-client': '^src/metrics/',
  pino: '^src/log\\.ts$',
  'pino-pretty': '^src/log\\.ts$',
  hono: '^src/(http|demo|channels/templates)/',
  '@hono/node-server': '^src/(http|demo)/',
  commander: '^src/cli/',
  'get-east-asian-width': '^src/cli/terminal/table\\.ts$',
  dotenv: '^src/config/',
  yaml: '^src/config/',
  zod: '^src/(nomad|config)/',
  '@hono/zod-openapi': '^src/http/api/',
  pg: '^src/store/postgres/(connect|pool|session|database)\\.ts$',
  'smtp-server': '^src/demo/',
  'postal-mime': '^src/demo/',
};
const libraries = Object.entries(owners).map(([library, owner]) => ({
  name: `only-its-file-imports-${library.replace('@', '').replace('/', '-')}`,
  comment: 'One file a library: replacing it is a change in one place.',
  severity: 'error',
  from: { path: '^src/', pathNot: owner },
  to: { path: `(^|/)node_modules/${library}/` },
}));

const sideBySide = ['config', 'log', 'nomad', 'store', 'channels', 'demo'].map((name) => {
  const place = name === 'log' ? '^src/log\\.ts$' : `^src/${name}/`;
  return {
    name: `${name}-knows-no-neighbour`,
    comment: 'Folders of layer 1 do not know one another: app joins them.',
    severity: 'error',
    from: { path: place },
    to: { path: '^src/(config/|log\\.ts|nomad/|store/|channels/|demo/)', pathNot: place },
  };
});

module.exports = {
  forbidden: [
    ...upward,
    ...sideBySide,
    {
      name: 'domain-imports-only-domain',
      comment: 'Domain code is pure: no library, no part of Node.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    ...libraries,
    {
      name: 'only-the-store-imports-sqlite',
      comment: 'One file a library: the driver stays in its store.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/(sqlite|transfer)/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'only-app-names-implementations',
      comment: 'Everybody else takes the port as a parameter; types of what an implementation tells are free.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(app|store|channels|nomad|http)/',
      },
      to: {
        path: '^src/(store/(sqlite|postgres|transfer)/|channels/(mail|webhook|chat|alertmanager|heartbeat)|nomad/token-source|http/server)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-cli-imports-demo',
      comment: 'The product does not depend on its simulation.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|demo)/' },
      to: { path: '^src/demo/' },
    },
    {
      name: 'no-cycles',
      comment: 'One way through the house, no way back.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import is there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
