// A cell with the whole library inside: seals itself as every cell does, then runs what it is sent. One line of JSON for
// a question, { id, code }, and one for its answer; the code is the body of an async function.
const { writeSync } = require('node:fs');
const { join } = require('node:path');

const dist = join(__dirname, '../../../dist');
const isolet = require(join(dist, 'index.cjs'));
// Before the seal: the file of the web's APIs and that of streams are read when the first runtime is made.
new isolet.Runtime({ maxHeapSize: 16 * 1024 * 1024 }).close();
const { channel } = require(join(dist, 'cell.cjs'));

const kept = {};

async function answer({ id, code }) {
  let reply;
  try {
    const value = await new Function('isolet', 'kept', `return (async () => {${code}})()`)(isolet, kept);
    reply = { id, value };
  } catch (error) {
    reply = { id, error: { name: error.name, code: error.code, message: error.message } };
  }
  writeSync(3, `${JSON.stringify(reply)}\n`);
}

let text = '';
channel.on('data', (part) => {
  text += part;
  const lines = text.split('\n');
  text = lines.pop();
  for (const line of lines) void answer(JSON.parse(line));
});
