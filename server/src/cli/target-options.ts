// The options of commands that talk to a server; what is read by them is in target.ts, which only such commands load.
import type { OptionDefinition } from './definitions.ts';

export const targetOptions: readonly OptionDefinition[] = [
  { flags: '-c, --config <file>', about: 'project file', fallback: 'isolet.toml or isolet.json' },
  {
    flags: '--url <url>',
    about: 'the server',
    fallback: 'ISOLET_SERVER_URL, the project file, or the dev server of this folder',
  },
  { flags: '--token <token>', about: 'its bearer token', fallback: 'ISOLET_SERVER_TOKEN, or that of the dev server' },
];

export const tenantOptions: readonly OptionDefinition[] = [
  ...targetOptions,
  { flags: '-t, --tenant <id>', about: 'whose', fallback: 'ISOLET_SERVER_TENANT, the project file, or dev' },
];
