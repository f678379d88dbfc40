import { reasonOf } from "../../core/reason-of.js";
import { parseInteger } from "../../core/written-values.js";
import { type OwnFunctions, ownFunctions } from "../../fleet/own-functions.js";
import { countedBy, msPer } from "../../importing/table/measure-units.js";

/**
 * Reads a reader's own numbers: pasted, dropped on the field, or from a file that they choose.
 *
 * @param add is given what was read, and a name for it
 */
export function readOwnNumbers(
  form: HTMLFormElement,
  said: HTMLElement,
  add: (own: OwnFunctions, name: string) => void,
): void {
  const field = form.querySelector<HTMLTextAreaElement>("[name='table']");
  const chosen = form.querySelector<HTMLInputElement>("[name='file']");
  if (field === null || chosen === null) throw new Error("page: it has no place for own numbers");
  let name = "own";
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    field.value = await file.text();
    name = file.name;
  };
  chosen.addEventListener("change", () => take(chosen.files?.[0]));
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return; // a text drops by itself
    event.preventDefault();
    void take(file);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const text = (key: string) => String(values.get(key) ?? "").trim();
    try {
      const timeMs = msPer(text("timeUnit"));
      const counted = countedBy(text("throughputUnit"));
      const own = await ownFunctions(field.value, {
        name,
        ...(timeMs !== undefined && { timeMs }),
        ...(counted !== undefined && { counted }),
        ...(text("batch") !== "" && { miniBatchSize: parseInteger("--batch", text("batch")) }),
      });
      add(own, name);
      said.textContent = ["added", ...own.notes].join("; ");
      said.classList.remove("caution");
    } catch (error) {
      said.textContent = reasonOf(error);
      said.classList.add("caution");
    }
  });
}
