// What the page asks, and which cases answer it: one picture each.

const others = ['isolated-vm', 'worker_threads', 'quickjs-emscripten', 'node:vm', 'structuredClone', 'node', 'floor'];

/** A row of a picture of ratios: isolet's time for a case as a multiple of each of the others. */
const row = (name, label, { mine = 'isolet', against = others, as = {} } = {}) => ({ name, label, mine, against, as });

/** Times as multiples of what others take: left of 1 isolet is faster. */
export const questions = [
  {
    id: 'sync',
    title: 'What does a synchronous call cost?',
    note: 'Guarded, the default, runs the guest on a thread that can be left behind; in place is the same call without that.',
    rows: [
      row('call-numbers', 'two numbers, in place', { mine: 'isolet in place' }),
      row('call-numbers', 'two numbers, guarded'),
      row('call-object', 'an object, in place', { mine: 'isolet in place' }),
      row('call-object', 'an object, guarded'),
      row('eval', 'eval, in place', { mine: 'isolet in place' }),
      row('host-call-sync', 'host call, in place', { mine: 'isolet in place' }),
    ],
    // No barrier at all.
    without: ['node:vm'],
  },
  {
    id: 'async',
    title: 'And one off the event loop?',
    note: 'Calls that leave the event loop free, from one at a time to hundreds at once.',
    rows: [
      row('async-1', 'one at a time'),
      row('async-8', '8 in flight'),
      row('async-64', '64 in flight'),
      row('async-512', '512 in flight'),
      row('async-64-spread', '64 on 16 runtimes'),
      row('host-call-async', 'calls the host'),
      row('host-call-sync-off-loop', 'waits for the host'),
    ],
  },
  {
    id: 'start',
    title: 'How fast is a start?',
    note: 'From nothing to the first result of a fresh isolate. In a loop there is no time to prepare; paced is what a service sees.',
    rows: [
      row('cold-start', 'new Runtime'),
      row('cold-start', 'Runtime.create', {
        mine: 'isolet create',
        as: { 'isolated-vm async': 'isolated-vm' },
      }),
      row('cold-start-paced', 'paced'),
      row('cold-start-crowded', '1,000 others open'),
      row('cold-start-cycle', 'with its end'),
      row('snapshot-paced', 'with a 50 ms library'),
    ],
    without: ['node:vm'],
  },
  {
    id: 'first',
    title: 'How long does a new function take?',
    note: 'The first invocation of code that was never seen, through a pool; a bundle of 800 kB that was seen before.',
    rows: [
      row('pool-first-stock', 'after a pause'),
      row('pool-first-burst', 'in a burst'),
      row('pool-first', 'without stock'),
      row('cold-800kb', '800 kB, kept code'),
      row('serverless-warm', 'warm, all layers'),
    ],
  },
  {
    id: 'data',
    title: 'What does data cost?',
    note: 'Objects and buffers into the guest and back. structuredClone only copies: it calls nobody.',
    rows: [
      row('call-1kb', 'object of 1 kB'),
      row('call-1mb', 'object of 1 MB'),
      row('call-buffer-copied', '10 MB, copied'),
      row('call-buffer-moved', '10 MB, moved'),
    ],
  },
  {
    id: 'memory',
    title: 'How much memory does one take?',
    note: 'Resident memory of runtimes that do nothing: left of 1 isolet takes less.',
    rows: [
      row('rss-1', 'one'),
      row('rss-100', 'each of 100'),
      row('rss-1000', 'each of 1,000'),
      row('rss-after-close', 'left after 200'),
    ],
  },
  {
    id: 'web',
    title: "Are the web's APIs as fast as Node's?",
    note: "The same loop in a guest and in Node, by the guest's own classes or by native code.",
    rows: [
      row('url-short', 'a URL'),
      row('url-params', 'search parameters'),
      row('headers-ten', 'ten headers'),
      row('request-new', 'a Request'),
      row('response-json', 'a Response of JSON'),
      row('text-encode-ascii', 'encode 1 kB'),
      row('text-decode-ascii', 'decode 1 kB'),
      row('base64', 'base64 of 1 kB'),
      row('web-sha-256', 'SHA-256 of 1 MiB'),
      row('web-hmac', 'HMAC of 1 kB'),
    ],
  },
];

/** The same work with more of something around it. */
export const curves = [
  { id: 'scale-functions', title: 'Does it matter how many functions there are?', y: 'µs per warm invocation' },
  { id: 'scale-memory', title: 'What does each function take?', y: 'MB each' },
  { id: 'scale-tenants', title: 'And how many tenants come at once?', y: 'µs per invocation' },
  { id: 'scale-threads', title: 'Do more threads help?', y: 'µs per call that computes' },
  { id: 'scale-payload', title: 'What does a payload cost?', y: 'µs per call' },
];

/** Whose medians should be the same tomorrow. */
export const steadiness = {
  id: 'steady',
  title: 'Is it the same tomorrow?',
  note: 'Runs in processes of their own: the slowest median as a multiple of the fastest. The dashed line is the target.',
  max: 1.5,
  rows: [
    row('call-numbers', 'two numbers, in place', { mine: 'isolet in place' }),
    row('call-numbers', 'two numbers, guarded'),
    row('call-object', 'an object, guarded'),
    row('async-1', 'async, one at a time'),
    row('async-64', 'async, 64 in flight'),
    row('host-call-async', 'calls the host'),
    row('serverless-warm', 'warm invocation'),
    row('cold-start-paced', 'start, paced'),
    row('pool-first-stock', 'new function, after a pause'),
    row('pool-first-burst', 'new function, in a burst'),
  ],
};
