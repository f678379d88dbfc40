import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogueFor } from "../../src/hardware/catalogue.js";
import { featureLabel } from "../../src/hardware/feature-label.js";
import { TRIAL_STATISTICS, trialColumn } from "../../src/hardware/trial-features.js";

test("a column's label says whose state it is, what, and when", () => {
  for (const [column, label] of [
    ["process/virtual_kib__first_change", "Process: virtual memory, first-inference change"],
    ["model/multiply_adds", "Model: multiply-adds"],
    ["memory/page_tables_kib__steady_max", "Memory: page tables, steady maximum"],
    ["heap/committed_kib__before", "Heap: committed memory, before"],
    ["cpu/interrupts_per_s__before", "CPU: interrupts per second, before"],
    ["cpu/user_s_per_s__steady_mean", "CPU: user time per second, steady mean"],
    ["cpu/softirq_timer__before", "CPU: soft interrupts, timer, before"],
    ["pulse", "Pulse"],
  ] as const) {
    assert.equal(featureLabel(column), label);
  }
});

test("every column of the catalogue has a label of its own without underscores, and none is long", () => {
  const features = catalogueFor({ platform: "linux", gpus: 1 });
  const columns = features.flatMap((feature) =>
    feature.scope === "model" ? [feature.name] : TRIAL_STATISTICS.map((statistic) => trialColumn(feature, statistic)),
  );
  const labels = new Map(columns.map((column) => [featureLabel(column), column]));
  const doubled = columns.filter((column) => labels.get(featureLabel(column)) !== column);
  assert.deepEqual(doubled, []);
  for (const [label, column] of labels) {
    assert.match(label, /^[A-Z][^_]*$/, column);
    assert.ok(label.length <= 75, `${label}: ${label.length} letters`);
  }
});
