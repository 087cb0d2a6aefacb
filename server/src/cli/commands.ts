// Every command of `isolet-server`, in the order of its help.
import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './definitions.ts';
import { duration, wholeNumber } from './read.ts';
import { routeCommands } from './route-commands.ts';
import { targetOptions, tenantOptions } from './target-options.ts';

const config: OptionDefinition = {
  flags: '-c, --config <file>',
  about: 'configuration file',
  fallback: 'isolet.toml or isolet.json',
};
const data: OptionDefinition = { flags: '-d, --data <folder>', about: 'data folder', fallback: 'as configured' };
const name: ArgumentDefinition = { name: 'name', about: 'the function' };
const key: ArgumentDefinition = { name: 'key', about: 'the key' };
const file = (what: string): OptionDefinition => ({
  flags: '-f, --file <file>',
  about: `file with ${what}; - is stdin`,
});

export const commands: readonly CommandDefinition[] = [
  {
    name: 'dev',
    summary: 'Serve the functions of a folder, and follow their files.',
    details:
      'A server on this machine with its data in .isolet of the folder, and the network open. Functions are the files in functions/ and what ' +
      'the project file names; where there are none, one is written. A change of a file is a deployment; what is broken is told ' +
      'with its place, and the version before it goes on serving.',
    args: [{ name: 'folder', about: 'the project; made if it is not there. Default: this folder', optional: true }],
    options: [
      config,
      {
        flags: '-p, --port <number>',
        about: 'port on 127.0.0.1; 0: any that is free',
        fallback: '8787',
        read: wholeNumber('--port', 0, 65_535),
      },
      { flags: '-o, --open', about: 'show the page in the browser' },
    ],
    examples: ['isolet-server dev', 'isolet-server dev my-functions', 'isolet-server dev --port 0 --json'],
    run: async (invocation) => (await import('./dev/dev.ts')).dev(invocation),
  },
  {
    name: 'serve',
    summary: 'Serve what the data folder has: gateway, administration, page.',
    details:
      'One line on stdout says when it is ready, {"event":"ready","url":…}; the log is on stderr. SIGTERM and SIGINT end it.',
    options: [config],
    examples: ['isolet-server serve', 'isolet-server serve --config /etc/isolet.toml'],
    run: async (invocation) => (await import('./verbs/serve.ts')).serve(invocation),
  },
  {
    name: 'deploy',
    summary: 'Bundle functions of this project and put them into force.',
    args: [{ name: 'names', about: 'the functions; all if none is named', optional: true, rest: true }],
    options: [
      ...tenantOptions,
      { flags: '-e, --entry <file>', about: 'the source of the one function that is named' },
      { flags: '--create-tenant', about: 'make the tenant first, if there is none; takes a token of the platform' },
    ],
    examples: ['isolet-server deploy', 'isolet-server deploy hello --entry src/hello.ts --tenant acme'],
    run: async (invocation) => (await import('./verbs/deploy.ts')).deploy(invocation),
  },
  {
    name: 'invoke',
    summary: 'Run a function on an event and print its value.',
    args: [name, { name: 'event', about: 'JSON', optional: true }],
    options: [
      ...tenantOptions,
      file('the event'),
      { flags: '--version <version>', about: 'this version and not the one in force' },
      { flags: '--alias <alias>', about: 'the version that an alias leads to' },
      { flags: '--async', about: 'accept it, and answer its id' },
    ],
    examples: [`isolet-server invoke hello '{"name":"ada"}'`, 'isolet-server invoke hello --file event.json --json'],
    run: async (invocation) => (await import('./verbs/invoke.ts')).invoke(invocation),
  },
  {
    name: 'logs',
    summary: 'Lines that a function has written, oldest first.',
    args: [name],
    options: [
      ...tenantOptions,
      { flags: '--follow', about: 'go on with what comes, until Ctrl+C' },
      { flags: '--level <level>', about: 'this one and what is more severe: debug, info, warn, error' },
      { flags: '--text <text>', about: 'lines with this text in them' },
      { flags: '--invocation <id>', about: 'lines of this invocation' },
      { flags: '--since <time>', about: 'not older than 30s, 5m, 12h, 7d', read: duration('--since') },
      { flags: '--limit <number>', about: 'so many at most', read: wholeNumber('--limit', 1, 1000) },
    ],
    examples: ['isolet-server logs hello --follow', 'isolet-server logs hello --level error --since 1h --json'],
    run: async (invocation) => (await import('./verbs/logs.ts')).logs(invocation),
  },
  {
    name: 'versions',
    summary: 'List the versions of a function; * is in force.',
    args: [name],
    options: tenantOptions,
    examples: ['isolet-server versions hello'],
    run: async (invocation) => (await import('./verbs/versions.ts')).versions(invocation),
  },
  {
    name: 'diff',
    summary: 'What differs between two versions of a function.',
    args: [
      name,
      { name: 'from', about: 'a version; the one before the one in force', optional: true },
      { name: 'to', about: 'a version; the one in force', optional: true },
    ],
    options: tenantOptions,
    examples: ['isolet-server diff hello'],
    run: async (invocation) => (await import('./verbs/versions.ts')).diff(invocation),
  },
  {
    name: 'rollback',
    summary: 'Put an earlier version of a function into force.',
    args: [name, { name: 'version', about: 'a version; the one that was in force before', optional: true }],
    options: tenantOptions,
    examples: ['isolet-server rollback hello'],
    run: async (invocation) => (await import('./verbs/versions.ts')).rollback(invocation),
  },
  {
    name: 'alias set',
    summary: 'Point an alias at a version, or at several by weight.',
    args: [
      name,
      { name: 'alias', about: 'the alias' },
      { name: 'weights', about: '<version>, or <version>=<weight> for each', rest: true },
    ],
    options: tenantOptions,
    examples: ['isolet-server alias set hello live 3f2a…=90 91bc…=10'],
    run: async (invocation) => (await import('./verbs/alias.ts')).setAlias(invocation),
  },
  {
    name: 'alias delete',
    summary: 'Take an alias away.',
    args: [name, { name: 'alias', about: 'the alias' }],
    options: tenantOptions,
    examples: ['isolet-server alias delete hello live'],
    run: async (invocation) => (await import('./verbs/alias.ts')).deleteAlias(invocation),
  },
  ...routeCommands,
  {
    name: 'secret put',
    summary: 'Write a secret: a member of env in all functions of the tenant.',
    details:
      'The value is read from stdin, or from --file: what stands on a command line is seen by others and kept in histories.',
    args: [{ name: 'name', about: 'its name in env' }],
    options: [...tenantOptions, file('the value')],
    examples: ['isolet-server secret put STRIPE_KEY < key.txt'],
    run: async (invocation) => (await import('./verbs/secrets.ts')).putSecret(invocation),
  },
  {
    name: 'secret list',
    summary: 'List the names of secrets. Nothing answers their values.',
    options: tenantOptions,
    examples: ['isolet-server secret list'],
    run: async (invocation) => (await import('./verbs/secrets.ts')).listSecrets(invocation),
  },
  {
    name: 'secret delete',
    summary: 'Take a secret away.',
    args: [{ name: 'name', about: 'its name' }],
    options: tenantOptions,
    examples: ['isolet-server secret delete STRIPE_KEY'],
    run: async (invocation) => (await import('./verbs/secrets.ts')).deleteSecret(invocation),
  },
  {
    name: 'kv get',
    summary: 'Print the value of a key.',
    args: [key],
    options: tenantOptions,
    examples: ['isolet-server kv get visits'],
    run: async (invocation) => (await import('./verbs/kv.ts')).getKey(invocation),
  },
  {
    name: 'kv put',
    summary: 'Write a value: JSON where it is some, else text.',
    args: [key, { name: 'value', about: 'the value', optional: true }],
    options: [
      ...tenantOptions,
      file('the value'),
      { flags: '--text', about: 'it is a text, also where it is JSON' },
      { flags: '--ttl <time>', about: 'gone after 30s, 5m, 12h, 7d', read: duration('--ttl') },
      {
        flags: '--if-version <number>',
        about: 'only if the key has this version; 0: only if there is none',
        read: wholeNumber('--if-version', 0, Number.MAX_SAFE_INTEGER),
      },
    ],
    examples: ['isolet-server kv put visits 0', `isolet-server kv put user/1 '{"name":"ada"}' --ttl 7d`],
    run: async (invocation) => (await import('./verbs/kv.ts')).putKey(invocation),
  },
  {
    name: 'kv delete',
    summary: 'Take a key away.',
    args: [key],
    options: tenantOptions,
    examples: ['isolet-server kv delete visits'],
    run: async (invocation) => (await import('./verbs/kv.ts')).deleteKey(invocation),
  },
  {
    name: 'kv list',
    summary: 'List keys.',
    options: [
      ...tenantOptions,
      { flags: '--prefix <text>', about: 'those that begin so' },
      { flags: '--cursor <text>', about: 'go on where a list ended' },
      { flags: '--limit <number>', about: 'so many at most', read: wholeNumber('--limit', 1, 1000) },
    ],
    examples: ['isolet-server kv list --prefix user/'],
    run: async (invocation) => (await import('./verbs/kv.ts')).listKeys(invocation),
  },
  {
    name: 'sql',
    summary: "Run a statement in the tenant's database, under the rules that hold for functions.",
    args: [
      { name: 'statement', about: 'one statement', optional: true },
      { name: 'params', about: 'its parameters: JSON where it is some, else text', optional: true, rest: true },
    ],
    options: [...tenantOptions, file('the statement')],
    examples: [`isolet-server sql 'SELECT * FROM orders WHERE id = ?' 7`],
    run: async (invocation) => (await import('./verbs/sql.ts')).sql(invocation),
  },
  {
    name: 'usage',
    summary: 'What the tenant has used, by function.',
    options: [
      ...tenantOptions,
      { flags: '--from <time>', about: 'beginning, as 2026-01-31', fallback: '30 days ago' },
      { flags: '--to <time>', about: 'end', fallback: 'now' },
    ],
    examples: ['isolet-server usage --from 2026-01-01 --json'],
    run: async (invocation) => (await import('./verbs/usage.ts')).usage(invocation),
  },
  {
    name: 'token create',
    summary: 'Make a token of the administration; it is shown this once.',
    options: [
      ...targetOptions,
      { flags: '-t, --tenant <id>', about: 'whose it is, for the scopes tenant and read' },
      {
        flags: '--scope <scope>',
        about: 'platform: everything; tenant: everything of one; read: look at one, or at all',
        fallback: 'tenant',
      },
      { flags: '--label <text>', about: 'what you call it' },
      { flags: '--ttl <time>', about: 'it ends after 12h, 7d, 365d', read: duration('--ttl') },
    ],
    examples: ['isolet-server token create --tenant acme --label ci --ttl 90d'],
    run: async (invocation) => (await import('./verbs/tokens.ts')).createToken(invocation),
  },
  {
    name: 'token list',
    summary: 'List tokens by what they may do.',
    options: [...targetOptions, { flags: '-t, --tenant <id>', about: 'those of one tenant' }],
    examples: ['isolet-server token list'],
    run: async (invocation) => (await import('./verbs/tokens.ts')).listTokens(invocation),
  },
  {
    name: 'token delete',
    summary: 'Revoke a token, at once.',
    args: [{ name: 'id', about: 'its id; not the token' }],
    options: targetOptions,
    examples: ['isolet-server token delete 4f1c…'],
    run: async (invocation) => (await import('./verbs/tokens.ts')).deleteToken(invocation),
  },
  {
    name: 'backup',
    summary: 'Copy everything that is kept into a new folder, also while the server runs.',
    args: [{ name: 'folder', about: 'where to' }],
    options: [config, data],
    examples: ['isolet-server backup /backups/today'],
    run: async (invocation) => (await import('./verbs/backup.ts')).backup(invocation),
  },
  {
    name: 'restore',
    summary: 'Bring back a copy, while the server is stopped. What was there is kept beside it.',
    args: [{ name: 'folder', about: 'the copy' }],
    options: [config, data],
    examples: ['isolet-server restore /backups/today'],
    run: async (invocation) => (await import('./verbs/backup.ts')).restore(invocation),
  },
];
