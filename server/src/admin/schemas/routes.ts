import { isIP } from 'node:net';
import { z } from 'zod';
import { callerAuth, hostName } from '../../config/routes.ts';
import { aliasName, functionName, tenantId, time } from './common.ts';
import { named, pageOf } from './registry.ts';

export const domainHost = hostName.refine(
  (host) => isIP(host) === 0 && host !== 'localhost' && !/\.\.|-\.|\.-|\.\d+$/.test(host),
  'a name of a host, no address',
);

export const domainSpec = named(
  'DomainSpec',
  z.strictObject({
    function: functionName.describe('Default: the first part of the path says which of the tenant.').optional(),
    alias: aliasName.describe('The alias that is asked for. Default: the version in force.').optional(),
  }),
);
export const domain = named(
  'Domain',
  z.object({
    host: z.string(),
    tenant: tenantId,
    function: z.string().nullable().describe('Null: the first part of the path says which.'),
    alias: z.string().nullable(),
    configured: z.boolean().describe('It stands in the configuration, and is changed there.'),
    inForce: z.boolean().describe('False: the configuration has the same host, and goes before.'),
    createdAt: time.nullable(),
  }),
);
export const domains = pageOf('Domains', 'domains', domain);

/** As it is given; how much of it is shown again says {@link accessRule}. */
export const accessSpec = named('AccessSpec', callerAuth);

const [open, , jwt] = callerAuth.options;
const tokens = z.object({
  type: z.literal('token'),
  tokens: z.number().int().describe('How many there are. What they are is kept as a hash only.'),
});

const accessAuth = named('AccessAuth', z.union([open, tokens, jwt]).describe('How callers show who they are.'));

export const accessRule = named(
  'AccessRule',
  z.object({
    function: z.string().nullable().describe('Null: all functions of the tenant that have no rule of their own.'),
    auth: accessAuth,
    configured: z.boolean().describe('It stands in the configuration, and is changed there.'),
    inForce: z.boolean().describe('False: the configuration has a rule for the same functions, and goes before.'),
    updatedAt: time.nullable(),
  }),
);
export const accessRules = pageOf('AccessRules', 'rules', accessRule);
