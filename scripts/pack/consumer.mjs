// A user's project in an empty folder, with nothing on its PATH but node, a shell and npm.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** npm's own program, so that it runs without a PATH. */
function npmProgram() {
  const beside = join(dirname(realpathSync(process.execPath)), '../lib/node_modules/npm/bin/npm-cli.js');
  const found = [process.env.npm_execpath ?? '', beside, '/usr/lib/node_modules/npm/bin/npm-cli.js'].find(
    (file) => file.endsWith('npm-cli.js') && existsSync(file),
  );
  if (!found) throw new Error('npm is not beside node; run this through npm run test:pack');
  return found;
}

export class Consumer {
  /** @param {string} files that the project consists of @param {string} folder */
  constructor(files, folder) {
    this.folder = folder;
    this.bin = join(folder, '.bin');
    if (existsSync(this.bin)) return;
    mkdirSync(this.bin, { recursive: true });
    cpSync(files, folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n');
    symlinkSync(process.execPath, join(this.bin, 'node'));
    symlinkSync('/bin/sh', join(this.bin, 'sh'));
  }

  /** @param {string} node @param {string[]} args @param {NodeJS.ProcessEnv} [more] */
  spawn(node, args, more = {}) {
    const { HOME, npm_config_registry, npm_config_cache } = process.env;
    const env = { HOME, npm_config_registry, npm_config_cache, PATH: this.bin, CI: 'true', NO_COLOR: '1', ...more };
    const result = spawnSync(node, args, { cwd: this.folder, env, encoding: 'utf8', timeout: 1_200_000 });
    return { ...result, output: `${result.stdout}${result.stderr}${result.error?.message ?? ''}` };
  }

  /**
   * @param {string[]} packages @param {string[]} options @param {{ node?: string, npm?: string }} [by] other than ours
   * @returns {string} what npm said
   */
  install(packages, options, { node = process.execPath, npm = npmProgram() } = {}) {
    const args = [npm, 'install', '--no-audit', '--no-fund', ...options, ...packages];
    const { status, output } = this.spawn(node, args);
    if (status !== 0) throw new Error(output);
    // Settings of this machine are not about the package.
    return output.replace(/^npm warn Unknown .*$/gm, '');
  }

  /** @param {string} node @param {string[]} args @param {RegExp} expected @param {NodeJS.ProcessEnv} [env] */
  run(node, args, expected, env) {
    const { status, output, signal } = this.spawn(node, args, env);
    if (status !== 0 || !expected.test(output)) throw new Error(`ended with ${signal ?? status}\n${output}`);
  }

  /** @param {string} node @param {string[]} args @param {string[]} texts that the message has to contain */
  fail(node, args, texts) {
    const { status, output } = this.spawn(node, args);
    if (status === 0) throw new Error(`was expected to fail\n${output}`);
    for (const text of texts) if (!output.includes(text)) throw new Error(`lacks '${text}'\n${output}`);
  }
}
