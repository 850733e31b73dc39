// Lint rules: typescript-eslint's strict sets, and the house's own rules (docs/architecture.md) that are about code rather than imports.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only src/main.ts touches the environment: take it as an argument.',
};
const signals = ['on', 'once', 'exit', 'exitCode', 'kill'].map((property) => ({
  object: 'process',
  property,
  message: 'Only src/main.ts touches signals and exit codes: return a code, take an AbortSignal.',
}));
const everywhere = [
  {
    selector: 'ExportNamedDeclaration > VariableDeclaration[kind="let"]',
    message: 'Export no state: return it from a factory.',
  },
  {
    selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
    message: 'No barrel files: import from where it is.',
  },
];
const pure = [
  {
    selector: 'AwaitExpression, [async=true]',
    message: 'Domain code is synchronous: let a job wait and pass the value in.',
  },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is an argument in domain code.' },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Time is an argument in domain code.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Randomness is an argument in domain code.',
  },
];
const impureGlobals = [
  'process',
  'console',
  'performance',
  'setTimeout',
  'setInterval',
  'fetch',
  'globalThis',
  'Buffer',
];

/** What scripts of our pages use of a browser. */
const BROWSER = [
  'DOMParser',
  'EventSource',
  'FormData',
  'URL',
  'URLSearchParams',
  'addEventListener',
  'clearTimeout',
  'document',
  'fetch',
  'history',
  'location',
  'setTimeout',
];

export default tseslint.config(
  { ignores: ['**/node_modules/', '.stryker/', 'dist/', 'build/'] },
  { files: ['src/*.js'], languageOptions: { globals: { URL: 'readonly', console: 'readonly', process: 'readonly' } } },
  eslint.configs.recommended,
  {
    files: ['src/http/assets/*.js'],
    languageOptions: { globals: Object.fromEntries(BROWSER.map((name) => [name, 'readonly'])) },
  },
  { files: ['**/*.ts'], extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked] },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['**/*.ts'],
    rules: {
      eqeqeq: 'error',
      'no-control-regex': 'off', // hostile text is cleaned of exactly these
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/unbound-method': 'off', // factories return closures: there is no this to lose
      '@typescript-eslint/require-await': 'off', // fakes in tests and interfaces that others implement asynchronously
      '@typescript-eslint/consistent-type-definitions': 'off', // both read well
      'no-restricted-syntax': ['error', ...everywhere],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', environment, ...signals] },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...everywhere, ...pure],
      'no-restricted-globals': [
        'error',
        ...impureGlobals.map((name) => ({ name, message: 'Domain code is pure: take it as an argument.' })),
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'describe', 'it'] }] },
      ],
    },
  },
  {
    // The classic form of a dashboard, which every Grafana takes: its successor asks for Grafana 12.
    files: ['grafana/dashboard.ts'],
    rules: {
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            { from: 'package', package: '@grafana/grafana-foundation-sdk', name: ['Dashboard', 'DashboardBuilder'] },
          ],
        },
      ],
    },
  },
  { files: ['**/*.js', '**/*.cjs'], languageOptions: { globals: { module: 'readonly' } } },
);
