// Frames of a cell, written by hand: native/wire/ says what is in each.
const bytesOf = (parts) =>
  Buffer.concat(parts.flat(Infinity).map((part) => (Buffer.isBuffer(part) ? part : num(part))));

/** A number as native/wire/fields.h writes it. */
function num(value) {
  const out = [];
  let left = BigInt(value);
  for (; left >= 0x80n; left >>= 7n) out.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...out, Number(left)]);
}

const double = (value) => Buffer.from(new Float64Array([value]).buffer);
const text = (value) => [Buffer.byteLength(value), Buffer.from(value)];
/** A value: its bytes, no stores, and handles of a kind and an id. */
const value = (bytes, handles = []) => [
  bytes.length,
  Buffer.from(bytes),
  0,
  handles.length,
  handles.map(([kind, id]) => [kind, 0, id, text('f'), 0]),
];
const one = [0x81];
/** No arguments. */
const none = [29, 0];
const outcome = (bytes = one, handles = []) => [0, value(bytes, handles)];
const stop = (reason, detail = '') => [reason, double(0), double(0), 1, text(detail)];
const use = [0, 0, 0];
const numbers = Array(29).fill(0);

exports.handle = { guestFunction: 1, hostFunction: 2, guestPromise: 3, hostPromise: 4, hostError: 7 };
exports.stopped = { heapLimit: 3, terminated: 4 };
/** The first promise that a guest makes for a host call. */
exports.firstPromise = 2 ** 52;

/** Every kind of message of a cell, in its order; what is left out means the least of it. */
exports.kinds = {
  Created: () => [],
  CreateFailed: () => outcome(),
  Pong: ({ id = 1 } = {}) => [id],
  SettledCall: ({ id = 1, bytes, handles } = {}) => [id, 0, use, outcome(bytes, handles)],
  RanNow: ({ id = 1 } = {}) => [id, 0, 0, use, outcome()],
  FreeRan: () => [],
  WasCancelled: ({ id = 1 } = {}) => [id, 0],
  SettledPromise: ({ id = 1 } = {}) => [id, 0, outcome()],
  FailedPromises: ({ id = 1 } = {}) => [1, id, stop(4)],
  AskedHost: ({ id = 5, slot = 0, promise = 0, mode = 2, bytes = none } = {}) => [
    id,
    0,
    mode,
    slot,
    promise,
    value(bytes),
  ],
  AskedCollection: ({ slot = 0 } = {}) => [slot],
  ReleasedExport: ({ id = 5, count = 1 } = {}) => [id, count],
  TookPromise: () => [],
  Numbers: ({ id = 1 } = {}) => [id, numbers],
  GuestGone: () => numbers,
  ConsoleLine: ({ bytes = one, handles } = {}) => [0, 1, 0, text(''), value(bytes, handles), 0],
  ConsoleDropped: ({ id = 1 } = {}) => [id],
  UnhandledRejection: ({ size = 5 } = {}) => [size, outcome(), 0],
  CallHeld: ({ id = 1 } = {}) => [id],
  CallForgotten: ({ id = 1 } = {}) => [id],
  Ended: ({ reason = 3 } = {}) => stop(reason),
  Fatal: () => text('lost'),
};
const names = Object.keys(exports.kinds);

/** What a host asks, by number: native/wire/to_cell.h. */
exports.asked = { ping: 1, createGuest: 3, startCall: 4, runNow: 5, runFree: 6, askNumbers: 15 };

/** The beginning of a message: numbers, without its length. */
exports.begun = (guest, kind, ...numbers) => bytesOf([guest, names.indexOf(kind), numbers]);

/** Without its length. */
exports.body = (guest, kind, fields) => bytesOf([guest, names.indexOf(kind), exports.kinds[kind](fields)]);

/** With its length in front, which may be a lie. */
exports.framed = (body, length = body.length) => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length);
  return Buffer.concat([head, body]);
};

/** @returns the frame after which the next begins, or undefined while it is not whole */
exports.takeFrame = (bytes) => {
  if (bytes.length < 4) return undefined;
  const end = 4 + bytes.readUInt32LE(0);
  return bytes.length < end ? undefined : { frame: bytes.subarray(4, end), rest: bytes.subarray(end) };
};

/** Numbers from the beginning of a frame of the host, as many as there are. */
exports.readNumbers = (frame, count) => {
  const read = [];
  let at = 0;
  while (read.length < count && at < frame.length) {
    let number = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = frame[at++];
      number |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    read.push(Number(number));
  }
  return { numbers: read, at };
};
