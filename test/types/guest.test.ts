import { Runtime } from 'isolet';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { readPage } from '../docs/blocks.ts';
import { problemsOf, programOf } from './support.ts';

const imports = "import type { Context, Env, FunctionHandler, Handler, Method, ScheduledEvent } from 'isolet/guest';\n";

describe('what authors write', () => {
  test('compiles: handlers, methods, functions', () => {
    expect(
      problemsOf(`${imports}
        interface MyEnv { KEY: string; kv: { get(key: string): Promise<string | undefined> } }
        export default {
          async fetch(request, env, ctx) {
            const { pathname, searchParams } = new URL(request.url);
            const form = await request.clone().formData();
            const file = form.get('file');
            if (file instanceof File) ctx.log.info(file.name, searchParams.get('q'));
            ctx.waitUntil(env.kv.get(pathname));
            request.signal.addEventListener('abort', () => {}, { once: true });
            return Response.json({ key: env.KEY, at: ctx.deadline, left: ctx.remainingTime() });
          },
          scheduled({ scheduledTime, cron }: ScheduledEvent, env, ctx) { return [new Date(scheduledTime), cron, env.KEY, ctx.tenantId]; },
          async add({ a, b }: { a: number; b: number }) { return a + b; },
        } satisfies Handler<MyEnv>;
        export const double: Method<Env, number, number> = (n) => n * 2;
        export const hello: FunctionHandler<{ name: string }, string> = (event, context: Context) =>
          \`hello \${event.name} from \${context.functionName} \${context.env['KEY']}\`;
      `),
    ).toEqual([]);
  });

  test('compiles: the names of the web', () => {
    expect(
      problemsOf(`
        import type {} from 'isolet/guest';
        const upstream = await fetch('https://example.com/', { method: 'POST', body: new URLSearchParams({ a: 'b' }), signal: AbortSignal.timeout(1000) });
        const lines = upstream.body!.pipeThrough(new DecompressionStream('gzip')).pipeThrough(new TextDecoderStream());
        for await (const line of lines) console.log(line.toUpperCase());
        const { readable, writable } = new TransformStream<string, Uint8Array>({ transform(chunk, c) { c.enqueue(new TextEncoder().encode(chunk)); } });
        const writer = writable.getWriter();
        await writer.write('x');
        const reader = readable.getReader();
        const { done, value } = await reader.read();
        if (!done) value.byteLength;
        const bytes = new ReadableStream({ type: 'bytes', pull(c) { c.byobRequest?.respond(1); c.enqueue(new Uint8Array(1)); } });
        (await bytes.getReader({ mode: 'byob' }).read(new Uint8Array(9))).value?.byteLength;
        const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
        const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, crypto.getRandomValues(new Uint8Array(4)));
        const jwk: string | undefined = (await crypto.subtle.exportKey('jwk', key.publicKey)).crv;
        const hmac = await crypto.subtle.importKey('raw', new TextEncoder().encode('k'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
        const id: string = crypto.randomUUID();
        const timer: number = setTimeout((a: string) => a, 5, 'x');
        clearTimeout(timer);
        await new Promise((resolve) => setTimeout(resolve, 5));
        await new Promise<void>((resolve) => setTimeout(resolve, 5));
        const pattern = new URLPattern({ pathname: '/:id' }).exec('https://a.test/5')?.pathname.groups['id'];
        addEventListener('unhandledrejection', (event) => { event.preventDefault(); event.promise; });
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => data;
        port2.postMessage({ a: 1 }, [new ArrayBuffer(1)]);
        try { atob('!'); } catch (error) { if (error instanceof DOMException) error.code === DOMException.INVALID_CHARACTER_ERR; }
        performance.measure('a', { start: performance.mark('b').startTime, duration: 1 });
        const { instance } = await WebAssembly.instantiate(new Uint8Array(8), { env: { f: () => 1 } });
        instance.exports['g'];
        self.navigator.userAgent;
        queueMicrotask(() => structuredClone(new Map([[1, new Blob(['x'], { type: 'a/b' }).stream()]])));
        const headers = new Headers([['a', 'b']]);
        for (const [name, text] of headers) name + text;
        headers.getSetCookie().length + btoa('x').length;
        export default { fetch: () => Response.redirect('https://a.test/', 302) };
      `),
    ).toEqual([]);
  });

  test('may say once for a project what env has', () => {
    expect(
      problemsOf(`${imports}
        declare module 'isolet/guest' { interface Env { KEY: string } }
        export default { fetch: (_, env) => new Response(env.KEY) } satisfies Handler;
      `),
    ).toEqual([]);
  });
});

describe('what guests do not have', () => {
  test('names of Node, of documents and of others', () => {
    const names =
      'process Buffer require module setImmediate __dirname global document window localStorage XMLHttpRequest WebSocket EventSource Worker caches Deno Bun gc BroadcastChannel alert'.split(
        ' ',
      );
    const source = ["import type {} from 'isolet/guest';", ...names.map((name, i) => `export const x${i} = ${name};`)];
    const found = problemsOf(source.join('\n'));
    expect(found.map((problem) => /Cannot find name '(\w+)'/.exec(problem)?.[1])).toEqual(names);
  });

  test('nor modules of Node', () => {
    expect(problemsOf("import { readFile } from 'node:fs';\nexport default readFile;")[0]).toMatch(
      /Cannot find module/,
    );
  });

  test.each([
    ['a handler that answers no Response', "{ fetch: () => 'text' }"],
    ['what env does not have', '{ fetch: (_, env) => new Response(env.NONE) }'],
    [
      'a method of the context that is none',
      '{ fetch: (_, __, ctx) => { ctx.passThroughOnException(); return new Response(); } }',
    ],
    ['what a URL does not have', '{ fetch: (request) => new Response(new URL(request.url).createObjectURL()) }'],
  ])('%s', (_, handler) => {
    expect(problemsOf(`${imports}export default ${handler} satisfies Handler;`)).not.toEqual([]);
  });
});

/** The globals that a page says there are with the option `web`. */
function documented(): string[] {
  const page = readPage('docs/guest-environment.md');
  const sections = page.split(/^### /m).filter((part) => /^With the option/.test(part));
  return sections
    .flatMap((part) => [...(part.split(/^## /m)[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    .filter((name) => !['web', 'streams', 'maxTimers'].includes(name));
}

/** Of globals that are functions the members of their prototypes and their own, and of objects those of objects. */
const membersInGuest = `(names) => names.map((name) => {
  const value = globalThis[name];
  const ofAll = new Set(['constructor', 'length', 'name', 'prototype', 'arguments', 'caller', ...Object.getOwnPropertyNames(Object.prototype)]);
  const own = (object) => Object.getOwnPropertyNames(object).filter((key) => !ofAll.has(key) && !key.startsWith('_'));
  if (typeof value !== 'function' || !value.prototype) return [name, [], []];
  return [name, own(value.prototype), own(value)];
})`;

describe('the types and a guest', () => {
  const names = documented();
  const { program, file } = programOf(`import type {} from 'isolet/guest';\nexport {};`);
  const checker = program.getTypeChecker();
  const globals = new Map(checker.getSymbolsInScope(file, ts.SymbolFlags.Value).map((symbol) => [symbol.name, symbol]));
  const typeOf = (name: string) => checker.getTypeOfSymbolAtLocation(globals.get(name) as ts.Symbol, file);

  test('have the same globals', () => {
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => !globals.has(name))).toEqual([]);
    const own = [...globals.values()].filter((symbol) =>
      symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.includes('/types/guest/')),
    );
    const language = new Set(['WebAssembly', 'console', 'queueMicrotask', 'structuredClone']);
    expect(own.map(({ name }) => name).filter((name) => !names.includes(name) && !language.has(name))).toEqual([]);
  });

  test('have the same members of each class', async () => {
    using runtime = new Runtime({ web: true });
    const list = runtime.eval(membersInGuest) as (names: string[]) => [string, string[], string[]][];
    const missing: string[] = [];
    const tooMany: string[] = [];
    for (const [name, ofPrototype, ofClass] of list(names)) {
      const type = typeOf(name);
      const prototype = type.getProperty('prototype');
      if (!prototype) continue;
      const instance = checker.getTypeOfSymbolAtLocation(prototype, file);
      for (const key of ofPrototype) if (!instance.getProperty(key)) missing.push(`${name}.prototype.${key}`);
      for (const key of ofClass) if (!type.getProperty(key)) missing.push(`${name}.${key}`);
      const inherited = new Set(
        instance
          .getProperties()
          .filter(({ flags }) => !(flags & ts.SymbolFlags.Optional))
          .map((key) => key.name)
          .filter((key) => !key.startsWith('__@')),
      );
      const check = `(keys) => keys.filter((key) => !(key in ${name}.prototype))`;
      tooMany.push(
        ...(runtime.eval(check) as (keys: string[]) => string[])([...inherited]).map((key) => `${name}.${key}`),
      );
    }
    expect(missing).toEqual([]);
    // Each event has that one itself.
    expect(tooMany.filter((key) => !key.endsWith('.isTrusted'))).toEqual([]);
  });
});
