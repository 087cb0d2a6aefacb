// A cell whose native code is the attacker's.
const { join } = require('node:path');
const { answerQuestions } = require('./questions.cjs');

const root = join(__dirname, '../../..');
const attacker = require(join(root, `build/attacker-abi${process.versions.modules}/build/Release/attacker.node`));
const { channel } = require(join(root, 'dist/cell.cjs'));
answerQuestions(channel, { attacker });
