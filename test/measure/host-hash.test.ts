import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { hostHash } from "../../src/measure/host-hash.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-host-"));
after(() => rmSync(folder, { recursive: true }));

const PROCESSOR =
  "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nstepping\t: 1\n";
/** A virtual machine as its files say it. */
const MACHINE: Readonly<Record<string, string>> = {
  "etc/machine-id": "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
  "proc/cpuinfo": `${PROCESSOR}cpu MHz\t\t: 2595.1\n\n${PROCESSOR}cpu MHz\t\t: 2595.1\n`,
  "proc/meminfo": "MemTotal:       24683620 kB\n",
  "proc/self/mountinfo": "22 1 0:5 / /proc rw - proc proc rw\n26 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n",
  "proc/sys/kernel/random/boot_id": "6a771a91-3bd4-4b00-b44c-19e0aecec045\n",
  "sys/devices/vda/serial": "17566340446962912",
  "sys/devices/vda/vda1/partition": "1\n",
  "sys/devices/system/memory/block_size_bytes": "8000000\n",
  "sys/devices/system/memory/memory0/state": "online\n",
  "sys/devices/system/memory/memory1/state": "online\n",
  "sys/class/net/eth0/address": "02:fc:00:00:00:01\n",
  "sys/class/net/eth0/addr_assign_type": "0\n",
  "sys/class/net/eth0/device/vendor": "0x1af4\n",
  "sys/class/net/docker0/address": "4e:cd:b5:2e:7c:5f\n",
  "sys/class/net/docker0/addr_assign_type": "0\n",
};

let machines = 0;

/** The hash of the machine with some files changed; one that is undefined is not there. */
function hashWith(changed: Readonly<Record<string, string | undefined>>, name = "vm"): string {
  const root = join(folder, String(machines++));
  for (const [path, text] of Object.entries({ ...MACHINE, ...changed })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, "sys/dev/block"), { recursive: true });
  symlinkSync("../../devices/vda/vda1", join(root, "sys/dev/block/254:1"));
  return hostHash(root, name);
}

test("two virtual machines of one image have different hashes where anything that they run on differs", () => {
  const others = {
    image: hashWith({ "etc/machine-id": "other\n" }),
    name: hashWith({}, "other"),
    disk: hashWith({ "sys/devices/vda/serial": "17566340446962913" }),
    processor: hashWith({ "proc/cpuinfo": MACHINE["proc/cpuinfo"]?.replaceAll("stepping\t: 1", "stepping\t: 2") }),
    cores: hashWith({ "proc/cpuinfo": PROCESSOR }),
    cache: hashWith({ "sys/devices/system/cpu/cpu0/cache/index3/size": "32768K\n" }),
    memory: hashWith({ "sys/devices/system/memory/memory2/state": "online\n" }),
    card: hashWith({ "sys/class/net/eth0/address": "02:fc:00:00:00:02\n" }),
    product: hashWith({ "sys/class/dmi/id/product_name": "Standard PC\n" }),
    instance: hashWith({ "var/lib/cloud/data/instance-id": "i-1\n" }),
  };
  assert.equal(new Set([hashWith({}), ...Object.values(others)]).size, 11, JSON.stringify(others));
  assert.match(others.disk, /^[0-9a-f]{12}$/);
});

test("a machine keeps its hash over a boot, another kernel, a balloon, containers and what is plugged in", () => {
  const later = hashWith({
    "proc/cpuinfo": MACHINE["proc/cpuinfo"]?.replaceAll("2595.1", "3100.0\nflags\t\t: fpu new_feature"),
    "proc/meminfo": "MemTotal:       20000000 kB\n",
    "proc/self/mountinfo": MACHINE["proc/self/mountinfo"]?.replaceAll("relatime", "noatime"),
    "proc/sys/kernel/random/boot_id": "e0000000-3bd4-4b00-b44c-19e0aecec045\n",
    "sys/class/net/docker0/address": "4e:cd:b5:00:00:00\n",
    "sys/class/net/veth1/address": "4e:cd:b5:00:00:01\n",
    "sys/class/net/wlan0/address": "00:11:22:33:44:55\n",
    "sys/class/net/wlan0/addr_assign_type": "0\n",
    "sys/class/net/wlan0/device/vendor": "0x8086\n",
    "sys/class/net/wlan0/phy80211/index": "0\n",
    "sys/class/net/eth0/device/vendor": undefined,
    "sys/class/net/eth0/address": undefined,
    "sys/class/net/enp1s0/address": MACHINE["sys/class/net/eth0/address"],
    "sys/class/net/enp1s0/addr_assign_type": "0\n",
    "sys/class/net/enp1s0/device/vendor": "0x1af4\n",
  });
  assert.equal(later, hashWith({}));
  assert.equal(hostHash(), hostHash());
});
