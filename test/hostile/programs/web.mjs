import { group } from '../define.mjs';

const BOTH = ['evalAsync', 'eval'];
const GROWS = ['heap_limit', 'terminated', 'timeout', 'javascript'];
const ENDS = ['timeout', 'heap_limit', 'terminated', 'javascript', 'value'];
const zip = (format) => `new CompressionStream('${format}')`;
const unzip = (format) => `new DecompressionStream('${format}')`;
const drain = 'async (stream) => { let n = 0; for await (const chunk of stream) n += chunk.byteLength; return n; }';
const zeros = 'new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); } })';

/** Every class and function of the web that a guest has, by name. */
const NAMES = `(() => { const plain = new Set(['undefined', 'globalThis', 'NaN', 'Infinity']); return Object.getOwnPropertyNames(globalThis).filter((name) => !plain.has(name) && /^(URL|Text|Event|Custom|Error[E]|Message|Promise[R]|Abort|DOM|Blob|File|Form|Head|Requ|Resp|Readable|Writable|Transform|ByteL|Count|Compr|Decompr|Crypto|Subtle|Perf|Close|Progress)/.test(name)); })()`;
/** What an instance of each class is made of, where it can be made. */
const SAMPLES = `const samples = [() => new URL('https://a.b/c?d'), () => new URLSearchParams('a=b'), () => new URLPattern({ pathname: '/:a' }), () => new TextEncoder(), () => new TextDecoder(), () => new TextEncoderStream(), () => new TextDecoderStream(), () => new Event('a'), () => new CustomEvent('a'), () => new EventTarget(), () => new AbortController(), () => AbortSignal.abort(), () => new DOMException('a'), () => new Blob(['a']), () => new File(['a'], 'b'), () => new FormData(), () => new Headers({ a: 'b' }), () => new Request('https://a/'), () => new Response('a'), () => new ReadableStream(), () => new WritableStream(), () => new TransformStream(), () => new CompressionStream('gzip'), () => new DecompressionStream('gzip'), () => new MessageChannel().port1, () => crypto, () => crypto.subtle, () => performance, () => performance.mark('a'), () => navigator].flatMap((make) => { try { return [make()]; } catch { return []; } });`;

/** Names made on first use, by code that runs among what the guest has done to the language. */
const touched = (before) => `${before}; { let n = 0; for (const name of ['URL', 'URLSearchParams', 'URLPattern', 'TextEncoder', 'TextDecoder', 'Event', 'EventTarget', 'AbortController', 'AbortSignal', 'DOMException', 'Blob', 'File', 'FormData', 'Headers', 'Request', 'Response', 'ReadableStream', 'CompressionStream', 'MessageChannel', 'crypto', 'performance', 'navigator', 'atob', 'btoa', 'structuredClone']) { try { if (globalThis[name]) n++; } catch {} }
  const tries = [() => new URL('https://a.b/c').href, () => new URLSearchParams({ a: 'b' }).toString(), () => new TextEncoder().encode('hé'), () => new TextDecoder('shift_jis').decode(new Uint8Array([1, 130, 160])), () => new EventTarget().dispatchEvent(new Event('a')), () => new AbortController().abort(), () => AbortSignal.any([AbortSignal.abort()]), () => new Headers([['a', 'b']]).get('a'), () => new Request('https://a/', { method: 'POST', body: 'x' }).text(), () => new Response(new Blob(['a'])).arrayBuffer(), () => new FormData().append('a', new File(['x'], 'y')), () => crypto.randomUUID(), () => crypto.subtle.digest('SHA-1', new Uint8Array(1)), () => btoa(atob('aaaa')), () => performance.measure('a'), () => structuredClone(new Blob(['a'])), () => new MessageChannel().port1.postMessage(1), () => new Response(new ReadableStream()).clone(), () => fetch('https://a/').catch(() => {})];
  for (let i = 0; i < tries.length; i++) { try { tries[i](); } catch {} } } 1`;
const everyMethod = (owner, body) => `{ const keys = Reflect.ownKeys(${owner}); for (let i = 0; i < keys.length; i++) { const k = keys[i]; try { if (typeof ${owner}[k] === 'function' && k !== 'constructor') ${owner}[k] = ${body}; } catch {} } }`;

const requests = [
  { name: 'flood of Requests', entry: ['evalAsync', 'eval', 'callAsync'], expect: GROWS, code: "const all = []; for (;;) all.push(new Request('https://a.b/c', { method: 'POST', body: 'x'.repeat(1000) }))" },
  { name: 'flood of Responses', entry: ['evalAsync', 'invoke'], expect: GROWS, code: "const all = []; for (;;) all.push(new Response(new Uint8Array(10000)))" },
  { name: 'Requests made of Requests', expect: GROWS, code: "let r = new Request('https://a/', { method: 'POST', body: 'x' }); for (;;) r = new Request(r, { headers: r.headers })" },
  { name: 'clone of an endless body, read on one side', expect: GROWS, limits: { timeout: 3000 }, code: `const r = new Response(${zeros}); const other = r.clone(); globalThis.other = other; (${drain})(r.body)` },
  { name: 'clones of clones', expect: GROWS, limits: { timeout: 2000 }, code: `let r = new Response(${zeros}); const all = []; for (let i = 0; i < 5000; i++) { all.push(r); r = r.clone(); } (${drain})(r.body)` },
  { name: 'text of an endless body', expect: GROWS, limits: { timeout: 3000 }, code: "new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536).fill(65)); } })).text()" },
  { name: 'json of an endless body of little pieces', expect: GROWS, code: "new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array([91])); } })).json()" },
  { name: 'body that is never ready', expect: ['timeout'], code: "new Response(new ReadableStream({ pull() { return new Promise(() => {}); } })).arrayBuffer()" },
  { name: 'body whose buffer is taken away', entry: BOTH, code: "const b = new Uint8Array(1e6); const r = new Response(b); structuredClone(b.buffer, { transfer: [b.buffer] }); const s = new Response(new ReadableStream({ start(c) { c.enqueue(b); c.close(); } })); Promise.all([r.text(), s.text()]).then((t) => t.map((x) => x.length))" },
  { name: 'bad chunks', code: "Promise.allSettled([1, null, 'x', {}, [], new ArrayBuffer(8), new Proxy(new Uint8Array(1), {}), new DataView(new ArrayBuffer(1))].map((v) => new Response(new ReadableStream({ start(c) { c.enqueue(v); c.close(); } })).text())).then((all) => all.map((one) => one.status))" },
  { name: 'init full of getters', expect: ['timeout'], code: "new Request('https://a/', new Proxy({}, { get(_, k) { for (;;); } }))" },
  { name: 'multipart of nothing but boundaries', limits: { timeout: 1000 }, code: "new Response('--a\\r\\n'.repeat(1e6), { headers: { 'content-type': 'multipart/form-data; boundary=a' } }).formData().then((f) => [...f].length)" },
  { name: 'multipart of a million headers', limits: { timeout: 1000 }, code: "new Response('--a\\r\\n' + 'x: y\\r\\n'.repeat(1e6) + '\\r\\n\\r\\n--a--', { headers: { 'content-type': 'multipart/form-data; boundary=a' } }).formData().then((f) => [...f].length)" },
  { name: 'multipart of a hundred thousand parts', expect: ENDS, limits: { timeout: 2000 }, code: "new Response('--a\\r\\nContent-Disposition: form-data; name=\"x\"\\r\\n\\r\\ny\\r\\n'.repeat(1e5) + '--a--', { headers: { 'content-type': 'multipart/form-data; boundary=a' } }).formData().then((f) => [...f].length)" },
  { name: 'content type of a million parameters', limits: { timeout: 1000 }, code: "new Response('a', { headers: { 'content-type': 'text/plain' + '; a=\"b'.repeat(1e6) } }).blob().then((b) => b.type.length)" },
];

const headers = [
  { name: 'header flood', entry: BOTH, expect: GROWS, code: "const h = new Headers(); for (let i = 0; ; i++) h.append('x-' + i, 'v'.repeat(100))" },
  { name: 'one header for ever', expect: GROWS, code: "const h = new Headers(); for (;;) h.append('a', 'x'.repeat(1000))" },
  { name: 'get after each append', expect: ENDS, code: "const h = new Headers(); for (let i = 0; i < 1e5; i++) { h.append('a', 'x'.repeat(100)); h.get('a'); }" },
  { name: 'headers sorted again for each step', expect: ENDS, code: "const h = new Headers(); for (let i = 0; i < 1e5; i++) h.append('k' + i, 'x'); for (const [k] of h) h.append('z' + k, 'x'); 1" },
  { name: 'headers out of an endless iterable', expect: GROWS, code: "new Headers((function* () { for (let i = 0; ; i++) yield ['a' + i, 'b']; })())" },
  { name: 'headers out of a proxy', expect: ENDS, code: "new Headers(new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ value: 'x', enumerable: true, configurable: true }), get: (_, k) => k === Symbol.iterator ? undefined : 'x' }))" },
  { name: 'header value of 200 MB', entry: BOTH, expect: ENDS, code: "new Headers({ a: 'x'.repeat(2e8) }).get('a').length" },
  { name: 'header value of blanks', code: "new Headers({ a: ' '.repeat(5e6) + 'b' + ' '.repeat(5e6) }).get('a').length" },
];

const urls = [
  { name: 'flood of URLs', expect: GROWS, code: "const all = []; for (;;) { const u = new URL('https://a.b/' + all.length); u.searchParams.append('x', 'y'); all.push(u); }" },
  { name: 'URL of 100 MB', entry: BOTH, expect: ENDS, code: "new URL('https://a/' + 'é'.repeat(5e7)).href.length" },
  { name: 'URLs as long as may be', expect: ['timeout', 'javascript'], code: "const long = 'é'.repeat(1e6); for (;;) { try { new URL('https://a/' + long); } catch {} }" },
  { name: 'host of 30,000 ideographs', entry: BOTH, code: "let s = ''; for (let i = 0; i < 30000; i++) s += String.fromCodePoint(0x4e00 + i % 20000); [URL.canParse('https://' + s + '/')]" },
  { name: 'host of 30,000 labels', entry: BOTH, code: "[URL.canParse('https://' + 'é.'.repeat(30000) + 'com/')]" },
  { name: 'hosts of ideographs for ever', expect: ['timeout'], code: "let s = ''; for (let i = 0; i < 1000; i++) s += String.fromCodePoint(0x4e00 + i); for (;;) { try { new URL('https://' + s + '/'); } catch {} }" },
  { name: 'host by setters', expect: ['timeout'], code: "const u = new URL('https://a/'); const s = 'é.'.repeat(30000); for (;;) { u.host = s; u.hostname = s; u.href = 'https://a/'; }" },
  { name: 'base with a hostile host', code: "[URL.canParse('//' + 'ä'.repeat(30000), 'https://' + 'ö.'.repeat(30000))]" },
  { name: 'pathname that grows', expect: ENDS, code: "const u = new URL('https://a/'); for (;;) u.pathname += '/é'.repeat(1000)" },
  { name: 'a million dots', code: "new URL('https://a/' + 'a/../'.repeat(2e5)).href.length" },
  { name: 'search parameters for ever', expect: GROWS, code: "const p = new URL('https://a/').searchParams; for (;;) p.append('a', 'b'.repeat(100))" },
  { name: 'a URL that is written anew with each parameter', expect: ENDS, code: "const u = new URL('https://a/'); for (let i = 0; i < 1e5; i++) u.searchParams.append('key' + i, 'value'); u.href.length" },
  { name: 'parameters that grow while they are walked', expect: GROWS, code: "const p = new URLSearchParams('a=b'); for (const [k] of p) p.append(k + 'x', 'y')" },
  { name: 'fifty million ampersands', expect: ENDS, code: "new URLSearchParams('a&'.repeat(2.5e7)).size" },
  { name: 'sort of a million parameters', expect: ENDS, limits: { timeout: 1000 }, code: "const p = new URLSearchParams(); for (let i = 0; i < 3e5; i++) p.append('k' + (i * 7919) % 300007, ''); p.sort(); p.size" },
  { name: 'catastrophic URLPattern', entry: BOTH, expect: ['timeout', 'value', 'javascript'], code: "new URLPattern({ pathname: '/((?:a+)+)b' }).test({ pathname: '/' + 'a'.repeat(60) })" },
  { name: 'URLPattern of wildcards', expect: ENDS, code: "new URLPattern({ pathname: '*a'.repeat(25) + 'b' }).test({ pathname: '/' + 'a'.repeat(5000) })" },
  { name: 'URLPattern of a million groups', expect: ENDS, limits: { timeout: 1000 }, code: "new URLPattern({ pathname: '/:a'.repeat(1e6) })" },
  { name: 'URLPattern of open braces', expect: ENDS, code: "new URLPattern('https://a/' + '{'.repeat(1e6))" },
];

const encodings = [
  { name: 'encode 500 MB', entry: BOTH, expect: ENDS, code: "new TextEncoder().encode('é'.repeat(2.5e8)).length" },
  { name: 'encode for ever', expect: GROWS, code: "const all = []; const e = new TextEncoder(); const s = 'ä'.repeat(10000); for (;;) all.push(e.encode(s))" },
  { name: 'encode ropes', expect: ['timeout'], code: "const e = new TextEncoder(); let s = 'abcdefghijklmnop'; while (s.length < 1e6) s += s; for (let i = 0; ; i++) e.encode(s + i)" },
  { name: 'decode a detached buffer', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1e6); const v = new Uint8Array(b); structuredClone(b, { transfer: [b] }); [new TextDecoder().decode(v).length, new TextDecoder().decode(b).length]" },
  { name: 'decode a buffer that shrinks meanwhile', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1e6, { maxByteLength: 2e6 }); const v = new Uint8Array(b); new TextDecoder().decode(v, { get stream() { b.resize(0); return true; } }).length" },
  { name: 'decode a buffer that is taken away meanwhile', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1e6); new TextDecoder('utf-16le').decode(new Uint8Array(b, 1, 99), { get stream() { structuredClone(b, { transfer: [b] }); return true; } }).length" },
  { name: 'encodeInto a buffer that the text takes away', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1000); const v = new Uint8Array(b); new TextEncoder().encodeInto({ toString() { structuredClone(b, { transfer: [b] }); return 'x'.repeat(5000); } }, v)" },
  { name: 'encodeInto a buffer that shrinks', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1e6, { maxByteLength: 1e6 }); const v = new Uint8Array(b, 1000); new TextEncoder().encodeInto({ toString() { b.resize(10); return 'é'.repeat(5000); } }, v)" },
  { name: 'decode a growing shared buffer', expect: ['value', 'javascript'], code: "const b = new SharedArrayBuffer(1000, { maxByteLength: 1e6 }); new TextDecoder().decode(new Uint8Array(b), { get stream() { b.grow(1e6); return true; } }).length" },
  { name: 'every label', limits: { timeout: 3000 }, expect: ENDS, code: "const labels = ['utf-8', 'ibm866', 'koi8-r', 'macintosh', 'windows-1252', 'x-mac-cyrillic', 'gbk', 'gb18030', 'big5', 'euc-jp', 'iso-2022-jp', 'shift_jis', 'euc-kr', 'utf-16be', 'utf-16le', 'x-user-defined', 'replacement']; const bytes = new Uint8Array(1e5).map((_, i) => i * 7); let n = 0; for (const l of labels) { try { n += new TextDecoder(l).decode(bytes).length; } catch {} } n" },
  { name: 'a decoder of pieces for ever', expect: GROWS, code: "const d = new TextDecoder(); const v = new Uint8Array(1000).fill(0xf0); let s = ''; for (;;) s += d.decode(v, { stream: true })" },
  { name: 'atob of 200 MB', entry: BOTH, expect: ENDS, code: "atob('aaaa'.repeat(5e7)).length" },
  { name: 'btoa of 200 MB', expect: ENDS, code: "btoa('a'.repeat(2e8)).length" },
  { name: 'atob of blanks', expect: ENDS, code: "atob(' '.repeat(5e7)).length" },
  { name: 'atob for ever', expect: ['timeout'], code: "const s = 'aGVsbG8h'.repeat(10000); for (;;) { atob(s); btoa(s); }" },
];

const cryptos = [
  { name: 'getRandomValues for ever', entry: ['evalAsync', 'eval', 'callAsync'], expect: ['timeout'], code: "const v = new Uint8Array(65536); for (;;) crypto.getRandomValues(v)" },
  { name: 'getRandomValues of odd views', entry: BOTH, expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1000, { maxByteLength: 1000 }); const v = new Uint32Array(b); b.resize(6); const d = new Uint8Array(8); structuredClone(d.buffer, { transfer: [d.buffer] }); const out = []; for (const x of [v, d, new Float64Array(1), new DataView(new ArrayBuffer(1)), new Uint8Array(new SharedArrayBuffer(8)), new BigInt64Array(2)]) { try { crypto.getRandomValues(x); out.push(1); } catch { out.push(0); } } out" },
  { name: 'randomUUID for ever', expect: GROWS, code: "const all = []; for (;;) all.push(crypto.randomUUID())" },
  { name: 'digests that nobody waits for', entry: ['evalAsync', 'callAsync'], expect: GROWS, code: "const v = new Uint8Array(1e6); for (;;) crypto.subtle.digest('SHA-512', v)" },
  { name: 'digests without end', expect: ['timeout', ...GROWS], code: "(async () => { const v = new Uint8Array(5e6); for (;;) await crypto.subtle.digest('SHA-256', v); })()" },
  { name: 'PBKDF2 of 2^31 iterations', entry: ['evalAsync', 'invoke'], expect: ['timeout', 'javascript'], code: "crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']).then((k) => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: 2 ** 31 - 1 }, k, 256))" },
  { name: 'a thousand PBKDF2', expect: ENDS, code: "crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']).then((k) => Promise.all(Array.from({ length: 1000 }, () => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: 1e6 }, k, 256))))" },
  { name: 'PBKDF2 of very many bits', expect: ENDS, code: "crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']).then((k) => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(8), iterations: 1 }, k, 2 ** 32 - 8))" },
  { name: 'RSA keys of 16384 bits', expect: ENDS, code: "Promise.all(Array.from({ length: 20 }, () => crypto.subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['encrypt', 'decrypt'])))" },
  { name: 'RSA keys with odd exponents', expect: ENDS, code: "Promise.allSettled([[0], [1], [2], [255, 255, 255, 255, 255, 255, 255, 255], []].map((e) => crypto.subtle.generateKey({ name: 'RSA-PSS', modulusLength: 512, publicExponent: new Uint8Array(e), hash: 'SHA-256' }, true, ['sign', 'verify']))).then((all) => all.length)" },
  { name: 'a hundred thousand keys', expect: ENDS, limits: { timeout: 1500 }, code: "(async () => { const all = []; for (let i = 0; i < 1e5; i++) all.push(await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', true, ['encrypt'])); return all.length; })()" },
  { name: 'keys that nobody waits for', expect: GROWS, code: "for (;;) crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-521' }, true, ['sign'])" },
  { name: 'key data that loops', expect: ['timeout'], code: "crypto.subtle.importKey('jwk', new Proxy({}, { get() { for (;;); } }), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])" },
  { name: 'data that is taken away meanwhile', expect: ['value', 'javascript'], code: "(async () => { const k = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']); const data = new Uint8Array(1e5); const iv = new Uint8Array(12); const p = crypto.subtle.encrypt({ name: 'AES-GCM', iv, get additionalData() { structuredClone(data.buffer, { transfer: [data.buffer] }); return iv; } }, k, data).catch((e) => e.name); await p; return 1; })()" },
  { name: 'a key that is no key', entry: BOTH, expect: ['value', 'javascript'], code: "Promise.allSettled([{}, Object.create(CryptoKey.prototype), new Proxy({}, {}), null, Symbol()].flatMap((k) => [crypto.subtle.sign('HMAC', k, new Uint8Array(1)), crypto.subtle.exportKey('raw', k)])).then((all) => all.every((one) => one.status === 'rejected'))" },
];

const compressions = [
  ...['gzip', 'deflate-raw'].map((format) => ({ name: `zip bomb: ${format}`, expect: GROWS, limits: { timeout: 4000 }, code: `(async () => { const all = []; for await (const chunk of ${zeros}.pipeThrough(${zip(format)}).pipeThrough(${unzip(format)})) all.push(chunk); })()` })),
  { name: 'zip bomb as a text', expect: GROWS, limits: { timeout: 4000 }, code: `(async () => { const one = await new Response(new Blob([new Uint8Array(4e6)]).stream().pipeThrough(${zip('gzip')})).arrayBuffer(); const all = []; for (;;) all.push(await new Response(new Blob([one]).stream().pipeThrough(${unzip('gzip')})).text()); })()` },
  { name: 'one chunk that becomes very large', expect: ENDS, limits: { timeout: 4000 }, code: `(async () => { const z = ${zip('deflate')}; const zipped = new Response(z.readable).bytes?.() ?? new Response(z.readable).arrayBuffer(); const w = z.writable.getWriter(); for (let i = 0; i < 400; i++) await w.write(new Uint8Array(1e6)); await w.close(); return (await new Response(new Blob([await zipped]).stream().pipeThrough(${unzip('deflate')})).arrayBuffer()).byteLength; })()` },
  { name: 'ten thousand compressors', expect: ENDS, limits: { timeout: 1500 }, code: `const all = []; for (let i = 0; i < 10000; i++) { const z = ${zip('gzip')}; const w = z.writable.getWriter(); w.write(new Uint8Array(1)).catch(() => {}); all.push(z, w); } all.length` },
  { name: 'many compressors of the largest kind', expect: ENDS, limits: { timeout: 1500 }, code: "const all = []; for (const format of ['brotli', 'zstd', 'gzip']) for (let i = 0; i < 500; i++) { try { const z = new CompressionStream(format); const w = z.writable.getWriter(); w.write(new Uint8Array(100)).catch(() => {}); all.push(z, w); } catch {} } all.length" },
  { name: 'rubbish to unpack', expect: ['value', 'javascript', 'timeout'], code: "Promise.allSettled(['gzip', 'deflate', 'deflate-raw', 'brotli', 'zstd'].flatMap((format) => Array.from({ length: 20 }, (_, i) => new Response(new Blob([new Uint8Array(1000).map((_, j) => i * j * 31)]).stream().pipeThrough(new DecompressionStream(format))).arrayBuffer().catch(() => 0)).flatMap((p) => [p]))).then((all) => all.length).catch(() => 0)" },
  { name: 'compress a buffer that is taken away', expect: ['value', 'javascript'], code: `(async () => { const z = ${zip('gzip')}; const w = z.writable.getWriter(); const v = new Uint8Array(1e6); const p = w.write(v).catch(() => {}); structuredClone(v.buffer, { transfer: [v.buffer] }); const out = new Response(z.readable).arrayBuffer(); await p; await w.close().catch(() => {}); return (await out.catch(() => new ArrayBuffer(0))).byteLength > 0; })()` },
  { name: 'compress for ever', expect: ['timeout'], code: `(${drain})(${zeros}.pipeThrough(${zip('gzip')}))` },
];

const streams = [
  { name: 'tee with one slow reader', expect: GROWS, limits: { timeout: 4000 }, code: `const [a, b] = ${zeros}.tee(); globalThis.slow = b.getReader(); slow.read(); (${drain})(a)` },
  { name: 'tee of tee of tee', expect: ENDS, code: `let s = ${zeros}; for (let i = 0; i < 1e5; i++) s = s.tee()[0]; s.getReader().read().then(() => 1)` },
  { name: 'aborted pipes', entry: BOTH, expect: GROWS, code: "for (;;) { const c = new AbortController(); new ReadableStream({ pull() { return new Promise(() => {}); } }).pipeTo(new WritableStream(), { signal: c.signal }).catch(() => {}); c.abort(); }" },
  { name: 'one signal for very many pipes', expect: GROWS, code: "const c = new AbortController(); for (;;) new ReadableStream({ pull() { return new Promise(() => {}); } }).pipeTo(new WritableStream(), { signal: c.signal }).catch(() => {})" },
  { name: 'read into a buffer that shrinks', expect: ['value', 'javascript', 'timeout'], code: "(async () => { const b = new ArrayBuffer(1000, { maxByteLength: 1000 }); const s = new ReadableStream({ type: 'bytes', pull(c) { const v = c.byobRequest?.view; if (v) { try { b.resize(1); } catch {} c.byobRequest.respond(Math.min(5, v.byteLength)); } else c.close(); } }); const r = s.getReader({ mode: 'byob' }); return (await r.read(new Uint8Array(b)).catch(() => ({ value: null }))).value?.length ?? 0; })()" },
  { name: 'WebAssembly out of an endless stream', expect: ENDS, limits: { timeout: 2000 }, code: `WebAssembly.compileStreaming(new Response(${zeros}, { headers: { 'content-type': 'application/wasm' } }))` },
];

const blobs = [
  { name: 'Blob that doubles', expect: ENDS, code: "let b = new Blob(['x'.repeat(1e6)]); for (let i = 0; i < 60; i++) b = new Blob([b, b]); b.text().then((t) => t.length)" },
  { name: 'Blob that doubles, read as a stream', expect: ENDS, code: `let b = new Blob(['x'.repeat(1e5)]); for (let i = 0; i < 40; i++) b = new Blob([b, b]); (${drain})(b.stream())` },
  { name: 'slices of slices', expect: ENDS, limits: { timeout: 1000 }, code: "let b = new Blob(['x'.repeat(1e6)]); for (let i = 0; i < 1e5; i++) b = b.slice(1); b.text().then((t) => t.length)" },
  { name: 'Blob of an endless list', expect: GROWS, code: "new Blob((function* () { for (;;) yield 'x'.repeat(1000); })())" },
  { name: 'Blob of very many parts', expect: ENDS, code: "const part = new Uint8Array(1e6); new Blob(Array.from({ length: 10000 }, () => part)).size" },
  { name: 'parts that change while they are read', expect: ['value', 'javascript'], code: "const b = new ArrayBuffer(1e6); const parts = [new Uint8Array(b), { toString() { structuredClone(b, { transfer: [b] }); return 'x'; } }, new Uint8Array(b)]; new Blob(parts).size" },
  { name: 'FormData bomb', expect: ENDS, limits: { timeout: 2000 }, code: "const f = new FormData(); const b = new Blob(['x'.repeat(1e6)]); for (let i = 0; i < 10000; i++) f.append('k' + i, b); new Response(f).text().then((t) => t.length)" },
  { name: 'FormData for ever', expect: GROWS, code: "const f = new FormData(); for (let i = 0; ; i++) f.append('k' + i, 'v')" },
  { name: 'FormData that grows while it is walked', expect: GROWS, code: "const f = new FormData(); f.append('a', 'b'); for (const [k] of f) f.append(k + 'x', 'y')" },
  { name: 'names with a million line ends', expect: ENDS, code: "const f = new FormData(); f.append('\\n\"\\r'.repeat(1e6), new File(['x'], '\\n\"'.repeat(1e6))); new Response(f).text().then((t) => t.length)" },
];

const events = [
  { name: 'listeners that throw for ever', entry: BOTH, expect: ['timeout', ...GROWS], code: "const t = new EventTarget(); t.addEventListener('a', () => { throw new Error('x'.repeat(1000)); }); for (;;) t.dispatchEvent(new Event('a'))" },
  { name: 'listeners that dispatch again', entry: BOTH, expect: ENDS, code: "const t = new EventTarget(); t.addEventListener('a', () => t.dispatchEvent(new Event('a'))); t.dispatchEvent(new Event('a')); 1" },
  { name: 'listeners that add listeners', expect: ENDS, code: "const t = new EventTarget(); const add = () => t.addEventListener('a', () => { add(); add(); }); add(); for (;;) t.dispatchEvent(new Event('a'))" },
  { name: 'a million listeners', expect: ENDS, limits: { timeout: 1000 }, code: "for (let i = 0; i < 1e6; i++) addEventListener('a', () => {}); dispatchEvent(new Event('a'))" },
  { name: 'onerror that throws', entry: ['evalAsync', 'eval', 'callAsync'], expect: ENDS, code: "globalThis.onerror = () => { throw new Error('again'); }; addEventListener('error', () => { reportError(new Error('more')); }); reportError(new Error('first')); 1" },
  { name: 'rejections that reject again', expect: ENDS, code: "addEventListener('unhandledrejection', () => { Promise.reject(new Error('again')); Promise.reject(new Error('more')); }); Promise.reject(new Error('first')); new Promise(() => {})" },
  { name: 'signals of signals', expect: GROWS, code: "let s = new AbortController().signal; const all = []; for (;;) { s = AbortSignal.any([s, s]); all.push(s); s.addEventListener('abort', () => {}); }" },
  { name: 'one signal for very many', expect: GROWS, code: "const { signal } = new AbortController(); for (;;) AbortSignal.any([signal]).onabort = () => {}" },
  { name: 'abort of a long chain', expect: ENDS, limits: { timeout: 1000 }, code: "const c = new AbortController(); let s = c.signal; const all = []; for (let i = 0; i < 20000; i++) { s = AbortSignal.any([s]); all.push(s); } c.abort(); all.every((one) => one.aborted)" },
  { name: 'abort that aborts', expect: ENDS, code: "const abort = () => { const c = new AbortController(); c.signal.addEventListener('abort', abort); c.abort(); }; abort(); 1" },
  { name: 'AbortSignal.timeout for ever', expect: GROWS, code: "const all = []; for (;;) all.push(AbortSignal.timeout(1e6))" },
  { name: 'events that hold very much', expect: GROWS, code: "const all = []; for (;;) all.push(new CustomEvent('a', { detail: new Array(1000).fill(1) }))" },
  { name: 'handleEvent by getters', expect: ['timeout'], code: "const t = new EventTarget(); t.addEventListener('a', { get handleEvent() { for (;;); } }); t.dispatchEvent(new Event('a'))" },
];

const clocks = [
  { name: 'marks for ever', entry: BOTH, expect: ENDS, code: "for (let i = 0; ; i++) performance.mark('m' + i, { detail: { i } })" },
  { name: 'measures of a million marks', expect: ENDS, code: "for (let i = 0; i < 2e4; i++) performance.mark('a' + i); for (let i = 0; ; i++) { try { performance.measure('m', 'a0', 'a19999'); performance.getEntriesByName('a' + i % 20000); } catch {} }" },
  { name: 'observers that mark', expect: ENDS, code: "const o = new PerformanceObserver(() => { performance.mark('again'); }); o.observe({ entryTypes: ['mark'] }); performance.mark('first'); new Promise(() => {})" },
  { name: 'now for ever', expect: ['timeout'], code: "for (;;) performance.now()" },
];

const messages = [
  { name: 'ping-pong for ever', entry: ['evalAsync', 'callAsync'], expect: ['timeout'], code: "const { port1, port2 } = new MessageChannel(); port1.onmessage = () => port1.postMessage(1); port2.onmessage = () => port2.postMessage(1); port1.postMessage(1); new Promise(() => {})" },
  { name: 'ping-pong that nobody waits for', expect: ['value'], code: "const { port1, port2 } = new MessageChannel(); globalThis.ports = [port1, port2]; port1.onmessage = () => port1.postMessage(1); port2.onmessage = () => port2.postMessage(1); port1.postMessage(1); 1" },
  { name: 'messages that nobody reads', expect: GROWS, code: "const { port1 } = new MessageChannel(); for (;;) port1.postMessage(new Array(1000).fill('x'))" },
  { name: 'ports for ever', expect: GROWS, code: "const all = []; for (;;) all.push(new MessageChannel())" },
  { name: 'a port in itself', entry: BOTH, expect: ENDS, code: "const { port1, port2 } = new MessageChannel(); const out = []; for (const f of [() => port1.postMessage(port1, [port1]), () => port1.postMessage(port2, [port2]), () => port1.postMessage(1, [port2, port2]), () => structuredClone(port1, { transfer: [port1] })]) { try { f(); out.push(1); } catch (e) { out.push(e.name); } } out" },
  { name: 'ports in ports in ports', expect: GROWS, code: "let { port1, port2 } = new MessageChannel(); const keep = []; for (;;) { const next = new MessageChannel(); port1.postMessage(next.port2, [next.port2]); keep.push(port2, port1 = next.port1); }" },
  { name: 'clones of everything', entry: BOTH, expect: ['value', 'javascript'], code: `${SAMPLES} samples.map((one) => { try { structuredClone(one); return 1; } catch (e) { return e.name; } }).length` },
  { name: 'clones with hostile lists', entry: BOTH, expect: ENDS, code: "const b = new ArrayBuffer(8); const s = new ReadableStream(); const out = []; for (const t of [[b, b], [s, s], (function* () { for (let i = 0; i < 1e6; i++) yield b; })(), [new Proxy(b, {})], [{}], [null], { length: 1e9 }]) { try { structuredClone([b, s], { transfer: t }); out.push(1); } catch (e) { out.push(e.name); } } out" },
  { name: 'clones of Blobs for ever', expect: GROWS, code: "const all = []; const b = new Blob(['x'.repeat(10000)]); for (;;) all.push(structuredClone({ b, list: new Array(100).fill(0) }))" },
];

const loop = '() => { for (;;); }';
const prototypes = [
  { name: 'Array.prototype before the first touch', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ENDS, code: touched(everyMethod('Array.prototype', loop)) },
  { name: 'Array.prototype answers rubbish', expect: ENDS, code: touched(everyMethod('Array.prototype', '() => -1')) },
  { name: 'Object before the first touch', entry: BOTH, expect: ENDS, code: touched(everyMethod('Object', loop)) },
  { name: 'Object answers rubbish', expect: ENDS, code: touched(everyMethod('Object', '() => ({})')) },
  { name: 'Promise before the first touch', entry: BOTH, expect: ENDS, code: touched(`${everyMethod('Promise.prototype', loop)} ${everyMethod('Promise', loop)} globalThis.Promise = class { constructor() { for (;;); } }`) },
  { name: 'Reflect, Function and Symbol before the first touch', expect: ENDS, code: touched(`${everyMethod('Function.prototype', loop)} ${everyMethod('String.prototype', loop)} ${everyMethod('Map.prototype', loop)} ${everyMethod('WeakMap.prototype', loop)}`) },
  { name: 'iterators before the first touch', expect: ENDS, code: touched("Array.prototype[Symbol.iterator] = function* () { for (;;) yield [1, 2]; }; String.prototype[Symbol.iterator] = Array.prototype[Symbol.iterator]; Map.prototype[Symbol.iterator] = Array.prototype[Symbol.iterator]") },
  { name: 'typed arrays before the first touch', expect: ENDS, code: touched(`const T = Object.getPrototypeOf(Uint8Array.prototype); Object.defineProperty(T, 'length', { get: () => 2 ** 40 }); Object.defineProperty(T, 'byteLength', { get: () => 2 ** 40 }); Object.defineProperty(T, 'byteOffset', { get: () => -1 }); Object.defineProperty(T, 'buffer', { get: () => ({}) }); ${everyMethod('T', '() => -1')}`) },
  { name: 'typed arrays after the first touch', expect: ENDS, code: `${touched('0')}; ${touched("const T = Object.getPrototypeOf(Uint8Array.prototype); Object.defineProperty(T, 'length', { get: () => 2 ** 40 }); Object.defineProperty(T, 'byteLength', { get: () => 2 ** 40 }); Uint8Array.prototype.constructor = class { constructor() { return {}; } }")}` },
  { name: 'names of options on Object.prototype', entry: BOTH, expect: ENDS, code: touched("for (const k of ['get', 'set', 'value', 'writable', 'signal', 'body', 'method', 'headers', 'type', 'highWaterMark', 'size', 'start', 'pull', 'transform', 'stream', 'fatal', 'once', 'passive', 'capture', 'bubbles', 'detail', 'endings', 'status', 'statusText', 'mode', 'name', 'hash', 'iv', 'transfer', 'pathname', 'then', 'next', 'done', 'return']) Object.defineProperty(Object.prototype, k, { __proto__: null, get() { for (;;); }, set() {}, configurable: true })") },
  { name: 'setters on Object.prototype', expect: ENDS, code: touched("for (let i = 0; i < 10; i++) Object.defineProperty(Object.prototype, i, { __proto__: null, set() { for (;;); }, get() { return undefined; }, configurable: true }); for (const k of ['value', 'done', 'href', 'search', 'constructor', 'signal', 'reason']) Object.defineProperty(Object.prototype, k, { __proto__: null, set() { for (;;); }, get() { return undefined; }, configurable: true })") },
  { name: 'prototypes of all classes are proxies', expect: ENDS, code: `for (const name of ${NAMES}) { try { Object.setPrototypeOf(globalThis[name].prototype, new Proxy({}, { get() { for (;;); }, has() { for (;;); }, getPrototypeOf() { for (;;); } })); } catch {} } ${touched('0')}` },
  { name: 'all getters on wrong objects', entry: BOTH, expect: ['value', 'javascript', 'timeout'], limits: { timeout: 3000 }, code: `${SAMPLES} const wrong = [{}, [], null, 1, 'x', Symbol(), new Proxy({}, {}), globalThis, function () {}, ...samples]; let n = 0; for (const name of ${NAMES}) { const C = globalThis[name]; for (const owner of [C, C?.prototype]) { if (!owner) continue; for (const k of Reflect.ownKeys(owner)) { const d = Object.getOwnPropertyDescriptor(owner, k); for (const f of [d.get, d.set, typeof d.value === 'function' && k !== 'constructor' ? d.value : null]) if (f) for (const w of wrong) { try { const r = f.call(w, w); if (r && typeof r.catch === 'function') r.catch(() => {}); } catch {} n++; } } } } n > 100` },
  { name: 'all constructors with odd arguments', entry: BOTH, expect: ['value', 'javascript', 'timeout', 'heap_limit', 'terminated'], limits: { timeout: 3000 }, code: `${SAMPLES} const odd = [undefined, null, 0, -1, NaN, 2 ** 53, 1e400, 10n, '', 'x', '\\ud800', 'https://a/', Symbol('s'), {}, [], [[]], [['a', 'b']], () => {}, new Proxy({}, {}), new Uint8Array(8), new ArrayBuffer(0), new SharedArrayBuffer(8), new Date(NaN), ...samples]; let n = 0; const use = (f) => { try { const r = f(); if (r && typeof r.catch === 'function') r.catch(() => {}); } catch {} n++; }; for (const name of ${NAMES}) { const C = globalThis[name]; if (typeof C !== 'function') continue; use(() => C()); use(() => new C()); for (const a of odd) { use(() => new C(a)); use(() => C.call(a, a)); use(() => new C('https://a/', a)); use(() => new C(a, a, a)); use(() => Reflect.construct(C, [a], Array)); } } n > 100` },
  { name: 'all methods with odd arguments', expect: ['value', 'javascript', 'timeout', 'heap_limit', 'terminated'], limits: { timeout: 3000 }, code: `${SAMPLES} const odd = [undefined, null, -1, 2 ** 53, '', 'x', Symbol('s'), {}, [], new Proxy({}, {}), new Uint8Array(8), new ArrayBuffer(0), () => 1, ...samples]; let n = 0; for (const one of samples) for (let p = one; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) for (const k of Reflect.ownKeys(p)) { const d = Object.getOwnPropertyDescriptor(p, k); for (const a of odd) { try { const r = typeof d.value === 'function' && k !== 'constructor' ? d.value.call(one, a, a, a) : d.set?.call(one, a); if (r && typeof r.catch === 'function') r.catch(() => {}); } catch {} n++; } } n > 100` },
  { name: 'functions of the global on wrong objects', entry: BOTH, expect: ['value', 'javascript', 'timeout'], code: "let n = 0; for (const name of ['atob', 'btoa', 'fetch', 'reportError', 'structuredClone', 'queueMicrotask', 'setTimeout', 'clearTimeout', 'addEventListener', 'removeEventListener', 'dispatchEvent']) for (const w of [undefined, null, {}, 1, globalThis, new EventTarget(), new Proxy(globalThis, {})]) for (const a of [undefined, null, {}, 'x', Symbol()]) { try { const r = globalThis[name].call(w, a, a); if (r && typeof r.catch === 'function') r.catch(() => {}); } catch {} n++; } n" },
  { name: 'subclasses that loop', expect: ['timeout'], code: "class R extends Response { constructor(...a) { super(...a); for (;;); } } class H extends Headers { get(k) { for (;;); } } new Response('a', { headers: new H({ a: 'b' }) }); new R()" },
  { name: 'a Response with a then', entry: ['evalAsync', 'eval', 'callAsync'], expect: ENDS, code: "Object.defineProperty(Response.prototype, 'then', { get() { for (;;); } }); Promise.resolve().then(() => new Response('a')).then(() => 1)" },
  { name: 'names of the web are read only', expect: ['value', 'javascript'], code: "for (const name of Object.getOwnPropertyNames(globalThis)) { try { Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false }); } catch {} } 1" },
];

const crossings = [
  { name: 'result: Request, Response, Blob and all', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], code: `${SAMPLES} samples` },
  { name: 'result: Response without end', entry: ['evalAsync', 'callAsync', 'invoke'], code: `new Response(${zeros})` },
  { name: 'result: headers without number', expect: ['transfer', ...ENDS], code: "const h = new Headers(); for (let i = 0; i < 50000; i++) h.append('k' + i, 'x'.repeat(100)); [h, h, new Response('', { headers: h })]" },
  { name: 'result: Blob of 25 MB', expect: ['transfer', ...ENDS], code: "new Blob([new Uint8Array(1.25e7), new Uint8Array(1.25e7)])" },
  { name: 'result: Blob that doubles', expect: ['transfer', ...ENDS], code: "let b = new Blob(['x'.repeat(1e5)]); for (let i = 0; i < 40; i++) b = new Blob([b, b]); b" },
  { name: 'result: FormData of one Blob', expect: ['transfer', ...ENDS], code: "const f = new FormData(); const b = new Blob(['x'.repeat(1e6)]); for (let i = 0; i < 1000; i++) f.append('k', b); f" },
  { name: 'result: signals', expect: ['transfer', ...ENDS], code: "Array.from({ length: 5000 }, (_, i) => i % 2 ? AbortSignal.abort() : new AbortController().signal)" },
  { name: 'result: forged instances', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], code: `${NAMES}.flatMap((name) => { const C = globalThis[name]; if (typeof C !== 'function' || !C.prototype) return []; const forged = Object.create(C.prototype); return [forged, Object.setPrototypeOf(() => 1, C.prototype), Object.setPrototypeOf([], C.prototype)]; })` },
  { name: 'result: instances with looping getters', expect: ['transfer', ...ENDS], code: "for (const C of [URL, Headers, Request, Response, Blob, File, FormData, AbortSignal, DOMException]) for (const k of Reflect.ownKeys(C.prototype)) { try { Object.defineProperty(C.prototype, k, { get() { for (;;); }, configurable: true }); } catch {} } [new URL('https://a/'), new Headers({ a: 'b' }), new Request('https://a/'), new Response('a'), new Blob(['a']), new File(['a'], 'b'), new FormData(), AbortSignal.abort(), new DOMException('a')]" },
  { name: 'result: parts out of Maps that hold something else', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['transfer', ...ENDS], code: "new Headers(); new Request('https://a/'); new Response(); const { set } = Map.prototype; const { apply } = Reflect; Map.prototype.set = function (k, v) { return apply(set, this, [{ get x() { for (;;); } }, [k, v, this]]); }; [new Headers({ a: 'b' }), new Response('', { headers: { a: 'b' } }), new Request('https://a/', { headers: { a: 'b' } })]" },
  { name: 'result: parts out of arrays that hold something else', entry: ['evalAsync', 'callAsync', 'invoke'], expect: ['transfer', ...ENDS], code: `${SAMPLES} Array.prototype.push = function (...all) { for (const one of all) this[this.length] = Symbol.iterator; return 1; }; for (let i = 0; i < 9; i++) Object.defineProperty(Array.prototype, i, { set() {}, get() { return { i }; }, configurable: true }); Array.prototype[Symbol.iterator] = function* () { yield 5; }; samples` },
  { name: 'result: reasons within reasons', expect: ['transfer', ...ENDS], code: "let s = AbortSignal.abort(1); for (let i = 0; i < 5000; i++) s = AbortSignal.abort([s, { s }]); s" },
  { name: 'result: a reason that is its signal', expect: ['transfer'], code: "const r = []; r[0] = AbortSignal.abort(r); r[0]" },
  { name: 'result: one Response a thousand times', code: "const r = new Response('x'.repeat(100000)); Array.from({ length: 1000 }, () => r)" },
  { name: 'result: a thousand Requests with signals and streams', expect: ['transfer', ...ENDS], code: `Array.from({ length: 1000 }, () => new Request('https://a/', { method: 'POST', duplex: 'half', body: ${zeros}, signal: new AbortController().signal }))` },
  { name: 'argument: signals for ever', expect: ENDS, limits: { timeout: 2000 }, code: "const all = []; for (;;) { const c = new AbortController(); all.push(c); try { host.inspect(c.signal); } catch {} }" },
  { name: 'argument: signals that abort at once', expect: ENDS, limits: { timeout: 1000 }, code: "for (;;) { const c = new AbortController(); try { host.inspect(c.signal); } catch {} c.abort(() => 1); }" },
  { name: 'argument: signals whose listeners loop', expect: ENDS, code: "const c = new AbortController(); host.inspect(c.signal); c.signal.addEventListener('abort', () => { for (;;); }); c.abort()" },
  { name: 'argument: Blobs of Blobs of the host', expect: ENDS, code: "const b = new Blob(['x'.repeat(1000)]); for (let i = 0; ; i++) { try { host.inspect(new File([b, b.slice(i % 100)], 'n' + i)); } catch {} }" },
  { name: 'thrown: DOMException of 20 MB', entry: BOTH, expect: ENDS, code: "throw new DOMException('x'.repeat(1e7), 'y'.repeat(1e7))" },
  { name: 'argument: everything', code: `${SAMPLES} samples.map((one) => { try { host.inspect(one); return 1; } catch { return 0; } }).length` },
  { name: 'console: everything', console: 'inherit', code: `${SAMPLES} for (const one of samples) console.log(one, { one }); 1` },
];

const fetches = [
  { name: 'fetch without a network for ever', expect: GROWS, code: "for (;;) fetch('https://a.b/c')" },
  { name: 'fetch of data for ever', expect: GROWS, code: "const url = 'data:text/plain,' + 'x'.repeat(10000); const all = []; for (;;) all.push(fetch(url))" },
  { name: 'fetch of one big data URL', expect: ENDS, code: "fetch('data:;base64,' + 'aaaa'.repeat(5e6)).then((r) => r.arrayBuffer()).then((b) => b.byteLength)" },
  withFetch('answers that nobody reads', () => new Response(new Uint8Array(1e5)), "for (;;) fetch('https://a.b/c')", GROWS),
  withFetch('answers that all are kept', () => new Response(new Uint8Array(1e5)), "(async () => { const all = []; for (;;) all.push(await fetch('https://a.b/c')); })()", GROWS),
  withFetch('uploads without end', async (request) => { for await (const chunk of request.body) void chunk; return new Response(); }, `fetch('https://a.b/c', { method: 'POST', body: ${zeros}, duplex: 'half' })`, ['timeout']),
  withFetch('requests that are aborted at once', () => new Promise(() => {}), "(async () => { for (;;) { const c = new AbortController(); const p = fetch('https://a.b/c', { signal: c.signal }); c.abort(); await p.catch(() => {}); } })()", ['timeout', ...GROWS]),
  withFetch('an endless answer, read into one text', () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536).fill(65)) })), "fetch('https://a.b/c').then((r) => r.text())", GROWS),
  withFetch('a very long answer that is cancelled', () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) })), "(async () => { for (let i = 0; i < 20; i++) { const r = await fetch('https://a.b/c'); const reader = r.body.getReader(); await reader.read(); await reader.cancel(); } return 1; })()", ENDS),
  withFetch('answers that are none', () => ({ status: 200, then: 1 }), "Promise.allSettled(Array.from({ length: 100 }, () => fetch('https://a.b/c'))).then((all) => all.length)", ENDS),
];

/** A runtime of its own, whose host answers what `fetch` asks. */
function withFetch(name, answer, code, expect) {
  return {
    name: `fetch: ${name}`,
    entry: 'host',
    blocks: false,
    expect,
    needs: ['fetch'],
    async run({ isolet, limits: { maxHeapSize, timeout } }) {
      const runtime = new isolet.Runtime({ web: { fetch: answer }, maxHeapSize, timeout });
      try {
        await runtime.evalAsync(code);
      } finally {
        runtime.close();
      }
    },
  };
}

/** What a program cannot be without. Those that try every name take what is there. */
function needsOf({ code = '' }) {
  if (code.includes('samples') || code.includes('tries')) return [];
  const known = /\b(URLPattern|URL|URLSearchParams|TextEncoder|TextDecoder|Event|CustomEvent|EventTarget|AbortController|AbortSignal|DOMException|Blob|File|FormData|Headers|Request|Response|CompressionStream|DecompressionStream|MessageChannel|PerformanceObserver|crypto|performance|fetch|reportError|addEventListener|atob|btoa)\b/g;
  return [...new Set(code.replaceAll(/'[^']*'/g, "''").match(known))];
}

/** What a guest can do with the web's APIs. */
export default group(
  'web',
  { options: { web: true } },
  [requests, headers, urls, encodings, cryptos, compressions, streams, blobs, events, clocks, messages, prototypes, crossings, fetches].flat().map((program) => ({ needs: needsOf(program), ...program })),
);
