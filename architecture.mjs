// Who may import whom: deny by default. Read by dependency-cruiser (`npm run architecture`) and by test/architecture.test.ts.
const server = 'packages/server/src/';
const contract = 'packages/contract/src/';
const screens = 'packages/console/src/';
const doors = (dir, ...names) => names.map((name) => `${server}${dir}/${name}\\.ts$`);
const readers = ['catalog', 'policy', 'access', 'runs'].flatMap((dir) => doors(dir, 'read'));
const stores = `${server}storage/(database|first-entry|sqlite|tables|tx)\\.ts$`;
const module_ = (dir) => [`${server}${dir}/`, `${server}kernel/`, contract, ...readers];

/** [from, what it may import inside the house]. Packages of others are ruled below. */
export const table = [
  [contract, [contract]],
  ['connectors/([^/]+)/', ['connectors/$1/', contract]],
  [`${server}kernel/`, [`${server}kernel/`, contract]],
  [`${server}storage/`, [`${server}storage/`, `${server}kernel/`, contract]],
  [
    `${server}(stages|effects)/([^/]+)/(?!.*(store|read)\\.ts$)`,
    [`${server}$1/$2/`, `${server}kernel/`, contract, ...readers, `${server}stages/contain/act\\.ts$`],
  ],
  [`${server}(stages|effects)/([^/]+)/.*(store|read)\\.ts$`, [`${server}$1/$2/`, `${server}kernel/`, contract, ...readers, stores]],
  ...['runs', 'catalog', 'inventory', 'policy', 'access', 'messages', 'overview'].flatMap((dir) => [
    // Whether a change of policy or a release must be signed by others follows from what it lets loose.
    [
      `${server}${dir}/(?!.*(store|read)\\.ts$)`,
      [...module_(dir), ...(/policy|catalog/.test(dir) ? doors('inventory/blast', 'read') : [])],
    ],
    [`${server}${dir}/.*(store|read)\\.ts$`, [...module_(dir), stores]],
  ]),
  [
    `${server}pipeline/`,
    [`${server}pipeline/`, `${server}kernel/`, contract, `${server}stages/[^/]+/stage\\.ts$`, `${server}effects/[^/]+/effect\\.ts$`],
  ],
  [
    `${server}gateway/`,
    [
      `${server}gateway/`,
      `${server}kernel/`,
      contract,
      `${server}pipeline/`,
      ...doors('(catalog|policy)', 'read'),
      `${server}.*/intake\\.ts$`,
    ],
  ],
  [`${server}api/`, [`${server}api/`, `${server}kernel/`, contract, `${server}.*/routes\\.ts$`]],
  [`${server}cli/`, [`${server}cli/`, `${server}wire[a-z-]*\\.ts$`, `${server}(config|version)\\.ts$`, `${server}kernel/`, contract]],
  // A sample company: its systems and people reach the gateway as anybody does, over HTTP.
  [`${server}demo/`, [`${server}demo/`, contract]],
  [`${server}version\\.ts$`, ['packages/server/package\\.json$']],
  [`${server}config\\.ts$`, [`${server}kernel/`, contract]],
  [`${server}builtin\\.ts$`, ['connectors/[^/]+/src/connector\\.ts$', contract]],
  [`${server}wire`, [`${server}(?!cli/|main)`, contract]],
  [`${server}main\\.ts$`, [`${server}cli/`]],
  [`${screens}app/`, [`${screens}(app|ui|lib)/`, `${screens}features/[^/]+/route\\.tsx$`, contract]],
  // A screen knows no other screen: it is one folder and one line of app/routes.ts.
  [`${screens}features/([^/]+)/`, [`${screens}features/$1/`, `${screens}(ui|lib)/`, contract]],
  [`${screens}ui/`, [`${screens}(ui|lib)/`, contract]],
  [`${screens}lib/`, [`${screens}lib/`, contract]],
];

/** Which packages of others stay in which rooms. */
export const packages = [
  { name: 'sql-in-stores', packages: '(kysely|pg|sqlite)', only: `(${server}(storage/|.*(store|read)\\.ts$)|connectors/sql/)` },
  { name: 'mcp-sdk-at-the-edge', packages: '@modelcontextprotocol', only: `(${server}(gateway|demo)/|connectors/mcp/)` },
  { name: 'react-in-the-console', packages: '(react|react-dom|@tanstack|@base-ui|lucide-react)', only: 'packages/console/' },
  { name: 'http-framework-at-the-edge', packages: '(hono|@hono)', only: `${server}(api/|gateway/|demo/|.*routes\\.ts$)` },
];

/** A package of others as the checker names it: where it was found, or by its bare name. */
function outside(names) {
  return [`node_modules/${names}/`, `^(node:)?${names}(/|$)`];
}

/** Deciding code has no way to the outside: time and lookups come with the call. */
export const pure = {
  from: `${server}(kernel|pipeline|stages/[^/]+/stage)`,
  to: outside('(fs|net|http|https|child_process|undici)'),
};

/** Tests stand beside what they test and open whatever they need for it. */
const tests = '\\.test\\.tsx?$';

const rules = table.map(([from, allowed], index) => ({
  name: `house-${index}-${String(from).replaceAll(/[^a-z]+/g, '-')}`,
  severity: 'error',
  comment: 'This room may import only what architecture.mjs lists for it.',
  from: { path: `^${from}`, pathNot: tests },
  to: {
    path: '^(packages|connectors)/',
    pathNot: [
      '/node_modules/',
      ...allowed.map((path) => (path.startsWith('packages') || path.startsWith('connectors') ? `^${path}` : path)),
    ],
  },
}));

export default {
  forbidden: [
    ...rules,
    ...packages.map(({ name, packages: to, only }) => ({
      name,
      severity: 'error',
      from: { path: '^(packages|connectors)/', pathNot: [`^${only}`, tests] },
      to: { path: outside(to) },
    })),
    { name: 'deciding-is-pure', severity: 'error', from: { path: `^${pure.from}`, pathNot: tests }, to: { path: pure.to } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphan-rooms',
      severity: 'error',
      comment: 'Every file of the house stands in a room of the table.',
      from: {
        path: `^${server}(?!(${['kernel', 'runs', 'pipeline', 'stages', 'effects', 'catalog', 'inventory', 'policy', 'access', 'messages', 'overview', 'storage', 'gateway', 'api', 'cli', 'demo'].join('|')})/|(main|wire[a-z-]*|config|builtin|version)\\.ts$)`,
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What `npm run build` made is the whole house in one file.
    exclude: { path: '^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
    },
  },
};
