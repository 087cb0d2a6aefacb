// Hosts of tenants and who may call their functions, as they are written in a configuration and in the administration.
import { z } from 'zod';

export const functionName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/);

export const hostName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a name of a host in lower case, without a port')
  .describe('In lower case, without a port.');

/** How callers of a function show who they are. */
export const callerAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('token'),
    tokens: z
      .array(z.string().regex(/^[!-~]{16,4096}$/, 'a text of 16 to 4096 characters, without spaces'))
      .min(1)
      .max(100)
      .describe('Any of them will do, so that one can follow another.'),
  }),
  z.strictObject({
    type: z.literal('jwt'),
    issuer: z.string().min(1).max(1024).describe('The claim `iss`.'),
    audience: z.string().min(1).max(1024).describe('The claim `aud`.'),
    jwks: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .describe('Where the issuer publishes its keys.'),
    algorithms: z
      .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
      .min(1)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
      .describe('Signatures that are believed. None with a shared secret: a public key could be taken for one.'),
  }),
]);

export type CallerAuth = z.output<typeof callerAuth>;
