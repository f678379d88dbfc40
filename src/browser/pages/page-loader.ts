// Runs the script that a page carries packed. The page's policy has its hash, as it has this one's.

import { element } from "../element.js";
import { embeddedBytes } from "../embedded-data.js";

async function run(): Promise<void> {
  document.body.append(element("script", {}, new TextDecoder().decode(await embeddedBytes("page-script"))));
}

void run();
