import type { ChoiceRow } from "../dataset/tables.js";

/** How many trials were measured for a question, and how long they took. */
export class TimeSpent {
  trials = 0;
  ms = 0;

  /** @param question as rows of the dataset name it */
  constructor(private readonly question: string) {}

  add(choices: readonly ChoiceRow[]): void {
    for (const { question, tookMs } of choices) {
      if (question !== this.question) continue;
      this.trials++;
      this.ms += tookMs;
    }
  }
}
