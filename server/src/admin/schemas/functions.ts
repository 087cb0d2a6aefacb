import { z } from 'zod';
import { issue, time, variableName, version } from './common.ts';
import { named, pageOf } from './registry.ts';

const milliseconds = (what: string) => z.number().min(0).describe(`${what}, in ms.`).optional();
const count = (what: string) => z.number().int().min(1).describe(what).optional();

/** The fields of isolet's FunctionSpec that a tenant may choose. */
const settings = {
  env: z.record(variableName, z.string()).describe('Variables: members of `env`.').optional(),
  memoryMb: z.number().min(4).describe('Heap limit of each runtime in MiB.').optional(),
  timeout: milliseconds('Wall-clock limit of one invocation'),
  cpuTimeout: milliseconds('Limit on processor time of one invocation'),
  loadTimeout: milliseconds('Wall-clock limit on evaluating the code around the function'),
  loadCpuTimeout: milliseconds('The same for processor time'),
  streamTimeout: milliseconds('How long the streams of an answer may go on'),
  streamCpuTimeout: milliseconds('The same for processor time'),
  lateTimeout: milliseconds('How long what was given to waitUntil may go on after the answer'),
  lateCpuTimeout: milliseconds('The same for processor time'),
  web: z.boolean().describe("Whether it has the web's APIs. Default: the look of its code decides.").optional(),
  apis: z.array(z.string()).describe('Platform APIs that it may use. Default: all.').optional(),
  concurrency: count('Invocations that may run at once.'),
  concurrencyPerRuntime: count('Invocations that may run at once in one runtime.'),
  maxRuntimes: count('Runtimes that it may have at once.'),
  reuse: z.enum(['warm', 'fresh']).describe('`fresh`: an unused runtime for each invocation.').optional(),
  maxHostCalls: z.number().int().min(0).describe('Calls of the platform that one invocation may make.').optional(),
  maxLogBytes: z.number().int().min(0).describe('Bytes of log text kept of one invocation.').optional(),
};

export const functionSpec = named(
  'FunctionSpec',
  z.strictObject({
    code: z.string().min(1).describe('A function, or a module that exports one or an object of handlers.'),
    tenantId: z.string().describe('If given: the tenant of the path.').optional(),
    name: z.string().describe('If given: the name of the path.').optional(),
    sourceMap: z
      .string()
      .max(4 * 1024 * 1024)
      .describe('JSON of a source map: stacks in logs and answers name the files that the code was made of.')
      .optional(),
    ...settings,
  }),
);

const views = {
  tenant: z.string(),
  name: z.string(),
  version: version.describe('Hash of code and settings: the same again is the same version.'),
  number: z.number().int().describe('1 for the first version of the function, and so on.'),
  createdAt: time,
  createdBy: z.string().describe('Id of the token that deployed it.'),
  codeSize: z.number().int().describe('Bytes of source.'),
  settings: z.record(z.string(), z.unknown()).describe('What it was deployed with, without the code.'),
  active: z.boolean().describe('Whether invocations that name neither version nor alias get it.'),
  aliases: z.array(z.string()).describe('Aliases that lead to it.'),
};

export const functionView = named('Function', z.object(views));
export const deployed = named(
  'Deployed',
  z.object({ ...views, warnings: z.array(issue).describe('What may be wrong with the code, and is not sure.') }),
);
export const functions = pageOf('Functions', 'functions', functionView);
export const versions = pageOf('Versions', 'versions', functionView);

export const source = named('Source', z.object({ ...views, code: z.string() }));

const change = z.object({ name: z.string(), from: z.unknown(), to: z.unknown() });

export const diff = named(
  'Diff',
  z.object({
    from: version,
    to: version,
    patch: z.string().describe('Unified diff of the sources; empty: they are the same.'),
    env: z.object({
      added: z.array(z.string()),
      removed: z.array(z.string()),
      changed: z.array(z.string()),
    }),
    settings: z.array(change).describe('What is set in another way, such as limits. Null: not set.'),
  }),
);

export const rollbackBody = named(
  'Rollback',
  z.strictObject({
    version: version.describe('Default: the one that was in force before.').optional(),
  }),
);

const weights = z
  .record(version, z.number().min(0))
  .refine((all) => Object.values(all).some((weight) => weight > 0), 'an object with a weight above 0');

export const aliasBody = named(
  'AliasSpec',
  z.union([
    z.strictObject({ version: version.describe('All go to this one.') }),
    z.strictObject({ weights: weights.describe('Shares by version; they need not add up to anything.') }),
  ]),
);
export const alias = named('Alias', z.object({ alias: z.string(), weights }));
export const aliases = pageOf('Aliases', 'aliases', alias);
