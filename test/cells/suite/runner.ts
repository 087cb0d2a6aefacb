import { fileURLToPath } from 'node:url';
import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest';
import { TestRunner } from 'vitest';
import { exceptions } from './exceptions.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the tests with guests in cells: an exception has to fail there, and has to exist. */
export default class CellRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    for (const file of files) {
      const given = exceptions[fileOf(file)];
      if (typeof given === 'string') {
        for (const test of testsIn(file)) test.mode = 'skip';
        continue;
      }
      const left = new Map(Object.entries(given ?? {}));
      for (const test of testsIn(file)) {
        const exception = left.get(nameOf(test));
        left.delete(nameOf(test));
        if (exception === undefined || test.mode !== 'run') continue;
        test.fails = !test.fails;
      }
      if (left.size > 0) throw new Error(`Exceptions without a test: ${[...left.keys()].join(', ')}`);
    }
  }
}

function fileOf(file: RunnerTestFile): string {
  return file.filepath.slice(root.length);
}

function testsIn(task: RunnerTask): RunnerTestCase[] {
  return task.type === 'suite' ? task.tasks.flatMap(testsIn) : [task];
}

/** Names of suites and of the test. */
function nameOf(test: RunnerTestCase): string {
  const names = [test.name];
  for (let suite = test.suite; suite; suite = suite.suite) names.unshift(suite.name);
  return names.join(' > ');
}
