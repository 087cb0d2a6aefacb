// A cell that has been taken over: sealed as every cell is, and its end of the channel is the attacker's. It does what its
// host expects until code that it is to run names a forgery.
const { join } = require('node:path');
const { forgeries, honest, silences } = require('./forgeries.cjs');
const { asked, body, framed, readNumbers, takeFrame } = require('./frames.cjs');

// It was started to serve guests; instead it reads the channel itself.
process.argv[5] = '';
const { channel } = require(join(__dirname, '../../../dist/cell.cjs'));

let lastGuest = 0;

const say = (bytes) => new Promise((resolve) => channel.write(bytes, resolve));
const tell = (guest, kind, fields) => void say(framed(body(guest, kind, fields)));

function hear(frame) {
  const head = readNumbers(frame, 3);
  const [guest, , done] = head.numbers;
  const { numbers } = readNumbers(frame, 3 + done + 2);
  const [kind, first] = numbers.slice(3 + done);
  if (kind === asked.ping) tell(0, 'Pong', { id: first });
  if (kind === asked.createGuest) {
    lastGuest = guest;
    tell(guest, 'Created');
  }
  if (kind === asked.runNow) tell(guest, 'RanNow', { id: first });
  if (kind === asked.runFree) tell(guest, 'FreeRan');
  if (kind === asked.askNumbers) tell(guest, 'Numbers', { id: first });
  if (kind !== asked.startCall) return;
  const text = frame.toString('latin1');
  const cell = { channel, say, guest, call: first, other: lastGuest };
  const name = /forge: (.*);/.exec(text)?.[1];
  if (name !== undefined) void { ...forgeries, ...silences }[name](cell);
  else if (text.includes('honest')) void honest(cell);
}

let bytes = Buffer.alloc(0);
channel.on('data', (part) => {
  bytes = Buffer.concat([bytes, part]);
  for (let taken = takeFrame(bytes); taken; taken = takeFrame(bytes)) {
    bytes = taken.rest;
    hear(taken.frame);
  }
});
