import assert from "node:assert/strict";
import { test } from "node:test";
import { processesLeft } from "../../../src/hardware/kernel/processes-left.js";
import { writtenTree } from "../written-tree.js";

function leftWith(files: Readonly<Record<string, string>>): number {
  const tree = writtenTree(files);
  const left = processesLeft(tree.place);
  tree.remove();
  return left;
}

const process = (uid: number, threads: number) =>
  `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nThreads:\t${threads}\n`;
const LIMITS = "Limit                     Soft Limit           Hard Limit           Units     \n";
const limits = (soft: string) =>
  `${LIMITS}Max processes             ${soft}                   70                   processes \n`;

test("a user's limit counts all threads of the user, and none of others", () => {
  const files = {
    "proc/100/status": process(1000, 11),
    "proc/7/status": process(1000, 5),
    "proc/8/status": process(0, 90),
  };
  assert.equal(leftWith({ ...files, "proc/100/limits": limits("40") }), 24);
  assert.equal(leftWith({ ...files, "proc/100/limits": limits("12") }), 0, "more than it may have are none left");
  assert.equal(leftWith({ ...files, "proc/100/limits": limits("unlimited") }), Number.POSITIVE_INFINITY);
  assert.equal(
    leftWith({ "proc/100/status": process(0, 11), "proc/100/limits": limits("5") }),
    Number.POSITIVE_INFINITY,
  );
});

test("of control groups the one counts that leaves least, wherever it stands on the path", () => {
  const files = {
    "proc/100/cgroup": "0::/a/b\n",
    "sys/fs/cgroup/cgroup.controllers": "pids\n",
    "sys/fs/cgroup/a/pids.max": "60\n",
    "sys/fs/cgroup/a/pids.current": "50\n",
    "sys/fs/cgroup/a/b/pids.max": "30\n",
    "sys/fs/cgroup/a/b/pids.current": "12\n",
  };
  assert.equal(leftWith(files), 10);
  assert.equal(leftWith({ ...files, "sys/fs/cgroup/a/pids.max": "max\n" }), 18);
  assert.equal(leftWith({}), Number.POSITIVE_INFINITY);
});
