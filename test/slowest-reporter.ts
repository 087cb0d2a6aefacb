import type { Reporter, TestCase, TestModule } from 'vitest/node';

const shown = 10;

/** Says at the end of a run which tests took longest: on a busy machine they are the first to run out of time. */
export default class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const took = (test: TestCase) => test.diagnostic()?.duration ?? 0;
    const tests = modules.flatMap((module) => [...module.children.allTests()]).sort((a, b) => took(b) - took(a));
    // A part of the suite has said so itself, line by line.
    if (tests.length <= shown) return;
    const lines = tests
      .slice(0, shown)
      .map(
        (test) => `${(took(test) / 1000).toFixed(1).padStart(8)} s  ${test.module.relativeModuleId} > ${test.fullName}`,
      );
    console.log(['', ' The tests that took longest:', ...lines].join('\n'));
  }
}
