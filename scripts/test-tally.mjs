/**
 * Counts what a suite left and names what failed, for the end of `npm test`: the whole output is long, and of a log that
 * was cut only the end may be left.
 */
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

/** Lines of a failure's message that are told; the suite's own output has all of them. */
const MESSAGE_LINES = 6;
/** Characters of such a line that are told. */
const LINE_LENGTH = 300;

/**
 * Counts one suite. What did not run, or could not even be loaded, did not pass.
 *
 * @param name of the suite
 * @param report what vitest's JSON reporter left, or undefined where it left nothing that can be read
 * @param status the suite's exit code
 * @param root absolute path from which files are named
 */
export function tally(name, report, status, root) {
  if (report === undefined) {
    return {
      passed: 0,
      failed: 1,
      retried: [],
      failures: [{ file: "", name: `The ${name} tests left no result.`, message: "" }],
    };
  }
  let passed = 0;
  const failures = [];
  const retried = [];
  for (const { name: whole, status: state, message, assertionResults } of report.testResults) {
    const file = path.relative(root, whole).split(path.sep).join("/");
    for (const test of assertionResults) {
      if (test.status === "passed") {
        passed++;
        // What it failed by before it passed.
        if ((test.failureMessages ?? []).length > 0) retried.push({ file, name: test.fullName });
      } else {
        const told = (test.failureMessages ?? []).join("\n");
        failures.push({
          file,
          name: test.fullName,
          message: test.status === "failed" ? told : `It is ${test.status}.`,
        });
      }
    }
    // Such as an import that fails, or a hook; the tests that it kept from running are named above, and say nothing of it.
    if (state === "failed" && !assertionResults.some((test) => test.status === "failed")) {
      failures.push({ file, name: "the file itself, outside of its tests", message: message ?? "" });
    }
  }
  // An error outside of any file, such as an unhandled rejection.
  if (status !== 0 && failures.length === 0) {
    const message = `It ended with ${status}; its output says why.`;
    failures.push({ file: "", name: `The ${name} tests failed outside of any test.`, message });
  }
  return { passed, failed: failures.length, failures, retried };
}

/**
 * What is to be looked at, for people: nothing where nothing is. A failure is told with the first lines of its message; a test
 * that passed when it was tried again is told by its name.
 */
export function describe({ failures, retried }) {
  const lines = retried.map(({ file, name }) => `passed at the second try: ${file} > ${name}`);
  for (const { file, name, message } of failures) {
    lines.push(`FAILED: ${file === "" ? "" : `${file} > `}${name}`);
    const told = stripVTControlCharacters(message)
      .split("\n")
      .filter((line) => line.trim() !== "");
    for (const line of told.slice(0, MESSAGE_LINES)) lines.push(`    ${line.trimEnd().slice(0, LINE_LENGTH)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}
