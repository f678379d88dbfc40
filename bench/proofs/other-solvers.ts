import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { highsLibrary } from "../../src/plan/solve/highs-library.js";

/** What another solver makes of a program's text: the optimum that it prints, or that there is none. */
export type Solution =
  | { readonly status: "optimal"; readonly value: number }
  | { readonly status: "infeasible" }
  | { readonly status: "failed"; readonly detail: string };

/** A solver that reads a file format; MPS files minimise, so that a maximum comes back negated. */
export interface OtherSolver {
  readonly name: string;
  readonly format: "lp" | "mps";
  solve(text: string, folder: string): Promise<Solution>;
}

const LIMIT_S = 20;
const failed = (detail: string): Solution => ({ status: "failed", detail: detail.trim().slice(0, 300) });

function glpsol(format: "lp" | "mps"): OtherSolver {
  return {
    name: "glpsol",
    format,
    solve: async (text, folder) => {
      const [file, report] = [written(folder, `program.${format}`, text), join(folder, "glpsol.txt")];
      const reader = format === "lp" ? "--lp" : "--freemps";
      const said = output("glpsol", [reader, file, "--tmlim", String(LIMIT_S), "--output", report]);
      if (/NO (INTEGER |PRIMAL )?FEASIBLE SOLUTION|PROBLEM HAS NO/.test(said)) return { status: "infeasible" };
      const answer = readIfThere(report);
      const status = /^Status:\s+(.*)$/m.exec(answer)?.[1];
      if (status === "INTEGER EMPTY" || status === "UNDEFINED") return { status: "infeasible" };
      if (status !== "INTEGER OPTIMAL" && status !== "OPTIMAL") return failed(status ?? said.slice(-300));
      return valueIn(answer, /^Objective:\s+\S+ = (\S+)/m);
    },
  };
}

function cbc(format: "lp" | "mps"): OtherSolver {
  return {
    name: "cbc",
    format,
    solve: async (text, folder) => {
      const [file, answer] = [written(folder, `program.${format}`, text), join(folder, "cbc.txt")];
      const exact = ["-seconds", String(LIMIT_S), "-ratioGap", "0", "-allowableGap", "0"];
      const said = output("cbc", [file, ...exact, "-solve", "-solution", answer]);
      const [status = ""] = readIfThere(answer).split("\n");
      if (/infeasible/i.test(status) || /proven infeasible|Problem is infeasible/.test(said)) {
        return { status: "infeasible" };
      }
      if (!status.startsWith("Optimal")) return failed(status || said.slice(-300));
      // A program without variables has no line of its own.
      return /^Empty problem/m.test(said)
        ? valueIn(status, /objective value (\S+)/)
        : valueIn(said, /^Objective value:\s+(\S+)/m);
    },
  };
}

const lpSolve: OtherSolver = {
  name: "lp_solve",
  format: "mps",
  solve: async (text, folder) => {
    const said = output("lp_solve", [
      "-fmps",
      written(folder, "program.mps", text),
      "-S4",
      "-e",
      "1e-9",
      "-timeout",
      String(LIMIT_S),
    ]);
    if (/problem is infeasible/i.test(said)) return { status: "infeasible" };
    return valueIn(said, /^Value of objective function:\s+(\S+)/m);
  },
};

const highs: OtherSolver = {
  name: "highs",
  format: "lp",
  solve: async (text) => {
    try {
      const solution = (await highsLibrary()).solve(text, { time_limit: LIMIT_S, mip_rel_gap: 0, mip_abs_gap: 0 });
      if (/infeasible/i.test(solution.Status)) return { status: "infeasible" };
      return solution.Status === "Optimal" || solution.Status === "Empty"
        ? { status: "optimal", value: solution.ObjectiveValue }
        : failed(solution.Status);
    } catch (error) {
      return failed(String(error));
    }
  },
};

/** The other solvers that this machine has; HiGHS comes with the project. */
export function otherSolvers(): OtherSolver[] {
  const there = (command: string, args: readonly string[]) => spawnSync(command, args).error === undefined;
  return [
    highs,
    ...(there("glpsol", ["--version"]) ? [glpsol("lp"), glpsol("mps")] : []),
    ...(there("cbc", ["-quit"]) ? [cbc("lp"), cbc("mps")] : []),
    ...(there("lp_solve", ["-S1", "-parse"]) ? [lpSolve] : []),
  ];
}

function valueIn(text: string, pattern: RegExp): Solution {
  const value = Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(value) ? { status: "optimal", value } : failed(text.slice(-300));
}

function output(command: string, args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", timeout: 2000 * LIMIT_S });
  return error === undefined ? `${stdout}${stderr}` : String(error);
}

function written(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
