import { join } from "node:path";
import { nextLine, nextNumber, skipWord } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Source } from "../reading/source.js";

const fragmentation = featureGroup("fragmentation", "machine", "/proc/buddyinfo");

/** Blocks of 2^0 to 2^10 pages. */
const ORDERS = 11;
const ZONE = Buffer.from("zone");
const NODE = Buffer.from("Node");
/** 64 KiB, 512 KiB, 2 MiB (a transparent huge page) and 4 MiB where a page has 4 KiB. */
const INDEX_ORDERS = [4, 7, 9, 10];

/**
 * How broken up free memory is: free blocks of each size of the buddy allocator, and for some sizes the share of free
 * memory that lies in smaller blocks and so can't serve a request of that size.
 *
 * Source: Gorman and Whitcroft, The what, the why and the where to of anti-fragmentation, Linux Symposium 2006
 * (the unusable free space index).
 */
export const buddyinfo: Source = {
  features: [
    ...Array.from({ length: ORDERS }, (_, order) =>
      fragmentation.gauge(
        `free_blocks_order_${order}`,
        "1",
        `order ${order}`,
        `Free blocks of ${2 ** order} pages in a row.`,
      ),
    ),
    ...INDEX_ORDERS.map((order) =>
      fragmentation.ratio(
        `unusable_order_${order}_ratio`,
        `orders below ${order}`,
        `Share of free memory in blocks of less than ${2 ** order} pages.`,
      ),
    ),
    fragmentation.gauge("free_pages", "1", "all orders", "Pages in free blocks."),
    fragmentation.gauge("largest_free_order", "1", "highest order", "Order of the largest free block."),
  ],
  open(place) {
    const file = keepOpen(join(place.procRoot, "buddyinfo"));
    const blocks = new Float64Array(ORDERS);
    return {
      read(values, at) {
        values.fill(Number.NaN, at, at + buddyinfo.features.length);
        const cursor = file.read();
        if (cursor === undefined) return;
        blocks.fill(0);
        let zones = 0;
        do {
          const zone = cursor.bytes.indexOf(ZONE, cursor.at);
          if (zone < 0 || zone >= cursor.end) break;
          if (cursor.bytes.indexOf(NODE, cursor.at) !== cursor.at) continue;
          cursor.at = zone;
          skipWord(cursor);
          skipWord(cursor);
          zones++;
          for (let order = 0; order < ORDERS; order++) {
            const count = nextNumber(cursor);
            if (Number.isNaN(count)) break;
            blocks[order] = (blocks[order] ?? 0) + count;
          }
        } while (nextLine(cursor));
        if (zones > 0) summarise(blocks, values, at);
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};

function summarise(blocks: Float64Array, values: Float64Array, at: number): void {
  let freePages = 0;
  let largest = Number.NaN;
  for (const [order, count] of blocks.entries()) {
    values[at + order] = count;
    freePages += count * 2 ** order;
    if (count > 0) largest = order;
  }
  for (const [index, limit] of INDEX_ORDERS.entries()) {
    let unusable = 0;
    for (let order = 0; order < limit; order++) unusable += (blocks[order] ?? 0) * 2 ** order;
    values[at + ORDERS + index] = freePages > 0 ? unusable / freePages : Number.NaN;
  }
  values[at + ORDERS + INDEX_ORDERS.length] = freePages;
  values[at + ORDERS + INDEX_ORDERS.length + 1] = largest;
}
