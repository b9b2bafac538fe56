/** How a run of tests ended. */
export type Counts = {
  passed: number;
  failed: number;
  ignored: number;
};

/** A test whose only fault is that a step of it failed is told by that step. */
const STEP_FAILED = /<failure message="\d+ test steps? failed"/;
const CASE =
  /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g;
const STEP_SEPARATOR = " &gt; ";

/**
 * Counts the tests in a JUnit report of `deno test`. A test with steps is not
 * counted beside them, unless it failed for a reason of its own.
 */
export function countTests(report: string): Counts {
  const cases = [...report.matchAll(CASE)].map(([, name, file, body]) => ({
    path: `${file}\0${name}`,
    body: body ?? "",
  }));
  const parents = new Set(cases.flatMap(({ path }) => ancestors(path)));
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for (const { path, body } of cases) {
    const failed = /<(?:failure|error)\b/.test(body);
    if (parents.has(path)) {
      if (failed && !STEP_FAILED.test(body)) counts.failed++;
    } else if (failed) counts.failed++;
    else if (body.includes("<skipped")) counts.ignored++;
    else counts.passed++;
  }
  return counts;
}

function ancestors(path: string): string[] {
  const parts = path.split(STEP_SEPARATOR);
  return parts.slice(1).map((_, index) =>
    parts.slice(0, index + 1).join(STEP_SEPARATOR)
  );
}
