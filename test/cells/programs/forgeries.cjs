// What an attacker who has the process of a cell would write to its host, by name. Each gets { channel, say, guest, call,
// other }: a guest that is there with a call that is open, and another guest; `say` takes a frame and waits until it is
// out.
const { begun, body, firstPromise, framed, handle, kinds, stopped } = require('./frames.cjs');

const whole = (guest, kind, fields) => framed(body(guest, kind, fields));
const floodOf = 20_000;
const nonsense = framed(Buffer.from([99]));
/** Of the host, for this guest: the first that is bound there. Its answer never comes. */
const ownFunction = 2;

async function flood({ say }, make) {
  for (let i = 0; i < floodOf; ++i) await say(make(i));
}

/** In the order of the kinds: a frame that ends too early, and one that does not end. */
const torn = Object.fromEntries(
  Object.keys(kinds).flatMap((kind) => [
    [`${kind} without its end`, ({ say, guest }) => say(framed(body(guest, kind).subarray(0, -1)))],
    [
      `${kind} with more after it`,
      ({ say, guest }) => say(framed(Buffer.concat([body(guest, kind), Buffer.from([0])]))),
    ],
  ]),
);

/** Well made, and about what is not so. */
const untrue = {
  'of the cell itself': ({ say }) => say(whole(0, 'Fatal')),
  'of a guest that never was': ({ say }) => say(whole(77, 'ConsoleLine')),
  'of a guest whose number is too large': ({ say }) => say(framed(Buffer.from([...Array(9).fill(0xff), 1, 21]))),
  'of a kind that is not there': ({ say, guest }) => say(framed(Buffer.from([guest, 22]))),
  'of nothing': ({ say }) => say(framed(Buffer.alloc(0))),
  'an answer to a question that was not asked': ({ say }) => say(whole(0, 'Pong', { id: 1000 })),
  'an answer to such a question by a guest': ({ say, guest }) => say(whole(guest, 'Pong')),
  'a guest that was made again': ({ say, guest }) => say(whole(guest, 'Created')),
  'a guest that was made and then was not': ({ say, guest }) => say(whole(guest, 'CreateFailed')),
  'an answer without a call': ({ say, guest }) => say(whole(guest, 'SettledCall', { id: 123_456 })),
  'an answer twice': async ({ say, guest, call }) => {
    await say(whole(guest, 'SettledCall', { id: call }));
    await say(whole(guest, 'SettledCall', { id: call }));
  },
  'a program that ran twice': async ({ say, guest }) => {
    for (let i = 0; i < 2; ++i) await say(whole(guest, 'FreeRan'));
  },
  'an answer of another guest': ({ say, call, other }) => say(whole(other, 'SettledCall', { id: call })),
  'an answer to a synchronous call': ({ say, guest }) => say(whole(guest, 'RanNow')),
  'a program that ran': ({ say, guest }) => say(whole(guest, 'FreeRan')),
  'a call that was cancelled': ({ say, guest }) => say(whole(guest, 'WasCancelled')),
  'numbers that nobody asked for': ({ say, guest }) => say(whole(guest, 'Numbers')),
  'a promise of the host that was taken': ({ say, guest }) => say(whole(guest, 'TookPromise')),
  'a function of the host that never came': ({ say, guest }) =>
    say(whole(guest, 'AskedHost', { id: 2 ** 40, promise: firstPromise })),
  'a host call by a promise of the host': ({ say, guest }) => say(whole(guest, 'AskedHost', { id: 0, promise: 5 })),
  'a host call that waits and does not': ({ say, guest }) =>
    say(whole(guest, 'AskedHost', { id: 0, promise: firstPromise, slot: 1 })),
  // Its host may answer one before it reads the next, but not all.
  'a host call twice': ({ say, guest }) =>
    say(Buffer.concat(Array(1000).fill(whole(guest, 'AskedHost', { id: 0, promise: firstPromise })))),
  'many that wait at one place': ({ say, guest }) =>
    say(Buffer.concat(Array(1000).fill(whole(guest, 'AskedHost', { id: 0, slot: 1, mode: 1 })))),
  'a function given back that never came': ({ say, guest }) => say(whole(guest, 'ReleasedExport', { id: 2 ** 40 })),
  'an end twice': async ({ say, guest }) => {
    for (const reason of [stopped.heapLimit, stopped.terminated]) await say(whole(guest, 'Ended', { reason }));
  },
  'lost twice': async ({ say, guest }) => {
    for (let i = 0; i < 2; ++i) await say(whole(guest, 'Fatal'));
  },
  'gone twice': async ({ say, guest }) => {
    for (let i = 0; i < 2; ++i) await say(whole(guest, 'GuestGone'));
  },
  ...Object.fromEntries(
    [
      ['a function of the host that never came, in a value', [handle.hostFunction, 2 ** 40]],
      ['an error of the host that never came, in a value', [handle.hostError, 2 ** 40]],
      ['a function without a number', [handle.guestFunction, 0]],
      ['a function with a number that is too large', [handle.guestFunction, 2 ** 52]],
      ['a promise of the host', [handle.hostPromise, 1]],
    ].map(([name, one]) => [
      name,
      ({ say, guest, call }) => say(whole(guest, 'SettledCall', { id: call, handles: [one] })),
    ]),
  ),
  'a promise twice in a value': ({ say, guest, call }) =>
    say(
      whole(guest, 'SettledCall', {
        id: call,
        handles: [
          [handle.guestPromise, 1],
          [handle.guestPromise, 1],
        ],
      }),
    ),
};

/** Sizes that are not so. */
const oversized = {
  'a length of four gigabytes': ({ say, guest }) => say(framed(body(guest, 'Fatal'), 0xffff_fff0)),
  'a length beyond the bound': ({ say, guest }) => say(framed(body(guest, 'Fatal'), 200 << 20)),
  'a text of a gigabyte': ({ say, guest }) => say(framed(begun(guest, 'Fatal', 1 << 30, 120))),
  'a value of a gigabyte': ({ say, guest }) => say(framed(begun(guest, 'ConsoleLine', 0, 1, 0, 0, 1 << 30))),
  'a buffer of a terabyte': ({ say, guest }) =>
    say(framed(begun(guest, 'ConsoleLine', 0, 1, 0, 0, 1, 0x81, 1, 2, 2 ** 40, 0))),
  'a million handles': ({ say, guest }) =>
    say(framed(begun(guest, 'ConsoleLine', 0, 1, 0, 0, 1, 0x81, 0, 1_000_000, Buffer.alloc(5)))),
  'a million buffers': ({ say, guest }) =>
    say(framed(begun(guest, 'ConsoleLine', 0, 1, 0, 0, 1, 0x81, 1_000_000, Buffer.alloc(5)))),
  'a million promises that failed': ({ say, guest }) =>
    say(framed(begun(guest, 'FailedPromises', 1_000_000, Buffer.alloc(5)))),
};

/** Too much of what is allowed. */
const floods = {
  'a flood of answers to nobody': (cell) => flood(cell, (i) => whole(cell.guest, 'SettledPromise', { id: i + 1 })),
  'a flood of promises that failed': (cell) => flood(cell, (i) => whole(cell.guest, 'FailedPromises', { id: i + 1 })),
  'a flood of calls that are held': (cell) => flood(cell, (i) => whole(cell.guest, 'CallHeld', { id: 1000 + i })),
  'a flood of calls that are forgotten': (cell) =>
    flood(cell, (i) => whole(cell.guest, 'CallForgotten', { id: 1000 + i })),
  'a flood of errors': async (cell) => {
    const frame = whole(cell.guest, 'UnhandledRejection', { size: 1 });
    await cell.say(Buffer.concat(Array(floodOf).fill(frame)));
  },
  'a flood of host calls': (cell) =>
    flood(cell, (i) => whole(cell.guest, 'AskedHost', { id: ownFunction, promise: firstPromise + i })),
  'a flood of large host calls': async (cell) => {
    // One argument: a text of a megabyte.
    const bytes = Buffer.concat([Buffer.from([29, 1, 8, 0x80, 0x80, 0x40]), Buffer.alloc(1 << 20, 0x61)]);
    for (let i = 0; i < 1000; ++i)
      await cell.say(whole(cell.guest, 'AskedHost', { id: ownFunction, promise: firstPromise + i, bytes }));
  },
  'a flood of functions, then nonsense': async (cell) => {
    await flood(cell, (i) => whole(cell.guest, 'ConsoleLine', { handles: [[handle.guestFunction, i + 1]] }));
    await cell.say(nonsense);
  },
  'a flood of collections, then nonsense': async (cell) => {
    await flood(cell, (i) => whole(cell.guest, 'AskedCollection', { slot: i + 1 }));
    await cell.say(nonsense);
  },
  'a flood of large lines, then nonsense': async (cell) => {
    const bytes = Buffer.alloc(1 << 20, 0x81);
    for (let i = 0; i < 300; ++i) await cell.say(whole(cell.guest, 'ConsoleLine', { bytes }));
    await cell.say(nonsense);
  },
  'a hundred megabytes of noise': async ({ say }) => {
    for (let i = 0; i < 100; ++i) await say(Buffer.alloc(1 << 20, 0x55));
  },
};

/** Nothing that is wrong, and nothing that is right. */
const silences = {
  'half a frame, which never ends': ({ say, guest }) => say(framed(body(guest, 'Fatal'), 100_000)),
  'nothing, and reads nothing': async ({ channel }) => channel.pause(),
};

exports.forgeries = { ...torn, ...untrue, ...oversized, ...floods };
exports.silences = silences;
/** Each kind as a cell may say it, and at last the answer: to be sure that forgeries fail for what they are. */
exports.honest = async ({ say, guest, call }) => {
  const answer = { id: call, bytes: [0x80 | 42] };
  const allowed = [
    ['ConsoleLine'],
    ['ConsoleDropped'],
    ['UnhandledRejection'],
    ['SettledPromise'],
    ['FailedPromises'],
    ['AskedHost', { id: 0, promise: firstPromise }],
    ['AskedCollection', { slot: 1 }],
    ['CallHeld', { id: call }],
    ['CallForgotten', { id: call }],
    ['Fatal'],
    ['SettledCall', answer],
  ];
  for (const [kind, fields] of allowed) await say(whole(guest, kind, fields));
};
