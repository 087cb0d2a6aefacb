// One line of JSON for a question, { id, code }, and one for its answer; the code is the body of an async function that
// sees the properties of `scope`.
const { writeSync } = require('node:fs');

exports.answerQuestions = (channel, scope) => {
  const names = Object.keys(scope);
  async function answer({ id, code }) {
    let reply;
    try {
      const body = new Function(...names, `return (async () => {${code}})()`);
      reply = { id, value: await body(...Object.values(scope)) };
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
};
