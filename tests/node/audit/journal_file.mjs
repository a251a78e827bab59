// A reader of the gateway's journal that shares no line with it: written from docs/journal.md and
// the layout's numbers. Throws at the first byte that is not as it must be, but for a torn tail.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PAGE = 4096;
const HEADER = 32;
const SEAL = 1;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc >>> 0;
});

export function crc32c(...parts) {
  let crc = 0xffffffff;
  for (const part of parts) for (const byte of part) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

// The twin in memory of a segment that a killed gateway was writing is ahead of its file.
function twinOf(directory, memory, number) {
  const token = join(directory, "token");
  if (!memory || !existsSync(token)) return undefined;
  const ending = `-${readFileSync(token, "utf8")}-${number}`;
  const name = readdirSync(memory).find((file) => file.startsWith("portcullis-") && file.endsWith(ending));
  return name && join(memory, name);
}

function segments(directory, memory) {
  return readdirSync(directory)
    .filter((name) => /^\d{12}\.journal$/.test(name))
    .sort()
    .map((name) => {
      const bytes = readFileSync(twinOf(directory, memory, Number(name.slice(0, 12))) ?? join(directory, name));
      if (bytes.length < PAGE || bytes.subarray(0, 8).toString() !== "PCJOURNL") return undefined;
      if (crc32c(bytes.subarray(0, 92)) !== bytes.readUInt32LE(92)) throw new Error(`${name}: header`);
      return { name, bytes, base: Number(bytes.readBigUInt64LE(24)) };
    })
    .filter((segment) => segment !== undefined);
}

// Every record in order: {type, sequence, payload}.
export function readJournal(directory, memory) {
  const files = segments(directory, memory);
  const records = [];
  let crc = 0;
  let sequence = 0n;
  let position = 0;
  const stream = [];
  let sealed = { position: 0, hash: Buffer.alloc(32) };
  files.forEach((file, index) => {
    if (file.base !== position) throw new Error(`${file.name}: begins at ${file.base}, not at ${position}`);
    const end = files[index + 1]?.base ?? Infinity;
    for (let at = PAGE; position < end && at + HEADER <= file.bytes.length; ) {
      const length = file.bytes.readUInt32LE(at);
      const record = file.bytes.subarray(at, at + length);
      const isSound = length >= HEADER && crc32c(record.subarray(0, 28), record.subarray(HEADER)) === record.readUInt32LE(28);
      if (!isSound && end === Infinity) break;
      if (!isSound) throw new Error(`${file.name}: byte ${at}: no sound record`);
      if (record.readUInt32LE(24) !== crc || record.readBigUInt64LE(8) !== sequence + 1n) {
        throw new Error(`${file.name}: byte ${at}: out of place`);
      }
      const payload = record.subarray(HEADER);
      const type = record.readUInt16LE(4);
      if (type === SEAL) {
        const upTo = Number(payload.readBigUInt64LE(0));
        const bytes = Buffer.concat(stream).subarray(0, upTo - sealed.position);
        const hash = createHash("sha256").update(sealed.hash).update(bytes).digest();
        if (!hash.equals(payload.subarray(8, 40))) throw new Error(`${file.name}: byte ${at}: seal`);
        const rest = Buffer.concat(stream).subarray(bytes.length);
        stream.splice(0, stream.length, rest);
        sealed = { position: upTo, hash };
      }
      stream.push(record);
      records.push({ type, sequence: Number(sequence + 1n), payload });
      crc = record.readUInt32LE(28);
      sequence += 1n;
      position += length;
      at += length;
    }
  });
  return records;
}
