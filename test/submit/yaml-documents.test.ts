import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { yamlDocuments } from "../../src/submit/yaml-documents.js";
import { HOSTILE, PYTHON, WITHOUT_JSONSCHEMA } from "../plan/answer/serving-schemas.js";

test("PyYAML reads the values that were given, whatever is in their texts", { skip: WITHOUT_JSONSCHEMA }, () => {
  const texts = [
    ...HOSTILE.filter((text) => !/\p{Surrogate}/u.test(text)),
    "---\n",
    "a: b",
    "\u2029\u007f\ufeff",
    "yes",
    "012",
  ];
  const values = [{ texts, number: 12, flag: true }, Object.fromEntries(texts.map((text) => [text, [text]]))];
  const program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin.buffer))))";
  const { stdout, stderr } = spawnSync(PYTHON ?? "python3", ["-c", program], {
    input: yamlDocuments(values),
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), values);
});
