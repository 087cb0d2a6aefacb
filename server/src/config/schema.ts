import { z } from 'zod';
import { fetchLimits, functionsLimits, kvLimits, sqlLimits } from './binding-limits.ts';
import { callerAuth, functionName, hostName } from './routes.ts';

const milliseconds = z.number().int().min(0);
const count = z.number().int().min(1);

const rate = z
  .strictObject({
    requests: z.number().int().min(0).describe('Invocations per window.'),
    per: z.number().min(1).default(1000).describe('The window in ms.'),
    burst: z.number().int().min(0).default(0).describe('Further ones that may come at once.'),
  })
  .describe('How often a tenant may invoke.');

/** A named set of limits: what a tenant pays for. */
export const tierSchema = z.strictObject({
  memoryMb: z.number().min(3).default(32).describe('Heap limit of each runtime in MiB.'),
  timeout: milliseconds.min(1).default(10_000).describe('Wall-clock limit of one invocation in ms.'),
  cpuTimeout: milliseconds.default(5000).describe('Limit on processor time of one invocation in ms; 0: none.'),
  concurrency: count.default(100).describe('Invocations of one tenant that may run at once.'),
  functionConcurrency: count.optional().describe('Invocations of one function that may run at once.'),
  maxRuntimes: count.default(4).describe('Runtimes of one function.'),
  maxFunctions: count.default(100).describe('Functions of one tenant.'),
  codeSize: count.default(1024 * 1024).describe('Bytes of source of one function.'),
  maxLogBytes: count.default(65_536).describe('Bytes of log text kept of one invocation.'),
  keptLogBytes: count
    .min(65_536)
    .default(100 * 1024 * 1024)
    .describe(
      'Bytes of log text kept of one tenant, 200 for each line added; what is oldest goes, also before `retention.logs`.',
    ),
  maxHostCalls: count.default(1000).describe('Calls of the platform that one invocation may make.'),
  rate: rate.optional(),
  isolation: z
    .enum(['isolate', 'process'])
    .optional()
    .describe('Where its functions run. Default: as `isolation.mode`.'),
  kv: kvLimits.prefault({}).describe('What functions may do with `env.KV`.'),
  sql: sqlLimits.prefault({}).describe('What functions may do with `env.SQL`.'),
  functions: functionsLimits.prefault({}).describe('What functions may do with `env.FUNCTIONS`.'),
  fetch: fetchLimits.prefault({}).describe('What functions may fetch; nothing unless `allow` says so.'),
});

const want = z.enum(['required', 'auto', 'off']);

const isolation = z
  .strictObject({
    mode: z
      .enum(['isolate', 'process'])
      .default(process.platform === 'linux' ? 'process' : 'isolate')
      .describe('`process`: each tenant in cells of its own, behind walls of the system (Linux, the default there).'),
    maxCells: count.default(64).describe('Cells that may serve at once.'),
    spareCells: z.number().int().min(0).default(1).describe('Cells kept ready for tenants that have none.'),
    maxCellMemoryMb: z.number().int().min(192).default(512).describe('MiB that the kernel lets a cell take.'),
    maxCellAge: count.optional().describe('An older cell is replaced, in ms. Default: none is.'),
    namespaces: want.default('auto').describe('Whether what a cell can see of the system at all is bounded.'),
    landlock: want.default('required').describe('Whether the kernel bounds what files a cell can open.'),
    user: z
      .strictObject({ uid: z.number().int().min(0), gid: z.number().int().min(0) })
      .optional()
      .describe('Who cells are, where the server may decide that. Default: who the server is.'),
  })
  .describe('What stands between tenants, and between them and the server.')
  .prefault({});

const days = (count: number) => count * 24 * 60 * 60 * 1000;

const retention = z
  .strictObject({
    logs: milliseconds.default(days(7)).describe('How long lines of functions are kept, in ms.'),
    invocations: milliseconds.default(days(7)).describe('How long asynchronous invocations are kept once they ended.'),
  })
  .prefault({});

const asynchronous = z
  .strictObject({
    concurrency: count
      .default(64)
      .describe('Asynchronous invocations that run at once. One tenant alone has half of them at most.'),
    maxAttempts: count.default(3).describe('How often one is begun that never ended, or could not be started.'),
    maxWaiting: count.default(10_000).describe('Asynchronous invocations of one tenant that may wait.'),
    maxResult: count.default(1024 * 1024).describe('Bytes of an answer that are kept, as JSON.'),
  })
  .prefault({});

const http = z
  .strictObject({
    maxHeaderSize: count.min(1024).default(16_384).describe('Bytes of the head of a request.'),
    maxConnections: count.default(10_000).describe('Connections at once; further ones are closed.'),
    headersTimeout: milliseconds.min(1).default(10_000).describe('ms in which the head of a request has to come.'),
    requestTimeout: milliseconds.default(300_000).describe('ms in which a request has to come; 0: no limit.'),
    keepAliveTimeout: milliseconds
      .min(1)
      .default(10_000)
      .describe('ms that a connection may wait for its next request.'),
    stallTimeout: milliseconds.min(1).default(30_000).describe('ms that a client may send or take nothing of a body.'),
  })
  .describe('Connections.')
  .prefault({});

const gateway = z
  .strictObject({
    paths: z
      .boolean()
      .default(true)
      .describe("Functions at `/fn/<tenant>/<name>` of every host that is no function's."),
    domain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
      .optional()
      .describe('Functions at `<name>.<tenant>.<domain>`. Nothing else is answered there.'),
    ownHosts: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "Hosts of the page, the administration and functions by path. Default: every host that is no function's.",
      ),
    domains: z
      .array(
        z.strictObject({
          host: hostName,
          tenant: functionName,
          function: functionName.optional().describe('Default: the first part of the path says which of the tenant.'),
          alias: functionName.optional().describe('The alias that is asked for.'),
        }),
      )
      .default([])
      .describe(
        'Hosts of tenants. Nothing but their functions is answered there. Further ones are given through the administration.',
      ),
    access: z
      .array(z.strictObject({ tenant: functionName, function: functionName.optional(), auth: callerAuth }))
      .default([])
      .describe(
        'Who may call functions: of one function, or of all of a tenant that have no rule of their own. Such rules go before those of the administration. Default: anybody.',
      ),
    issuers: z
      .array(z.string().min(1))
      .default(['*'])
      .describe(
        'Where keys may be fetched from for rules of the administration, which tenants may set: hosts, `*.host`, ranges of addresses, each with a port if it is not 80 or 443; `*`: every public address, by https.',
      ),
    maxBody: count.default(10 * 1024 * 1024).describe('Bytes of the body of a request to a function.'),
    trustProxy: z
      .boolean()
      .default(false)
      .describe('Believe `x-forwarded-for` and `x-forwarded-proto`: a proxy of yours sets them.'),
    serverTiming: z
      .boolean()
      .default(false)
      .describe('Answer with `server-timing`: what the invocation waited and computed.'),
  })
  .describe('Functions behind HTTP.')
  .prefault({});

const metrics = z
  .strictObject({
    public: z
      .boolean()
      .optional()
      .describe('Answer /metrics to everybody. Default: only where the server listens on loopback.'),
    maxFunctions: count.default(1000).describe('Functions with numbers of their own; the others are counted as one.'),
  })
  .prefault({});

const tls = z.strictObject({
  cert: z.string().describe('File with the certificate chain (PEM).'),
  key: z.string().describe('File with the private key (PEM).'),
});

/** All that can be configured. Times are ms and sizes bytes unless a name says otherwise. */
export const configSchema = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  port: z.number().int().min(0).max(65_535).default(8787).describe('Port to listen on; 0: any that is free.'),
  data: z.string().min(1).default('.isolet').describe('Folder for everything that is kept.'),
  adminToken: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token of the platform. Without one a token is made and printed at the first start.'),
  key: z
    .string()
    .min(16)
    .optional()
    .describe('Encrypts secrets at rest. Without one a key is made and kept in the data folder.'),
  maxVersions: count
    .default(100)
    .describe('Versions kept of each function, beside the one in force and those with an alias.'),
  idleFunctions: count.default(900_000).describe('How long a function that nobody asks for stays in memory, in ms.'),
  previousKeys: z
    .array(z.string().min(16))
    .default([])
    .describe('Keys that were used before: at the start, what they have sealed is sealed with `key`.'),
  drainTimeout: milliseconds.default(20_000).describe('How long requests may go on after SIGTERM, in ms.'),
  isolation,
  retention,
  async: asynchronous,
  metrics,
  http,
  gateway,
  tls: z
    .union([tls, z.array(tls).min(1)])
    .optional()
    .describe(
      'Serve HTTPS and HTTP/2 with this certificate, or with several, each for the names it has. Files that change are read again.',
    ),
  tiers: z
    .record(z.string(), tierSchema)
    .default({})
    .describe('Tiers by their names. `standard` is there without being named.'),
  defaultTier: z.string().default('standard').describe('Tier of tenants that have none.'),
});

/** What the server goes by once files and environment are read. */
export type Config = z.output<typeof configSchema>;
/** A configuration as people write it. */
export type ConfigInput = z.input<typeof configSchema>;
/** One tier with its defaults filled in. */
export type TierConfig = z.output<typeof tierSchema>;
