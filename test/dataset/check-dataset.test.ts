import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { lockFolder } from "../../src/dataset/folder-lock.js";
import { inferencesTable } from "../../src/dataset/tables.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const SOUND = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const scratch = mkdtempSync(join(tmpdir(), "batchwise-check-"));
after(() => rmSync(scratch, { recursive: true }));

interface Package {
  status: string;
  resources: { name: string; path: string; rows?: number; bytes?: number; hash?: string }[];
}

/** A copy of a sound dataset, which a test then spoils. */
function copyOf(name: string) {
  const folder = join(scratch, name);
  cpSync(SOUND, folder, { recursive: true });
  const part = (table: string) => join(folder, table, "part-0.csv");
  const packageFile = join(folder, "datapackage.json");
  const editPackage = (edit: (dataPackage: Package) => void) => {
    const dataPackage = JSON.parse(readFileSync(packageFile, "utf8"));
    edit(dataPackage);
    writeFileSync(packageFile, JSON.stringify(dataPackage));
  };
  return {
    folder,
    part,
    editPackage,
    /** Changes a table's lines; the data package then fits again, so that only the contents can be at fault. */
    edit(table: string, change: (lines: string[]) => string[]) {
      const text = `${change(readFileSync(part(table), "utf8").trimEnd().split("\n")).join("\n")}\n`;
      writeFileSync(part(table), text);
      const hash = `sha256:${createHash("sha256").update(text).digest("hex")}`;
      editPackage(({ resources }) => {
        const resource = resources.find(({ name: own }) => own === table);
        Object.assign(resource ?? {}, { hash, bytes: text.length, rows: text.split("\n").length - 2 });
      });
    },
    faults: async () =>
      (await checkDataset(folder)).map(({ table, fault }) => `${table}: ${fault.replace(`${folder}/`, "")}`),
  };
}

/** Changes the first occurrence of a text in one line (the header is line 1). */
function inLine(number: number, from: string, to: string) {
  return (lines: string[]) => lines.map((line, index) => (index === number - 1 ? line.replace(from, to) : line));
}

test("a sound dataset has no fault", async () => {
  assert.deepEqual(await checkDataset(SOUND), []);
});

test("one changed digit is found by the hash alone", async () => {
  const { folder, part, faults } = copyOf("digit");
  const before = readFileSync(part("inferences"), "utf8");
  const text = before.replace("285.93436", "285.93437");
  writeFileSync(part("inferences"), text);
  const [was, is] = [before, text].map((own) => createHash("sha256").update(own).digest("hex"));
  assert.deepEqual(await faults(), [`inferences: hash is sha256:${is}, recorded was sha256:${was}`]);
  const { status, stdout } = spawnSync(process.execPath, [CLI, "dataset", "check", folder], { encoding: "utf8" });
  assert.equal(status, 1);
  assert.equal(
    stdout.trimEnd(),
    `dataset ${folder}: table inferences: hash is sha256:${is}, recorded was sha256:${was}`,
  );
});

test("rows and bytes that the data package does not say are found, each by itself", async () => {
  const { editPackage, faults } = copyOf("counts");
  editPackage(({ resources: [trials, inferences] }) => {
    if (trials !== undefined) trials.rows = 8;
    if (inferences !== undefined) inferences.bytes = 4942;
  });
  assert.deepEqual(await faults(), [
    "trials: rows is 9, recorded was 8",
    "inferences: bytes is 4941, recorded was 4942",
  ]);
});

test("a key that occurs twice is found in every table that has one", async () => {
  const { edit, faults } = copyOf("twice");
  edit("trials", (lines) => [...lines, lines[3] ?? ""]);
  edit("inferences", (lines) => [...lines.slice(0, 4), lines[2] ?? "", ...lines.slice(4)]);
  edit("images", (lines) => [...lines, ...new Array(2).fill("cuda-1t-384px-192mb-1,192,dummy,1,1,1")]);
  assert.deepEqual(await faults(), [
    "trials: line 11: key cuda-1t-384px-192mb-3 occurs twice",
    "inferences: line 5: key cuda-1t-384px-192mb-1 1 occurs twice",
    "images: line 3: key cuda-1t-384px-192mb-1 occurs twice",
  ]);
});

test("two samples of a trial are no fault: hardware has no key", async () => {
  const { edit, faults } = copyOf("samples");
  edit("hardware", (lines) => [...lines, ...new Array(2).fill("cuda-1t-384px-192mb-1,probe,idle,0")]);
  assert.deepEqual(await faults(), []);
});

test("executions belong to plans and not to trials, and their key is the plan and the device", async () => {
  const { folder, part, edit, editPackage, faults } = copyOf("executions");
  mkdirSync(join(folder, "executions"));
  const header =
    "plan_id,device,type,input_size_px,threads,concurrent,mini_batch_size,mini_batches,images_planned,images_done," +
    "deadline_ms,predicted_finish_ms,predicted_low_ms,predicted_high_ms,measured_finish_ms,deadline,detail,started_at";
  const device = (index: number) => `p,${index},cpu-1t,32,1,1,4,2,8,8,,9.5,,,9.75,,,2026-11-24T00:00:00Z`;
  writeFileSync(part("executions"), `${[header, device(1), device(2), device(2)].join("\n")}\n`);
  editPackage(({ resources }) => {
    resources.push({ name: "executions", path: "executions/part-0.csv" });
  });
  edit("executions", (lines) => lines);
  assert.deepEqual(await faults(), ["executions: line 4: key p 2 occurs twice"]);
});

test("a row of a trial that is not in trials is found in every table that belongs to trials", async () => {
  const { edit, faults } = copyOf("unknown");
  edit("inferences", (lines) => [...lines, "cuda-1t-384px-192mb-9,0,1,2"]);
  edit("images", (lines) => [...lines, "cuda-1t-384px-192mb-8,192,dummy,1,1,1"]);
  edit("hardware", (lines) => [...lines, "cuda-1t-384px-192mb-7,probe,idle,0"]);
  assert.deepEqual(await faults(), [
    "inferences: line 110: trial cuda-1t-384px-192mb-9 is not in trials",
    "images: line 2: trial cuda-1t-384px-192mb-8 is not in trials",
    "hardware: line 2: trial cuda-1t-384px-192mb-7 is not in trials",
  ]);
});

test("of a kind of fault five are told and the others counted, each kind and table by itself", async () => {
  const { folder, edit, faults } = copyOf("many");
  const inferences = (trial: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${trial},${index},1,2`);
  edit("inferences", (lines) => [...lines.slice(0, 5), ...inferences("nobody", 1207), ...lines.slice(1, 8)]);
  edit("images", (lines) => [...lines, ...new Array(6).fill("cuda-1t-384px-192mb-1,192,dummy,1,1,1")]);
  const stray = [6, 7, 8, 9, 10].map((line) => `inferences: line ${line}: trial nobody is not in trials`);
  const rows = readFileSync(join(folder, "inferences", "part-0.csv"), "utf8").split("\n");
  // The first seven rows stand again after the header, four of them and the 1,207 others; of the seven, four come
  // again.
  const again = [1213, 1214, 1215, 1216].map(
    (line) => `inferences: line ${line}: key ${rows[line - 1]?.split(",").slice(0, 2).join(" ")} occurs twice`,
  );
  assert.deepEqual(await faults(), [
    ...again,
    ...stray,
    "inferences: and 1,202 more lines like these",
    ...[3, 4, 5, 6, 7].map((line) => `images: line ${line}: key cuda-1t-384px-192mb-1 occurs twice`),
  ]);
});

test("hardware whose cells do not fit is found with its line, and other tables are not blamed for trials that do not fit", async () => {
  const { edit, faults } = copyOf("hardware");
  const row = (elapsed: string, phase = "idle") => `cuda-1t-384px-192mb-1,probe,${phase},${elapsed}`;
  for (const [wrong, fault] of [
    [row("0", "late"), 'column phase: "late" is not one of idle, load, first, steady'],
    [row("1_000"), 'column elapsed_ms: "1_000" is not a number'],
    [row("inf"), 'column elapsed_ms: "inf" is not a number'],
    [row("0x1F"), 'column elapsed_ms: "0x1F" is not a number'],
    [row(""), 'column elapsed_ms: "" is not a number'],
    [row("1,"), "5 cells where hardware has 4 columns"],
    ["", "1 cells where hardware has 4 columns"],
  ] as const) {
    edit("hardware", ([header = ""]) => [header, ...new Array(40).fill(row("0.5")), wrong, row("1")]);
    assert.deepEqual(await faults(), [`hardware: hardware/part-0.csv line 42: ${fault}`]);
  }
  edit("hardware", ([header = ""]) => [header]);
  edit("trials", inLine(2, ",300,", ",fast,"));
  assert.deepEqual(await faults(), ['trials: trials/part-0.csv line 2: column load_ms: "fast" is not a number']);
});

const WRONG_CELLS: [name: string, line: number, from: string, to: string, fault: string][] = [
  ["text for a number", 2, ",300,", ",fast,", 'column load_ms: "fast" is not a number'],
  ["infinite", 2, ",300,", ",Infinity,", 'column load_ms: "Infinity" is not a number'],
  ["blanks", 2, ",300,", ",  ,", 'column load_ms: "  " is not a number'],
  ["half a trial", 4, ",192,3,", ",192,3.5,", 'column trial: "3.5" is not an integer'],
  ["no number where one is required", 4, ",192,3,", ",192,,", 'column trial: "" is not a number'],
  ["no text where one is required", 2, ",r,h,", ",,h,", "column run_id: empty, a text is required"],
  ["an unknown status", 2, ",ok,", ",fine,", 'column status: "fine" is not one of ok, out_of_memory, '],
  ["a cell too many", 3, ",ok,,", ",ok,,,", "25 cells where trials has 24 columns"],
];

for (const [name, line, from, to, fault] of WRONG_CELLS) {
  test(`a wrong cell is found with its line, column and value: ${name}`, async () => {
    const { edit, faults } = copyOf(name);
    edit("trials", inLine(line, from, to));
    const [first = ""] = await faults();
    assert.ok(first.startsWith(`trials: trials/part-0.csv line ${line}: ${fault}`), first);
  });
}

const WRONG_HEADERS: [name: string, from: string, to: string, fault: string][] = [
  ["the first column", "trial_id,", "trial,", "column 1 is trial, expected trial_id"],
  ["a later column", "latency_ms", "latency_s", "column 4 is latency_s, expected latency_ms"],
  ["a column less", ",latency_ms", "", "column 4 is missing, expected latency_ms"],
  ["a column more", "latency_ms", "latency_ms,more", "column 5 is more, expected no more columns"],
];

for (const [name, from, to, fault] of WRONG_HEADERS) {
  test(`a wrong header is found: ${name}`, async () => {
    const { edit, faults } = copyOf(name);
    edit("inferences", inLine(1, from, to));
    assert.deepEqual(await faults(), [`inferences: inferences/part-0.csv: ${fault}`]);
  });
}

test("a missing part file, an unknown table and a sweep that has not ended are faults", async () => {
  const { part, editPackage, faults } = copyOf("missing");
  rmSync(part("inferences"));
  editPackage((dataPackage) => {
    dataPackage.status = "running";
    const [first] = dataPackage.resources;
    if (first !== undefined) dataPackage.resources.push({ ...first, name: "extras" });
  });
  assert.deepEqual(await faults(), [
    "inferences: part file inferences/part-0.csv is missing",
    "extras: is no table of Batchwise",
    "trials: the sweep has not ended, resume it",
  ]);
});

test("a folder without a dataset, and a data package that does not fit, are refused", async () => {
  await assert.rejects(checkDataset(scratch), { message: `dataset ${scratch}: no datapackage.json in this folder` });
  const { folder, editPackage } = copyOf("misfit");
  editPackage((dataPackage) => {
    dataPackage.status = "done";
  });
  await assert.rejects(checkDataset(folder), {
    name: "UserError",
    message: /^data package .*datapackage\.json: status: /,
  });
});

test("times that nobody can have measured are faults, five of a kind and a count", async () => {
  const { edit, faults } = copyOf("impossible");
  const place = Object.values(inferencesTable.columns).findIndex(({ header }) => header === "latency_ms");
  const set = (line: string, value: string) => line.split(",").with(place, value).join(",");
  edit("inferences", (lines) =>
    lines.map((line, at) => (at >= 1 && at <= 7 ? set(line, at === 1 ? "0" : "-5") : line)),
  );
  assert.deepEqual(await faults(), [
    "inferences: line 2: latency_ms is 0, allowed is more than 0",
    ...[3, 4, 5, 6].map((line) => `inferences: line ${line}: latency_ms is -5, allowed is more than 0`),
    "inferences: and 2 more lines like these",
  ]);
});

test("a data package that lists no tables, or does not say what they hold, is at fault", async () => {
  const empty = copyOf("unlisted");
  empty.editPackage((dataPackage) => {
    dataPackage.resources = [];
  });
  assert.ok((await empty.faults()).includes("trials: is not in the data package"));
  assert.ok((await empty.faults()).includes("inferences: is not in the data package"));
  const bare = copyOf("bare");
  bare.editPackage(({ resources }) => {
    for (const resource of resources.slice(0, 1)) for (const key of ["rows", "hash"] as const) delete resource[key];
  });
  assert.deepEqual(await bare.faults(), ["trials: the data package does not say its rows, hash"]);
  const nothing = copyOf("nothing");
  for (const { name } of JSON.parse(readFileSync(join(nothing.folder, "datapackage.json"), "utf8")).resources) {
    rmSync(join(nothing.folder, name), { recursive: true });
  }
  nothing.editPackage((dataPackage) => {
    dataPackage.resources = [];
  });
  assert.deepEqual(await nothing.faults(), ["trials: is missing, as all are"]);
});

test("a file of UTF-16 is refused on one line without control characters", () => {
  const { folder, part } = copyOf("utf16");
  writeFileSync(part("trials"), readFileSync(part("trials"), "utf8"), "utf16le");
  const { status, stdout } = spawnSync(process.execPath, [CLI, "dataset", "check", folder], { encoding: "utf8" });
  assert.equal(status, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f]/);
  assert.match(stdout, /table trials: .*: column 1 is t\\u0000r/);
});

test("check beside a running sweep says so, and finds no fault", () => {
  const { folder } = copyOf("running");
  const lock = lockFolder(folder);
  try {
    const { status, stdout } = spawnSync(process.execPath, [CLI, "dataset", "check", folder], { encoding: "utf8" });
    const line = `dataset ${folder} is being measured by process ${process.pid}, check it when that has ended\n`;
    assert.deepEqual([status, stdout], [0, line]);
    const { stdout: json } = spawnSync(process.execPath, [CLI, "dataset", "check", folder, "--json"]);
    assert.equal(JSON.parse(String(json)).sound, null);
  } finally {
    lock.release();
  }
});
