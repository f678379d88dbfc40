import type { SystemCheck } from "./check-system.js";

const MOST_NOTES = 3;

/** What a machine does just now that measurements will suffer from: a line each, what is bad first, three at most. */
export function busyNotes({ checks }: Pick<SystemCheck, "checks">): string[] {
  const now = (wanted: "bad" | "caution") =>
    checks.filter(({ about, verdict }) => about === "moment" && verdict === wanted);
  return [...now("bad"), ...now("caution")].slice(0, MOST_NOTES).map(({ name, verdict, found, remedy }) => {
    const what = `machine: ${name}: ${verdict}: ${found}`;
    return remedy === undefined ? what : `${what}; ${remedy}`;
  });
}
