// Writes THIRD-PARTY-NOTICES.md from the lock file; a test holds the committed file against it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { thirdPartyNotices } from "./third-party-notices.js";

writeFileSync(join(PACKAGE_ROOT, "THIRD-PARTY-NOTICES.md"), thirdPartyNotices());
