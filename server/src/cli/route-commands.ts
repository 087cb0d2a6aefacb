// The commands about how functions are reached: hosts, and who may call.
import type { CommandDefinition, OptionDefinition } from './definitions.ts';
import { tenantOptions } from './target-options.ts';

const host = { name: 'host', about: 'the host, in lower case and without a port' };
const ofFunction: OptionDefinition = {
  flags: '--function <name>',
  about: 'the function',
  fallback: 'all of the tenant that have no rule of their own',
};

export const routeCommands: readonly CommandDefinition[] = [
  {
    name: 'domain set',
    summary: 'Give a host to a tenant; takes a token of the platform.',
    details: 'Requests that come from then on go to its functions. DNS and certificates are yours to see to.',
    args: [host],
    options: [
      ...tenantOptions,
      {
        flags: '--function <name>',
        about: 'where it leads',
        fallback: 'the first part of the path says which function',
      },
      { flags: '--alias <alias>', about: 'the alias that is asked for', fallback: 'the version in force' },
    ],
    examples: ['isolet-server domain set shop.example.com --tenant acme --function shop'],
    run: async (invocation) => (await import('./verbs/domains.ts')).setDomain(invocation),
  },
  {
    name: 'domain list',
    summary: 'List the hosts of the tenant.',
    options: tenantOptions,
    examples: ['isolet-server domain list --tenant acme'],
    run: async (invocation) => (await import('./verbs/domains.ts')).listDomains(invocation),
  },
  {
    name: 'domain delete',
    summary: 'Take a host away from the tenant; takes a token of the platform.',
    args: [host],
    options: tenantOptions,
    examples: ['isolet-server domain delete shop.example.com --tenant acme'],
    run: async (invocation) => (await import('./verbs/domains.ts')).deleteDomain(invocation),
  },
  {
    name: 'access set',
    summary: 'Say who may call a function through the gateway.',
    details:
      'none: anybody. token: who shows one of the tokens, which are read from stdin, or from --file, one on each line. ' +
      'jwt: who shows a token that the issuer has signed.',
    args: [{ name: 'type', about: 'none, token or jwt' }],
    options: [
      ...tenantOptions,
      ofFunction,
      { flags: '-f, --file <file>', about: 'file with the tokens; - is stdin' },
      { flags: '--issuer <text>', about: 'the claim iss' },
      { flags: '--audience <text>', about: 'the claim aud' },
      { flags: '--jwks <url>', about: 'where the issuer publishes its keys' },
      { flags: '--algorithms <list>', about: 'signatures that are believed', fallback: 'RS256,PS256,ES256,EdDSA' },
    ],
    examples: [
      'isolet-server access set token --function shop < tokens.txt',
      'isolet-server access set jwt --issuer https://id.example.com/ --audience shop --jwks https://id.example.com/keys',
    ],
    run: async (invocation) => (await import('./verbs/access.ts')).setAccess(invocation),
  },
  {
    name: 'access list',
    summary: 'List who may call the functions of the tenant.',
    options: tenantOptions,
    examples: ['isolet-server access list'],
    run: async (invocation) => (await import('./verbs/access.ts')).listAccess(invocation),
  },
  {
    name: 'access delete',
    summary: 'Take a rule away.',
    options: [...tenantOptions, ofFunction],
    examples: ['isolet-server access delete --function shop'],
    run: async (invocation) => (await import('./verbs/access.ts')).deleteAccess(invocation),
  },
];
