import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { processTree } from "../../../src/hardware/kernel/process-tree.js";
import { readBetween, writtenTree } from "../written-tree.js";

interface Written {
  readonly pid: number;
  readonly parent: number;
  readonly state?: string;
  readonly started?: number;
  /** Field 14, of which there are 100 in a second. */
  readonly userTicks: number;
  readonly residentKib: number;
}

/** The files of some processes; their names hold what could be taken for the end of a name. */
function filesOf(processes: readonly Written[]): Record<string, string> {
  return Object.fromEntries(
    processes.flatMap(({ pid, parent, state = "S", started = 7, userTicks, residentKib }) => {
      const fields = Array.from({ length: 50 }, () => "0");
      for (const [field, value] of [
        [4, parent],
        [14, userTicks],
        [20, 3],
        [22, started],
      ] as const) {
        fields[field - 3] = String(value);
      }
      fields[0] = state;
      return [
        [`proc/${pid}/stat`, `${pid} (a) S 1 (b) ${fields.join(" ")}\n`],
        [`proc/${pid}/status`, `Name:\ta\nVmRSS:\t${residentKib} kB\nVmHWM:\t${residentKib} kB\n`],
      ];
    }),
  );
}

/** What is read of processes a second apart. */
function play(...reads: readonly (readonly Written[])[]): Map<string, number>[] {
  const tree = writtenTree(filesOf(reads[0] ?? []));
  const reader = processTree.open({ ...tree.place, pid: 10 });
  const values = reads.map((processes, read) => {
    const gone = (reads[read - 1] ?? []).filter(({ pid }) => !processes.some((now) => now.pid === pid));
    for (const { pid } of gone) rmSync(join(tree.place.procRoot, String(pid)), { recursive: true });
    tree.write(filesOf(processes));
    return readBetween(processTree, reader, read === 0 ? Number.NaN : 1000);
  });
  reader.close();
  tree.remove();
  return values;
}

const root = { pid: 10, parent: 1, userTicks: 100, residentKib: 1000 };
const child = { pid: 11, parent: 10, userTicks: 50, residentKib: 200 };
const grandchild = { pid: 5, parent: 11, userTicks: 7, residentKib: 30 };
const stranger = { pid: 12, parent: 1, userTicks: 9999, residentKib: 9999 };
const ended = { pid: 13, parent: 10, state: "Z", userTicks: 3, residentKib: 0 };

test("a process, its children and theirs are summed, strangers and those that have ended are not", () => {
  const [values] = play([root, child, grandchild, stranger, ended]);
  assert.equal(values?.get("process/processes"), 3);
  assert.equal(values?.get("process/resident_kib"), 1230);
  assert.equal(values?.get("process/user_s"), 1.57);
  assert.equal(values?.get("process/threads"), 9);
});

test("peaks, priorities and CPUs have no sum, and what can't be read of one process is read of none", () => {
  const names = processTree.features.map(({ name }) => name);
  for (const name of ["priority", "nice", "last_cpu", "resident_peak_kib", "virtual_peak_kib"]) {
    assert.ok(!names.includes(`process/${name}`), name);
  }
  assert.equal(play([root, child])[0]?.get("process/disk_read_bytes"), undefined);
});

test("a child that ends takes nothing back, one that begins counts from its start, also with an old number", () => {
  const values = play(
    [root, child],
    [{ ...root, userTicks: 110 }],
    [
      { ...root, userTicks: 110 },
      { ...child, started: 900, userTicks: 20 },
    ],
    [
      { ...root, userTicks: 110 },
      { ...child, started: 1000, userTicks: 25 },
    ],
  );
  assert.deepEqual(
    values.map((each) => each.get("process/user_s")),
    [1.5, 1.6, 1.8, 2.05],
  );
  assert.deepEqual(
    values.map((each) => each.get("process/resident_kib")),
    [1200, 1000, 1200, 1200],
  );
});

test("of too many processes there is no sum, and the reason is told", () => {
  const many = Array.from({ length: 260 }, (_, index) => ({ ...child, pid: 100 + index }));
  const tree = writtenTree(filesOf([root, ...many]));
  const reader = processTree.open({ ...tree.place, pid: 10 });
  assert.equal(readBetween(processTree, reader, Number.NaN).size, 0);
  assert.equal(reader.problem(), "process 10: 261 processes, more than the 256 that are summed");
  reader.close();
  tree.remove();
});
