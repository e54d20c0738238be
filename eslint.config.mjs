/** ESLint: the rules for all files, and which folders may import which. */
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';

/** The zones of docs/architecture: which way imports may point. Each message says where to go instead. */
const zone = (target, from, message) => ({ target: `./${target}`, from: from.map((f) => `./${f}`), message });
const zones = [
  zone(
    'model',
    [
      ...['certificates', 'scheduler', 'workflows', 'activities', 'store', 'api'],
      ...['worker', 'agent', 'cli', 'tools', 'simulation'],
    ],
    'model/ imports nothing of ours.',
  ),
  zone(
    'certificates',
    [
      ...['model', 'scheduler', 'workflows', 'activities', 'store', 'api'],
      ...['worker', 'agent', 'cli', 'tools', 'simulation'],
    ],
    'certificates/ makes certificates, for api/, agent/ and tools/, and knows nothing of what they are for.',
  ),
  zone(
    'scheduler',
    ['certificates', 'workflows', 'activities', 'store', 'api', 'worker', 'agent', 'cli', 'tools', 'simulation'],
    'scheduler/ is pure: it imports model/ only.',
  ),
  zone(
    'workflows',
    ['certificates', 'store', 'api', 'worker', 'agent', 'cli', 'tools', 'simulation'],
    'workflows/ reach the world through activities only.',
  ),
  zone(
    'store',
    ['certificates', 'scheduler', 'workflows', 'activities', 'api', 'worker', 'agent', 'cli', 'tools', 'simulation'],
    'store/ imports model/ only.',
  ),
  zone(
    'activities',
    ['certificates', 'scheduler', 'workflows', 'api', 'worker', 'agent', 'cli', 'tools', 'simulation'],
    'activities/ carry out decisions, they make none. Names of workflows and signals are in model/.',
  ),
  zone(
    'api',
    ['scheduler', 'activities', 'worker', 'agent', 'cli', 'tools', 'simulation'],
    'api/ sees model/, store/, certificates/ and workflows/messages.',
  ),
  ...['activities', 'api', 'worker', 'cli'].map((target) => ({
    target: `./${target}`,
    from: './store',
    except: ['./index.ts', './contract'],
    message: 'Outside of store/, code opens it through store/index.ts and knows it by store/contract/.',
  })),
  zone(
    'api/auth/policy',
    ['store', 'workflows', 'api/ecs', 'api/protocol', 'api/rest'],
    'The evaluator of policies imports model/ only.',
  ),
  zone(
    'api/tasks',
    ['api/ecs', 'api/iam', 'api/protocol', 'api/rest', 'api/agent-door', 'api/server.ts'],
    'api/tasks/ answers instances: it knows neither how they ask, nor the API that people call.',
  ),
  ...['api/ecs', 'api/iam', 'api/sts', 'api/secretsmanager', 'api/ssm', 'api/auth', 'api/audit'].map((target) =>
    zone(target, ['api/tasks'], 'What tasks get is for the agent door and the all-in-one: move what both need down.'),
  ),
  zone('worker', ['api', 'cli', 'agent', 'simulation'], 'worker/ is the root of the control plane only.'),
  zone(
    'tools',
    ['scheduler', 'workflows', 'store', 'api', 'worker', 'agent', 'cli', 'simulation'],
    'tools/ sets up what the product runs on, and imports none of it.',
  ),
  zone('simulation', ['cli'], 'simulation/ imports the product, not what runs it.'),
  zone('bench', ['cli'], 'bench/ is run by cli/, which hands over what it needs.'),
  ...[
    ...['model', 'certificates', 'scheduler', 'workflows', 'activities', 'store'],
    ...['api', 'worker', 'agent', 'tools', 'simulation'],
  ].map((target) =>
    zone(target, ['bench', 'fixtures', 'test'], 'The product imports neither what measures it nor what tests it.'),
  ),
  zone('cli', ['fixtures', 'test'], 'The product does not import its tests.'),
  zone('bench', ['test'], 'What bench/ and test/ both build on is in fixtures/.'),
  zone(
    'fixtures',
    ['workflows', 'activities', 'api', 'worker', 'agent', 'cli', 'simulation', 'bench', 'test'],
    'fixtures/ is what bench/ and test/ both build on.',
  ),
  zone(
    'agent',
    ['api', 'cli', 'store', 'worker', 'simulation'],
    'agent/ reaches the control plane through agent/control-plane.ts only.',
  ),
];

/**
 * The folders in `parent` from the lowest up: each may import those before it and none after it, as types neither. So no
 * two of them import each other. A folder that the list leaves out is refused here.
 */
function storeys(parent, folders) {
  const found = readdirSync(new URL(`./${parent}`, import.meta.url), { withFileTypes: true });
  const unknown = found.filter((entry) => entry.isDirectory() && !folders.includes(entry.name));
  if (unknown.length > 0)
    throw new Error(
      `eslint.config.mjs: say where ${unknown.map(({ name }) => `${parent}/${name}`).join(', ')} stands.`,
    );
  return folders.slice(0, -1).map((folder, i) =>
    zone(
      `${parent}/${folder}`,
      folders.slice(i + 1).map((above) => `${parent}/${above}`),
      `${parent}/${folder}/ stands below that folder: move what both need down.`,
    ),
  );
}

const SCHEDULER = [
  'tasks',
  'throttle',
  'placement',
  'capacity',
  'owner',
  'service',
  'rollout',
  'rebalance',
  'daemon',
  'decisions',
  'reconcile',
  'task-sets',
  'instance-owner',
  'run-task-owner',
  'service-owner',
];

const ECS = ['present', 'rules', 'access', 'read', 'operations'];

const STORE = ['contract', 'base', 'rows', 'history', 'capacity', 'resources', 'records', 'read'];

const nodeBuiltins = [
  {
    group: ['node:*', 'fs', 'path', 'os', 'crypto', 'child_process'],
    message: 'No Node builtins here: this code is deterministic.',
  },
];
const clocks = [
  { object: 'Date', property: 'now', message: 'Time comes in as a value.' },
  { object: 'Math', property: 'random', message: 'Randomness comes in as a seed.' },
];

const moduleState = {
  selector: ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind="let"]',
  message: 'All workflows of a worker share one instance of each module: state belongs to an object of the workflow.',
};

export default tseslint.config(
  { ignores: ['node_modules/**', 'test/replay/histories/**', 'bench-results/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.mjs', '.js'] })] },
    rules: {
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 500, skipBlankLines: false }],
      'max-params': ['error', 4],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [...zones, ...storeys('scheduler', SCHEDULER), ...storeys('api/ecs', ECS), ...storeys('store', STORE)],
        },
      ],
      'import-x/no-cycle': 'error',
    },
  },
  {
    files: ['model/**/*.ts', 'scheduler/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...nodeBuiltins, { group: ['@temporalio/*'], message: 'The pure core knows no engine.' }] },
      ],
      'no-restricted-properties': ['error', ...clocks],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as a value.' },
        moduleState,
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: nodeBuiltins }],
      'no-restricted-syntax': ['error', moduleState],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities/**'],
              allowTypeImports: true,
              message: 'workflows/ import activities/ as types only: a proxy calls them.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['api/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/workflows/*', '!**/workflows/messages.ts'],
              message: 'api/ may import workflows/messages.ts only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['api/auth/policy/**/*.ts', 'api/ecs/access/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...nodeBuiltins,
            { group: ['**/workflows/*'], message: 'Who may do what is decided in pure code.' },
          ],
        },
      ],
      'no-restricted-properties': ['error', ...clocks],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'fixtures/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      'max-lines': ['error', { max: 800 }],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: [
      ...['test/**', 'bench/**', 'fixtures/**', 'vitest.config.ts', 'tools/count-reporter.ts'],
      'tools/authorization-data.ts',
    ],
    // What a user's machine runs is there after `npm ci --omit=dev` too.
    rules: { 'import-x/no-extraneous-dependencies': ['error', { devDependencies: false }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name=/^toBeLessThan/] > MemberExpression > CallExpression[callee.name='expect'] CallExpression[callee.object.name=/^(performance|Date)$/][callee.property.name='now']",
          message: 'A busy machine must not fail a test: measure it in a row of bench/.',
        },
      ],
    },
  },
);
