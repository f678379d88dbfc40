import type { OfferedFunctions } from "../../fleet/given-devices.js";
import type { GivenFunctions } from "../../plan/question/device-entry.js";
import { element } from "../element.js";
import { type DeviceRow, NUMBERS } from "./planner-state.js";

const LABELS: Readonly<Record<(typeof NUMBERS)[number], string>> = {
  count: "Devices",
  price_per_hour: "Price per hour",
  max_mini_batch_size: "Largest mini-batch",
  max_uses: "Most further mini-batches",
};

/** The reader's own functions, by the element of their row. */
const own = new WeakMap<Element, GivenFunctions>();

/** Shows rows in the table's body in place of those that were there. */
export function showRows(body: HTMLElement, rows: readonly DeviceRow[], offered: readonly OfferedFunctions[]): void {
  body.replaceChildren(...rows.map((row) => rowElement(row, offered)));
}

/** The rows as they are written now. */
export function readRows(body: HTMLElement): DeviceRow[] {
  return [...body.querySelectorAll("tr")].map((row) => {
    const value = (name: string) =>
      row.querySelector<HTMLInputElement | HTMLSelectElement>(`[name='${name}']`)?.value.trim() ?? "";
    const numbers = NUMBERS.flatMap((name) => (value(name) === "" ? [] : [[name, value(name)] as const]));
    return {
      functions: own.get(row) ?? value("functions"),
      name: value("name"),
      count: "",
      ...Object.fromEntries(numbers),
    };
  });
}

function rowElement(row: DeviceRow, offered: readonly OfferedFunctions[]): HTMLElement {
  const field = (name: string, label: string, value: string) =>
    element("td", {}, element("input", { name, "aria-label": label, value, autocomplete: "off", size: "7" }));
  const { functions } = row;
  const made = element(
    "tr",
    {},
    field("name", "Name", row.name),
    element("td", {}, typeof functions === "string" ? choice(functions, offered) : "your own"),
    ...NUMBERS.map((name) => field(name, LABELS[name], row[name] ?? "")),
    element(
      "td",
      {},
      element("button", { type: "button", class: "remove", "aria-label": `Remove ${row.name}` }, "Remove"),
    ),
  );
  if (typeof functions !== "string") own.set(made, functions);
  return made;
}

function choice(chosen: string, offered: readonly OfferedFunctions[]): HTMLSelectElement {
  return element(
    "select",
    { name: "functions", "aria-label": "Functions" },
    ...offered.map(({ label }) => element("option", label === chosen ? { selected: "" } : {}, label)),
  );
}

/** A name that no row has yet. */
export function freeName(wanted: string, rows: readonly DeviceRow[]): string {
  const taken = new Set(rows.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(name)) return name;
  }
}
