// A cell with the whole library inside: it seals itself as every cell does, then runs what it is sent.
const { join } = require('node:path');
const { answerQuestions } = require('./questions.cjs');

const dist = join(__dirname, '../../../dist');
const isolet = require(join(dist, 'index.cjs'));
// Before the seal: the files of programs for guests are read when the first runtime is made.
new isolet.Runtime({ web: true }).close();
const { channel } = require(join(dist, 'cell.cjs'));
answerQuestions(channel, { isolet });
