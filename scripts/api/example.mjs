// The examples of doc comments are short; on a page they are whole programs.

/** What an example may take for granted, by the name it uses. @type {Readonly<Record<string, string>>} */
const givens = {
  runtime: 'const runtime = new Runtime();',
  serverless: 'const serverless = new ServerlessRuntime({});',
};

/** Adds what the examples in a text use without saying where it is from. @param {string} text @param {Iterable<string>} exported */
export function completed(text, exported) {
  return text.replace(/^```js\n(.*?)^```$/gms, (_, code) => `\`\`\`js\n${complete(code, [...exported])}\`\`\``);
}

/** @param {string} code @param {readonly string[]} exported */
function complete(code, exported) {
  const given = Object.entries(givens).filter(([name]) => uses(code, name) && !declares(code, name));
  const whole = [...given.map(([, line]) => `${line}\n`), code].join('');
  if (/^import /m.test(whole)) return whole;
  const names = exported.filter((name) => uses(whole, name) && !declares(whole, name));
  return names.length > 0 ? `import { ${names.join(', ')} } from 'isolet';\n\n${whole}` : whole;
}

/** Comments and methods of others aside. @param {string} code @param {string} name */
const uses = (code, name) => new RegExp(`(?<![\\w.'"])${name}\\b(?!['"])`).test(code.replace(/\/\/.*$/gm, ''));

/** @param {string} code @param {string} name */
const declares = (code, name) =>
  new RegExp(`\\b(?:const|let|function|class) [[{]?[\\w$,\\s:]*\\b${name}\\b`).test(code);
