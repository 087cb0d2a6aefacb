// URLs and texts by the guest's own classes, beside Node's on the same loop.
import { IN_PLACE, isoletGuest } from './subjects.mjs';

const TIMES = 1000;

/** `body` uses what `setup` made; its value is a number. */
const loopOf = (setup, body) => `(() => { ${setup};
  return () => { let sum = 0; for (let i = 0; i < ${TIMES}; i += 1) sum += ${body}; return sum; };
})()`;

const perTime = (samples) => samples.map((sample) => sample / TIMES);

function withNode(name, title, setup, body) {
  const source = loopOf(setup, body);
  const inNode = () => new Function(`return ${source}`)();
  const check = (loop) => {
    const expected = inNode()();
    if (loop() !== expected) throw new Error(`${name} is not what it is in Node`);
    return () => loop();
  };
  return {
    name,
    title,
    variants: {
      async isolet(tools) {
        const guest = isoletGuest(tools, { ...IN_PLACE, web: true });
        const loop = check(guest.runtime.eval(source));
        return { sample: () => perTime(tools.timeBatches(loop)), close: guest.close };
      },
      async node(tools) {
        const loop = check(inNode());
        return { sample: () => perTime(tools.timeBatches(loop)) };
      },
    },
  };
}

const kilobyte = {
  ascii: "'The quick brown fox. '.repeat(48)",
  mixed: "'Größe: 12 €, naïve café. '.repeat(36)",
  cjk: "'天地玄黄宇宙洪荒'.repeat(42)",
};

const encode = (kind) =>
  withNode(
    `text-encode-${kind}`,
    `TextEncoder on 1 kB, ${kind}`,
    `const encoder = new TextEncoder(); const text = ${kilobyte[kind]}.split('').join('')`,
    'encoder.encode(text).length',
  );

const decode = (kind) =>
  withNode(
    `text-decode-${kind}`,
    `TextDecoder on 1 kB, ${kind}`,
    `const decoder = new TextDecoder(); const bytes = new TextEncoder().encode(${kilobyte[kind]})`,
    'decoder.decode(bytes).length',
  );

export default [
  withNode('url-short', 'new URL of a short address', '', "new URL('https://example.com/' + (i & 7)).pathname.length"),
  withNode(
    'url-long',
    'new URL with every part, three of them read',
    "const text = 'https://user:pass@sub.example.com:8443/p/a/t/h/'",
    "((url) => url.hostname.length + url.pathname.length + url.search.length)(new URL(text + i + '?query=string&a=b#hash'))",
  ),
  withNode(
    'url-base',
    'new URL against a base',
    '',
    "new URL('../x?' + (i & 7), 'https://example.com/a/b/c').href.length",
  ),
  withNode('url-set', 'a search set', "const url = new URL('https://example.com/')", "(url.search = 'a=' + i).length"),
  withNode(
    'url-params',
    'URLSearchParams parsed, read and written',
    '',
    "((params) => params.get('b').length + params.toString().length)(new URLSearchParams('a=1&b=two+words&c=%20&i=' + (i & 7)))",
  ),
  encode('ascii'),
  encode('mixed'),
  encode('cjk'),
  decode('ascii'),
  decode('mixed'),
  decode('cjk'),
  withNode('base64', 'btoa and atob of 1 kB', `const text = ${kilobyte.ascii}`, 'atob(btoa(text)).length'),
];
