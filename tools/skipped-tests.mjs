// A reporter of the test runner that names the tests that were skipped, one a line with the reason.
// biome-ignore lint/style/noDefaultExport: the test runner takes no other one
export default async function* skippedTests(events) {
  for await (const { type, data } of events) {
    const { skip, name } = data ?? {};
    if (type !== "test:pass" || skip === undefined || skip === false) continue;
    yield `${name}${typeof skip === "string" && skip !== "" ? `: ${skip}` : ""}\n`;
  }
}
