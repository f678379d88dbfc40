import { createHash } from "node:crypto";
import { existsSync, readlinkSync, realpathSync } from "node:fs";
import { cpus, hostname, totalmem } from "node:os";
import { join } from "node:path";
import { groupBy } from "../core/group-by.js";
import { listFolder, readText } from "../hardware/reading/list-folder.js";

/**
 * Tells machines apart without naming them: twelve hexadecimal digits of a hash of what identifies the machine.
 *
 * Virtual machines of one image have the same `/etc/machine-id` and name, so what they run on counts, too: the
 * processor, the number of cores, the third-level cache, the installed memory, the disk of the root file system, the
 * network cards, the maker and the product, and the instance's id where cloud-init gave one. Two machines in which all
 * of this is equal can't be told apart from within.
 *
 * What changes from boot to boot, with a kernel or with the user is left out: clocks, features of the processor that a
 * kernel names, free or ballooned memory, the names of interfaces and disks, cards that are plugged in or change their
 * address, and serial numbers that only root reads. More cores, more memory or another root disk is another machine.
 *
 * @param root where the file system begins, of a recorded machine in tests
 */
export function hostHash(root = "/", name = hostname()): string {
  const known = {
    machineId: readText(join(root, "etc/machine-id")),
    name,
    instance: readText(join(root, "var/lib/cloud/data/instance-id")),
    product: ["sys_vendor", "product_name", "board_name"].map((file) =>
      readText(join(root, `sys/class/dmi/id/${file}`)),
    ),
    processor: processorOf(root),
    thirdLevelCache: readText(join(root, "sys/devices/system/cpu/cpu0/cache/index3/size")),
    memory: installedMemory(root),
    disk: rootDisk(root),
    networkCards: networkCards(root),
  };
  return createHash("sha256").update(JSON.stringify(known)).digest("hex").slice(0, 12);
}

const PROCESSOR = ["vendor_id", "cpu family", "model", "model name", "stepping"];

/** What names the processor, and how many cores are seen; of another system what Node.js says. */
function processorOf(root: string): readonly unknown[] {
  const lines = (readText(join(root, "proc/cpuinfo")) ?? "")
    .split("\n")
    .map((line) => line.split(":").map((part) => part.trim()));
  const values = groupBy(lines, ([key]) => key);
  const cores = values.get("processor")?.length;
  if (cores === undefined) return [cpus()[0]?.model, cpus().length];
  return [cores, ...PROCESSOR.map((key) => values.get(key)?.[0]?.[1])];
}

/** In blocks of memory that is plugged in: unlike the total it knows neither what a kernel reserves nor a balloon. */
function installedMemory(root: string): readonly unknown[] {
  const folder = "sys/devices/system/memory";
  const blocks = listFolder(join(root, folder), /^memory\d+$/).length;
  if (blocks > 0) return [blocks, readText(join(root, `${folder}/block_size_bytes`))];
  return process.platform === "linux" ? [] : [totalmem()];
}

/** What names the disk of the root file system: of a partition that of its disk; nothing of what is no disk. */
function rootDisk(root: string): readonly unknown[] {
  const mount = (readText(join(root, "proc/self/mountinfo")) ?? "")
    .split("\n")
    .find((line) => line.split(" ")[4] === "/");
  const device = mount?.split(" ")[2];
  if (device === undefined) return [];
  let folder = join(root, "sys/dev/block", device);
  if (!existsSync(folder)) return [];
  folder = realpathSync(folder);
  const disk = existsSync(join(folder, "partition")) ? join(folder, "..") : folder;
  return ["serial", "wwid", "device/serial", "device/wwid"].map((file) => readText(join(disk, file)));
}

/**
 * The addresses of cards that are built in: neither bridges, nor what is plugged in, nor Wi-Fi, whose address changes.
 */
function networkCards(root: string): string[] {
  const folder = "sys/class/net";
  return listFolder(join(root, folder), /./)
    .filter((name) => {
      const card = join(root, folder, name);
      const isBuiltIn = existsSync(join(card, "device")) && !existsSync(join(card, "phy80211"));
      return isBuiltIn && readText(join(card, "addr_assign_type")) === "0" && busOf(card) !== "usb";
    })
    .flatMap((name) => readText(join(root, `${folder}/${name}/address`)) ?? [])
    .sort();
}

function busOf(card: string): string | undefined {
  try {
    return readlinkSync(join(card, "device", "subsystem"))
      .split("/")
      .at(-1);
  } catch {
    return undefined;
  }
}
