import assert from "node:assert/strict";
import { test } from "node:test";
import { askedExtras, requireExtras } from "../../../pipeline/plan/asked-extras.js";
import { device, PROBLEM } from "./small-question.js";

test("what can't be said on top of a plan is refused", () => {
  const refused = (flags: object, own: object, message: RegExp) =>
    assert.throws(
      () => requireExtras(askedExtras(flags), { ...PROBLEM, ...own }, { measured: false, noiseKnown: true }),
      {
        name: "UserError",
        message,
      },
    );
  refused({ uncertainty: "5" }, {}, /--uncertainty: needs measured functions/);
  refused({ pareto: "5" }, { timeUs: "none" }, /--pareto: needs a deadline/);
  refused({ pareto: "5" }, { workloads: [{ name: "images", images: 0 }] }, /--pareto: needs a number of images/);
  const types = Array.from({ length: 201 }, () => device(1));
  refused(
    { sensitivity: true },
    { types, objective: "energy" },
    /--sensitivity: 201 types of devices, allowed are 200/,
  );
});
