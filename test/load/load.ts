import { type InvocationReport, invocationOf, ServerlessRuntime } from 'isolet';

/** What one kind of function does, and how its invocations have to end. */
interface Kind {
  name: string;
  code: (version: number) => string;
  limits?: { timeout?: number; memoryMb?: number };
  /** Part of all functions. */
  share: number;
  expected: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    name: 'good',
    code: (v) => `(event) => ({ n: event.n, v: ${v} })`,
    share: 8,
    expected: ['ok'],
  },
  {
    name: 'slow',
    code: (v) => `async (event) => { await pause(event.n % 40); await pause(5); return { n: event.n, v: ${v} }; }`,
    share: 5,
    expected: ['ok'],
  },
  {
    name: 'failing',
    code: () => '(event) => { if (event.n % 3 === 0) throw new RangeError("third"); return { n: event.n }; }',
    share: 3,
    expected: ['ok', 'error'],
  },
  {
    name: 'chatty',
    code: () =>
      'async (event, { log }) => { for (let i = 0; i < 50; i++) log("line", i); return { n: await echo(event.n) }; }',
    share: 2,
    expected: ['ok'],
  },
  {
    name: 'looping',
    code: () => '(event) => { if (event.n % 4 === 0) for (;;); return { n: event.n }; }',
    limits: { timeout: 60 },
    share: 1,
    // Those that share the runtime with one that loops run out of time as well.
    expected: ['ok', 'timeout'],
  },
  {
    name: 'hungry',
    code: () =>
      '(event) => { if (event.n % 4) return { n: event.n }; const all = []; for (;;) all.push(new Array(1000).fill({})); }',
    limits: { memoryMb: 6 },
    share: 1,
    expected: ['ok', 'heapLimit', 'terminated'],
  },
];

export interface LoadResult {
  started: number;
  answers: InvocationReport[];
  /** Refusals by error code: these never got a runtime. */
  refused: Record<string, number>;
  redeployed: number;
  problems: string[];
  serverless: ServerlessRuntime;
}

export interface LoadOptions {
  durationMs: number;
  /** It goes on after that until so many were answered and something was deployed again: a busy machine takes longer. */
  atLeast?: { answers: number; redeployed: number };
  tenants: number;
  functionsPerTenant: number;
  /** Invocations in flight. */
  clients: number;
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A row of numbers from 0 to 1 that is the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function kindOf(index: number): Kind {
  const slots = kinds.flatMap((kind) => Array<Kind>(kind.share).fill(kind));
  return slots[index % slots.length] as Kind;
}

/** Many clients call many tenants' functions of all kinds while some of them are deployed again. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const serverless = new ServerlessRuntime(
    { pause: delay, echo: async (value: unknown) => value },
    { pool: { maxRuntimes: 120, maxQueue: 200, queueTimeout: 20_000 }, drainTimeout: 5000 },
  );
  const heard = new Map<string, number>();
  serverless.on('invoke', ({ invocationId }) => heard.set(invocationId, (heard.get(invocationId) ?? 0) + 1));

  const functions = Array.from({ length: options.tenants * options.functionsPerTenant }, (_, i) => ({
    tenantId: `tenant-${Math.floor(i / options.functionsPerTenant)}`,
    name: `f${i % options.functionsPerTenant}`,
    kind: kindOf(i % options.functionsPerTenant),
    version: 1,
  }));
  const deploy = (fn: (typeof functions)[number]) =>
    serverless.deploy({ tenantId: fn.tenantId, name: fn.name, code: fn.kind.code(fn.version), ...fn.kind.limits });
  for (const fn of functions) await deploy(fn);

  const result: LoadResult = { started: 0, answers: [], refused: {}, redeployed: 0, problems: [], serverless };
  const end = performance.now() + options.durationMs;
  const { answers, redeployed } = options.atLeast ?? { answers: 0, redeployed: 0 };
  const goesOn = () => performance.now() < end || result.answers.length < answers || result.redeployed < redeployed;

  // Without the lines, which would be most of what this program holds.
  const keep = (report: InvocationReport) => result.answers.push({ ...report, logs: [] });

  const invoke = async (fn: (typeof functions)[number], n: number) => {
    const oldest = fn.version;
    try {
      const answer = await serverless.invoke<{ n: number; v?: number }>(
        fn.tenantId,
        fn.name,
        { n },
        { detailed: true },
      );
      keep(answer);
      if (answer.value.n !== n) result.problems.push(`${fn.kind.name}: asked ${n}, got ${answer.value.n}`);
      if (answer.value.v !== undefined && answer.value.v < oldest) result.problems.push('an old version answered');
      if (!fn.kind.expected.includes('ok')) result.problems.push(`${fn.kind.name} succeeded`);
    } catch (error) {
      const report = invocationOf(error);
      if (!report) {
        const code = String((error as { code?: unknown }).code);
        result.refused[code] = (result.refused[code] ?? 0) + 1;
        return;
      }
      keep(report);
      if (!fn.kind.expected.includes(report.outcome)) {
        result.problems.push(`${fn.kind.name}: ${report.outcome}: ${(error as Error).message}`);
      }
    }
  };

  const client = async (seed: number) => {
    const random = numbers(seed);
    for (let n = seed; goesOn(); n += options.clients) {
      result.started++;
      // Some functions are called far more often than others, as in life.
      const index = Math.floor(random() ** 3 * functions.length);
      await invoke(functions[(index * 7) % functions.length] as (typeof functions)[number], n);
    }
  };
  const redeployer = async () => {
    for (let i = 0; goesOn(); i++) {
      await delay(15);
      const fn = functions[(i * 31) % functions.length] as (typeof functions)[number];
      await deploy({ ...fn, version: fn.version + 1 });
      // Counted up once it is active: from now on no older one may answer.
      fn.version++;
      result.redeployed++;
    }
  };
  await Promise.all([...Array.from({ length: options.clients }, (_, i) => client(i)), redeployer()]);

  for (const [id, times] of heard) if (times !== 1) result.problems.push(`${id} was answered ${times} times`);
  if (heard.size !== result.answers.length)
    result.problems.push(`${heard.size} events, ${result.answers.length} answers`);
  return result;
}

/** Differences between what the books say and the sum of the answers. */
export function auditUsage({ serverless, answers, started, refused }: LoadResult): string[] {
  const problems: string[] = [];
  const compare = (what: string, a: number, b: number) => {
    if (a !== b) problems.push(`${what}: ${a} in the books, ${b} in the answers`);
  };
  const refusals = Object.values(refused).reduce((a, b) => a + b, 0);
  compare('accepted', started, answers.length + refusals);
  for (const [tenantId, usage] of Object.entries(serverless.usage())) {
    const own = answers.filter((report) => report.tenantId === tenantId);
    const micros = (pick: (report: InvocationReport) => number) =>
      own.reduce((sum, report) => sum + Math.round(pick(report) * 1000), 0);
    const { invocation } = usage.work;
    compare(`${tenantId} invocations`, usage.invocations, own.length);
    compare(
      `${tenantId} cpu`,
      Math.round(invocation.cpuMs * 1000),
      micros((report) => report.cpuMs),
    );
    compare(
      `${tenantId} duration`,
      Math.round(invocation.durationMs * 1000),
      micros((report) => report.durationMs),
    );
    const memory = own.reduce((sum, report) => sum + Math.round(report.gbMs * 1024_000), 0);
    compare(`${tenantId} memory`, Math.round(invocation.gbMs * 1024_000), memory);
  }
  return problems;
}
