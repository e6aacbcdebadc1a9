/** Ends the suite's output with the tests that passed at their second try only, and the line that counts the tests. */
import type { Reporter, TestModule } from "vitest/node";

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      // A file that could not even be loaded, or whose set-up failed, has no test that says so.
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state !== "passed") failed++;
        else {
          passed++;
          if (test.diagnostic()?.flaky)
            console.log(`passed at the second try: ${module.relativeModuleId} > ${test.fullName}`);
        }
      }
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
