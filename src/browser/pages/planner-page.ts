// A page that plans.
import { plannerPlace, startPlanner } from "../planner/live-planner.js";

const planner = plannerPlace();
if (planner !== null) void startPlanner(planner);
